import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { virtualClock } from "../../src/core/clock.js";
import type { AuthKind } from "../../src/core/target.js";
import type { Mock } from "../../src/mock/mock.js";
import { startMock } from "../../src/mock/start-mock.js";
import type { PolicyFile } from "../../src/policy/policy-file.js";
import { policyOf, sendTo } from "../mock/an-org.js";
import { type Act, anyPolicy, anySequence, type Sent } from "./any-sequence.js";
import { type PrivateRedis, startRedis } from "./private-redis.js";

const RUNS = Number(process.env.GCIDEM_REDIS_RUNS ?? 25);
const SEED = Number(process.env.GCIDEM_SEED ?? Date.now() % 2 ** 31);

let redis: PrivateRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.kill());

const WORLD = {
  principals: {
    reader: { account: "a", scopes: ["conversations:readonly"], tokenLifeMs: 10 ** 12 },
    other: { account: "b", scopes: null, tokenLifeMs: 10 ** 12 },
  },
  conversations: [],
  users: [],
  groups: [],
  actions: [{ id: "a1" }],
  things: [{ id: "1", tier: "ada" }],
};

/** Servers that clients take for one. */
interface Side {
  readonly mocks: readonly [Mock, Mock];
  readonly seen: Map<string, string>;
  readonly ids: Map<string, string>;
}

const VARYING =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|ch_[0-9a-f]{32}|\d{4}-\d\d-\d\dT[\d:.]+Z|(?<=")[0-9a-f]{16}-[0-9a-f]{4}(?=\\?")|(?<="\d+-)[0-9a-f]{4}(?=\\?")/g;

/** What differs from server to server, by the order in which it was first seen. Dates are all alike. */
function steady({ ids }: Side, text: string): string {
  return text.replace(/\[\d+\] seconds/, "[some] seconds").replace(VARYING, (found) => {
    if (/^\d{4}-\d\d-\d\dT/.test(found)) return "a date";
    const known = ids.get(found) ?? `#${ids.size}`;
    ids.set(found, known);
    return known;
  });
}

function tokenHeaders({ seen }: Side, { token, path, body }: Sent): Record<string, string> {
  const last = seen.get(path.replace(/\?.*/, ""));
  if (token === "none" || last === undefined) return {};
  if (token === "any") return body === undefined ? { "If-Match": "*" } : { "If-None-Match": "*" };
  return { "If-Match": token === "last" ? last : last.replace(/\d(?!.*\d)/, "0") };
}

async function send(side: Side, sent: Sent): Promise<unknown> {
  const { method, path, body, key, as, auth, server } = sent;
  const token = side.mocks[0].token(as, auth as AuthKind);
  const headers = {
    ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
    ...(key === null ? {} : { "Idempotency-Key": key }),
    ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    ...tokenHeaders(side, sent),
  };
  const mock = side.mocks[server];
  const text = body === undefined ? undefined : JSON.stringify(body);
  const reply = await sendTo(mock.url, undefined, { method, path, headers, body: text });
  const { etag, location } = reply.headers;
  if (etag !== undefined) side.seen.set(path.replace(/\?.*/, ""), etag);
  const {
    status,
    cause,
    executed,
    reason,
    key: traced,
  } = mock.trace().at(-1) ?? { status: null, reason: null };
  return {
    status: reply.status,
    etag: steady(side, etag ?? ""),
    location: steady(side, location ?? ""),
    count: reply.headers["inin-ratelimit-count"],
    retryAfter: reply.headers["retry-after"] !== undefined,
    body: steady(side, reply.text.replaceAll(String(reply.headers["inin-correlation-id"]), "own")),
    trace: { status, cause, executed, key: traced },
    // An outage is no difference between the stores, but it has to say what it was.
    outage: cause === "unexplained" && reason?.includes("store") === true ? reason : null,
  };
}

async function perform(side: Side, act: Act): Promise<unknown> {
  const [first] = side.mocks;
  switch (act.kind) {
    case "send":
      return send(side, act);
    case "advance":
      await first.clock.advance(act.ms);
      // The other one's logins are told of the time by any request.
      await sendTo(side.mocks[1].url, undefined, {
        method: "GET",
        path: "/nowhere",
        headers: {},
        body: undefined,
      });
      return null;
    case "reset":
      await first.reset({ seed: 1, world: WORLD });
      side.seen.clear();
      side.ids.clear();
      return null;
    case "fault":
      // No operation, no fault: it would wait for the next request to that very server.
      if (act.hits.path !== "/nowhere") side.mocks[act.hits.server].arm({ kind: act.fault });
      return send(side, act.hits);
  }
}

async function openSide(store: string, file: PolicyFile): Promise<Side> {
  const policy = policyOf(file);
  const start = async (): Promise<Mock> => {
    const clock = virtualClock();
    return startMock({ policy, seed: 1, world: WORLD, ...(store === "memory" ? { clock } : { store }) });
  };
  const one = await start();
  const mocks = [one, store === "memory" ? one : await start()] as const;
  if (store !== "memory") for (const { clock } of mocks) Object.assign(clock, { sleep: clock.advance });
  return { mocks, seen: new Map(), ids: new Map() };
}

describe("two servers that share a Redis", () => {
  test(`answer any sequence of requests under any policy as one server alone does (${RUNS} runs, seed ${SEED})`, async () => {
    const property = fc.asyncProperty(anyPolicy, anySequence, async (policy, sequence) => {
      await redis.ask("FLUSHALL");
      const [alone, shared] = [await openSide("memory", policy), await openSide(redis.url, policy)];
      try {
        for (const [index, act] of sequence.entries()) {
          const expected = await perform(alone, act);
          expect({ index, ...Object(await perform(shared, act)) }).toEqual({ index, ...Object(expected) });
        }
      } finally {
        for (const { mocks } of [alone, shared]) for (const mock of new Set(mocks)) await mock.close();
      }
    });
    await fc.assert(property, { numRuns: RUNS, seed: SEED });
  }, 600_000);
});
