import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { World } from "../../src/core/world.js";
import { presetPolicy } from "../../src/policy/presets.js";
import { policyOf, THING } from "../mock/an-org.js";
import { type PrivateRedis, startRedis } from "./private-redis.js";
import { EXECUTE, effectsOf, holdSleeps, type Server, startServer, until, withServers } from "./servers.js";

let redis: PrivateRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.kill());

const ME = "/api/v2/users/me";
const CONVERSATION = "/api/v2/conversations/0f0e3a4c-1111-4222-8333-444455556666";
const PATCH_STATE = `${CONVERSATION}/participants/00b1a2c3-4d5e-4f7a-8b9c-0d1e2f3a4b5c`;

function tokenOf({ mock }: Server, principal: string | null = null): string {
  return String(mock.token(principal, "valid"));
}

function worldOf(principals: World["principals"]): World {
  return { principals, conversations: [], users: [], actions: [{ id: "a1" }], groups: [], things: [] };
}

describe("time moved on at one server has passed at the other", () => {
  const HOUR = 3_600_000;

  test("before it looks at a token: the very next request finds it expired", () =>
    withServers(redis, {}, async (a, b) => {
      const token = tokenOf(b);
      await a.mock.clock.advance(25 * HOUR);
      expect((await b.send("GET", ME, { token })).status).toBe(401);
      expect(b.last().cause).toBe("token-expired");
    }));

  test("before it issues one: what a login gives holds for its whole life", () =>
    withServers(redis, {}, async (a, b) => {
      await a.mock.clock.advance(25 * HOUR);
      const { json } = await b.send("POST", "/oauth/token", {
        text: "grant_type=client_credentials",
        headers: {
          "Content-Type": "application/x-www-form-urlencoded",
          Authorization: `Basic ${Buffer.from("default:x").toString("base64")}`,
        },
        token: null,
      });
      await a.mock.clock.advance(23 * HOUR);
      expect((await a.send("GET", ME, { token: String(json.access_token) })).status).toBe(200);
    }));

  test("before it takes a key: the life of a new key begins now", () =>
    withServers(redis, {}, async (a, b) => {
      await a.mock.clock.advance(23.5 * HOUR);
      await b.send("POST", EXECUTE, { json: {}, key: "k1" });
      await a.mock.clock.advance(1 * HOUR);
      await b.send("GET", ME);
      await a.send("POST", EXECUTE, { json: {}, key: "k1" });
      expect(a.last().cause).toBe("stored-answer-returned");
      await a.mock.clock.advance(24 * HOUR);
      await b.send("GET", ME);
      await b.send("POST", EXECUTE, { json: {}, key: "k1" });
      expect(b.last().cause).toBe("executed-twice");
    }));

  test("for locks", () =>
    withServers(
      redis,
      { policy: { locks: { states: ["alerting"], status: 409, code: "locked", for: "3s" } } },
      async (a, b) => {
        await a.send("PATCH", PATCH_STATE, { json: { state: "alerting" } });
        const hold = ({ send }: Server) => send("PATCH", PATCH_STATE, { json: { held: true } });
        expect((await hold(b)).status).toBe(409);
        await a.mock.clock.advance(3_000);
        expect((await hold(b)).status).toBe(200);
      },
    ));

  test("costs an armed fault nothing: the request that learns of it still has its own", () =>
    withServers(redis, {}, async (a, b) => {
      b.mock.arm({ kind: "5xx-before" });
      await a.mock.clock.advance(60_000);
      expect((await b.send("GET", ME)).status).toBe(503);
      expect((await b.send("GET", ME)).status).toBe(200);
    }));

  test("once, however many requests it meets", () =>
    withServers(redis, {}, async (a, b) => {
      const beforeMs = a.mock.clock.nowMs();
      const reads = [a, b, a, b].map(({ send }) => send("GET", ME));
      await a.mock.clock.advance(HOUR);
      await Promise.all(reads);
      await b.send("GET", ME);
      for (const { mock } of [a, b]) {
        expect(mock.clock.nowMs() - beforeMs).toBeGreaterThanOrEqual(HOUR);
        expect(mock.clock.nowMs() - beforeMs).toBeLessThan(HOUR + 60_000);
      }
    }));

  test("for a server that starts later", () =>
    withServers(redis, {}, async (a) => {
      await a.mock.clock.advance(HOUR);
      const late = await startServer(redis.url);
      expect(Math.abs(late.mock.clock.nowMs() - a.mock.clock.nowMs())).toBeLessThan(1_000);
      await late.close();
    }));
});

describe("a reset at one server", () => {
  test("forgets resources, keys, counts and traces at both", () =>
    withServers(redis, {}, async (a, b) => {
      await b.send("PUT", THING, { json: {} });
      await b.send("POST", EXECUTE, { json: {}, key: "k1" });
      await a.mock.reset({ seed: 1, world: null });
      expect((await b.send("GET", THING)).status).toBe(404);
      expect(b.mock.trace()).toHaveLength(1);
      expect((await b.send("POST", EXECUTE, { json: {}, key: "k1" })).json.executions).toBe(1);
      expect(b.last().cause).toBeNull();
    }));

  test("brings its world to both, with the principals that log in there", () =>
    withServers(redis, {}, async (a, b) => {
      await b.send("GET", ME);
      await a.mock.reset({
        seed: 2,
        world: worldOf({ r: { account: "x", scopes: [], tokenLifeMs: 60_000 } }),
      });
      const token = tokenOf(a, "r");
      expect((await b.send("POST", EXECUTE, { json: {}, token })).status).toBe(403);
      expect(tokenOf(b, "r")).not.toBe(tokenOf(b));
    }));

  test("leaves the clock and a policy that was put as they are", () =>
    withServers(redis, {}, async (a, b) => {
      await a.mock.setPolicy(presetPolicy("rfc9110"));
      await a.mock.clock.advance(3_600_000);
      const beforeMs = b.mock.clock.nowMs();
      await b.mock.reset({ seed: 1, world: null });
      expect(b.mock.policy().name).toBe("rfc9110");
      expect(b.mock.clock.nowMs()).toBeGreaterThanOrEqual(beforeMs + 3_600_000);
    }));

  test("ends what is under way: it begins anew in the new world, and leaves nothing in the old one", () =>
    withServers(redis, { policy: { latency: { base: "1ms" } } }, async (a, b) => {
      const sleeps = holdSleeps(a);
      const under = a.send("POST", EXECUTE, { json: {}, key: "k1" });
      await sleeps.until(1);
      await b.mock.reset({ seed: 1, world: null });
      sleeps.release();
      await sleeps.until(1);
      sleeps.release();
      expect((await under).status).toBe(200);
      expect(await effectsOf(b, "k1")).toBe(1);
    }));

  test("takes the memory back that the former state had, also where the server died that reset it", () =>
    withServers(redis, {}, async (a, b) => {
      const keys = async () => (await redis.ask("KEYS", "gcidem:*")) as string[];
      for (let count = 0; count < 50; count++) await a.send("POST", EXECUTE, { json: {}, key: `k${count}` });
      expect((await keys()).length).toBeGreaterThan(50);
      await redis.ask("SADD", "gcidem:1:former", "of a server that died");
      await redis.ask("SET", "gcidem:1:of a server that died:k:x", "1");
      await b.mock.reset({ seed: 1, world: null });
      await until(async () => (await keys()).join() === "gcidem:1:meta", "only the constitution is left");
    }));
});

describe("a policy that one server is given", () => {
  test("is obeyed by the other from its next request on, also on paths that it did not have", () =>
    withServers(redis, { policy: { extends: "documented" } }, async (a, b) => {
      expect((await b.send("POST", "/api/charges", { json: { amount: 1 } })).status).toBe(404);
      await a.mock.setPolicy(presetPolicy("forum-lore"));
      expect((await b.send("POST", "/api/charges", { json: { amount: 1 }, key: "k" })).status).toBe(201);
      expect(b.mock.policy().name).toBe("forum-lore");
    }));

  test("is obeyed by a server that starts later with another one of its own", () =>
    withServers(redis, {}, async (a) => {
      await a.mock.setPolicy(policyOf({ extends: "documented", description: "put" }));
      const late = await startServer(redis.url, { policy: { extends: "stripe-like" } });
      expect(late.mock.policy().description).toBe("put");
      await late.close();
    }));

  test("changes nothing else: armed faults, correlation IDs and the trace go on", () =>
    withServers(redis, {}, async (a, b) => {
      const ids = [(await b.send("GET", ME)).headers["inin-correlation-id"]];
      b.mock.arm({ kind: "5xx-before" });
      await a.mock.setPolicy(a.mock.policy());
      const faulty = await b.send("GET", ME);
      ids.push(faulty.headers["inin-correlation-id"]);
      for (let count = 0; count < 4; count++)
        ids.push((await b.send("GET", ME)).headers["inin-correlation-id"]);
      expect(faulty.status).toBe(503);
      expect(new Set(ids).size).toBe(6);
      expect(b.mock.trace()).toHaveLength(6);
    }));

  test("does not stop what was begun under the former one", () =>
    withServers(redis, { policy: { latency: { base: "1ms" } } }, async (a, b) => {
      const sleeps = holdSleeps(a);
      const under = a.send("POST", EXECUTE, { json: {}, key: "k1" });
      await sleeps.until(1);
      await b.mock.setPolicy(presetPolicy("documented"));
      sleeps.release();
      expect((await under).status).toBe(200);
      expect(await effectsOf(b, "k1")).toBe(1);
    }));
});

describe("a login", () => {
  test("of one server is known to another, as the same principal", () =>
    withServers(
      redis,
      { world: worldOf({ r: { account: "x", scopes: ["integrations"], tokenLifeMs: 60_000 } }) },
      async (a, b) => {
        const token = tokenOf(a, "r");
        expect((await b.send("POST", EXECUTE, { json: {}, token })).status).toBe(200);
        expect((await b.send("GET", CONVERSATION, { token })).status).toBe(403);
      },
    ));

  test("that a fault ended at one is ended at the other, for the same reason", () =>
    withServers(redis, {}, async (a, b) => {
      const token = tokenOf(a);
      expect((await b.send("GET", ME, { token })).status).toBe(200);
      a.mock.arm({ kind: "expire-token" });
      expect((await a.send("GET", ME, { token })).status).toBe(401);
      for (const key of [undefined, "k1"]) {
        const reply = await b.send("POST", EXECUTE, {
          json: {},
          token,
          ...(key === undefined ? {} : { key }),
        });
        expect([reply.status, b.last().cause]).toEqual([401, "token-expired"]);
      }
      expect((await b.send("GET", ME, { token: tokenOf(b) })).status).toBe(200);
      const [name] = (await redis.ask("KEYS", "gcidem:1:*:x:*")) as string[];
      expect(Number(await redis.ask("PTTL", String(name)))).toBeGreaterThan(0);
    }));

  test("is not let in with anything behind its signature", () =>
    withServers(redis, {}, async (a, b) => {
      const token = tokenOf(a);
      for (const odd of [`${token}.x`, `${token}.`, `.${token}`, token.slice(1), `${token}x`]) {
        expect((await b.send("GET", ME, { token: odd })).status).toBe(401);
      }
    }));
});

describe("a rate limit counts at all servers together", () => {
  const LIMIT = { rateLimit: { perMinute: 10, retryAfter: true } };

  test("requests of one token, those that are replayed or refused by their key as well", () =>
    withServers(redis, { policy: LIMIT }, async (a, b) => {
      const token = tokenOf(a);
      const statuses: number[] = [];
      for (let count = 0; count < 12; count++) {
        const { send } = count % 2 === 0 ? a : b;
        const key = count % 4 < 2 ? "k1" : "k".repeat(300);
        const { status, headers } = await send("POST", EXECUTE, { json: {}, key, token });
        statuses.push(status);
        expect(headers["inin-ratelimit-count"]).toBe(String(count + 1));
      }
      expect(statuses).toEqual([200, 200, 400, 400, 200, 200, 400, 400, 200, 200, 429, 429]);
      await b.mock.clock.advance(60_000);
      expect((await a.send("GET", ME, { token })).status).toBe(200);
    }));

  test("those as well whose claim comes later than their look-up", () =>
    withServers(
      redis,
      { policy: { ...LIMIT, idempotency: { claim: { kind: "check-then-set", window: "1ms" } } } },
      async (a, b) => {
        const token = tokenOf(a);
        for (let count = 0; count < 10; count++)
          await a.send("POST", EXECUTE, { json: {}, key: "k1", token });
        expect((await b.send("POST", EXECUTE, { json: {}, key: "k1", token })).status).toBe(429);
        expect((await b.send("POST", EXECUTE, { json: {}, key: "k2", token })).status).toBe(429);
        await a.mock.clock.advance(60_000);
        expect(await effectsOf(a, "k2")).toBe(0);
      },
    ));

  test("and a fault of its kind refuses a request with a key too, which then has no effect", () =>
    withServers(redis, { policy: LIMIT }, async (a) => {
      a.mock.arm({ kind: "429" });
      expect((await a.send("POST", EXECUTE, { json: {}, key: "k1" })).status).toBe(429);
      expect(await effectsOf(a, "k1")).toBe(0);
    }));

  test("in the policy's order: behind the key, a replay is not counted", () =>
    withServers(
      redis,
      { policy: { ...LIMIT, order: ["auth", "key", "rateLimit", "validation", "precondition", "lock"] } },
      async (a, b) => {
        await a.send("POST", EXECUTE, { json: {}, key: "k1" });
        const replay = await b.send("POST", EXECUTE, { json: {}, key: "k1", token: tokenOf(a) });
        expect([replay.status, replay.headers["inin-ratelimit-count"]]).toEqual([200, undefined]);
        const next = await b.send("POST", EXECUTE, { json: {}, key: "k2", token: tokenOf(a) });
        expect(next.headers["inin-ratelimit-count"]).toBe("2");
      },
    ));
});
