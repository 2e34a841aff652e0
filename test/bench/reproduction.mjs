// How surely a race finds a server that looks a key up and claims it a moment later.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bundle } from "./bundle.mjs";
import { beside, ENVIRONMENT, forkServer } from "./processes.mjs";

const RACES = 100;
const WRITERS = 20;
const AT_LEAST = 99;
const AT_LEAST_DELAYED = 95;

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

const tls = (name) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
const run = promisify(execFile);

/** Races against one address, in a process of its own. */
async function race(indexUrl, { target, technique, out, atLeast, where }) {
  const args = [
    beside("reproduction-run.mjs"),
    indexUrl,
    target,
    technique,
    SCENARIO,
    POLICY,
    out,
    String(RACES),
  ];
  const env = { ...ENVIRONMENT, NODE_EXTRA_CA_CERTS: tls("authority.pem") };
  const { stdout } = await run(process.execPath, args, { env });
  const { found, technique: used } = JSON.parse(stdout);
  const label = `caught executing twice, of ${RACES} races of ${WRITERS} writers ${where} (${used})`;
  return { label, value: found, limit: atLeast, unit: "races", atLeast: true };
}

/**
 * Races over plain HTTP/1.1 on loopback, and over HTTP/2 through a proxy that delays each chunk by 10 to 30 ms at random,
 * against mocks in processes of their own.
 */
export const reproduction = {
  name: "reproduction",
  absolute: true,
  open: async () => {
    const bundled = await bundle(["index", "mock/start-mock", "policy/read-policy"]);
    const urls = [bundled.url("mock/start-mock"), bundled.url("policy/read-policy")];
    const plain = await forkServer("mock-cpu-server.mjs", urls);
    const secure = await forkServer("mock-cpu-server.mjs", [...urls, tls("server.key"), tls("server.pem")]);
    const proxy = await forkServer("delaying-proxy.mjs", [new URL(secure.ready.url).port]);
    const out = mkdtempSync(join(tmpdir(), "gcidem-reproduction-"));
    const index = bundled.url("index");
    const onLoopback = () =>
      race(index, {
        target: `mock+${plain.ready.url}`,
        technique: "auto",
        out,
        atLeast: AT_LEAST,
        where: "on loopback",
      });
    const pastDelays = () =>
      race(index, {
        target: `mock+https://127.0.0.1:${proxy.ready.port}`,
        technique: "h2",
        out,
        atLeast: AT_LEAST_DELAYED,
        where: "past delays of 10 to 30 ms",
      });
    // Once: it takes a minute, and requests that travel in one piece are not moved apart by what else the machine does.
    let delayed = null;
    const measure = async () => {
      delayed ??= await pastDelays();
      return [await onLoopback(), delayed];
    };
    const close = async () => {
      await Promise.all([plain.close(), secure.close(), proxy.close()]);
      rmSync(out, { recursive: true, force: true });
      bundled.close();
    };
    return { measure, close };
  },
};
