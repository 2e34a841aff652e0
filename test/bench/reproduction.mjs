// How surely a race finds a server that looks a key up and claims it a moment later.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "./bundle.mjs";
import { forkServer } from "./processes.mjs";

const RACES = 100;
const WRITERS = 20;
const AT_LEAST = 99;

const SCENARIO = `
name: One key, ${WRITERS} writers
vars: { key: $(uuid()) }
steps:
  - id: writers
    race:
      writers: ${WRITERS}
      steps:
        - id: charge
          request: POST /api/v2/mock/things
          idempotencyKey: $(key)
          json: { sku: A1, amount: 10, note: "as long as the body of a usual PATCH, about that" }
    expect:
      invariants: [at-most-once]
`;

/** The moment between looking up and claiming is 1 ms; there is no other fault. */
const POLICY = `
extends: stripe-like
rateLimit: null
idempotency: { claim: { kind: check-then-set, window: 1ms }, inFlight: { outcome: execute } }
`;

/** Races over plain HTTP/1.1 on loopback, against a mock in a process of its own. */
export const reproduction = {
  name: "reproduction",
  absolute: true,
  open: async () => {
    const bundled = await bundle(["index", "mock/start-mock", "policy/read-policy"]);
    const { parsePolicy, replay } = await import(bundled.url("index"));
    const urls = [bundled.url("mock/start-mock"), bundled.url("policy/read-policy")];
    const mock = await forkServer("mock-cpu-server.mjs", urls);
    const out = mkdtempSync(join(tmpdir(), "gcidem-reproduction-"));
    const measure = async () => {
      const target = `mock+${mock.ready.url}`;
      const policy = parsePolicy(POLICY);
      const { runs } = await replay(SCENARIO, { target, policy, out, rounds: RACES });
      const found = runs[0].invariants[0].violatedRounds.length;
      const label = `caught executing twice, of ${RACES} races of ${WRITERS} writers (${runs[0].races[0].technique})`;
      return [{ label, value: found, limit: AT_LEAST, unit: "races", atLeast: true }];
    };
    const close = async () => {
      await mock.close();
      rmSync(out, { recursive: true, force: true });
      bundled.close();
    };
    return { measure, close };
  },
};
