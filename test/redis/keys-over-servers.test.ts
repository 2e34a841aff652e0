import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { THING } from "../mock/an-org.js";
import { type PrivateRedis, startRedis } from "./private-redis.js";
import { EXECUTE, effectsOf, holdSleeps, neverSleep, type Server, until, withServers } from "./servers.js";

let redis: PrivateRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.kill());

const statusesOf = async (replies: readonly Promise<{ readonly status: number }>[]): Promise<number[]> =>
  (await Promise.all(replies)).map(({ status }) => status).sort();

describe("one key at two servers at once", () => {
  test("has one effect where the claim is atomic", () =>
    withServers(redis, {}, async (a, b) => {
      for (let round = 0; round < 20; round++) {
        const key = `k${round}`;
        await statusesOf([a, b, a, b].map(({ send }) => send("POST", EXECUTE, { json: {}, key })));
        expect(await effectsOf(a, key)).toBe(1);
      }
    }));

  test("has two effects where look-up and claim are two steps: both looked before either claimed", () =>
    withServers(
      redis,
      { policy: { idempotency: { claim: { kind: "check-then-set", window: "5ms" } } } },
      async (a, b) => {
        const sleeps = holdSleeps(a, b);
        const both = [a, b].map(({ send }) => send("POST", EXECUTE, { json: {}, key: "k1" }));
        await sleeps.until(2);
        sleeps.release();
        expect(await statusesOf(both)).toEqual([200, 200]);
        expect(await effectsOf(a, "k1")).toBe(2);
        expect([...a.causes(), ...b.causes()]).toContain("executed-twice");
      },
    ));

  test("is in flight at the second one while the first one works, and a replay afterwards", () =>
    withServers(redis, { policy: { latency: { base: "1ms" } } }, async (a, b) => {
      const sleeps = holdSleeps(a);
      const first = a.send("POST", EXECUTE, { json: {}, key: "k1" });
      await sleeps.until(1);
      expect((await b.send("POST", EXECUTE, { json: {}, key: "k1" })).status).toBe(409);
      expect(b.last().cause).toBe("key-in-flight");
      sleeps.release();
      const { text } = await first;
      const replay = await b.send("POST", EXECUTE, { json: {}, key: "k1" });
      expect([replay.text, b.last().cause]).toEqual([text, "stored-answer-returned"]);
      expect(await effectsOf(b, "k1")).toBe(1);
    }));

  test("lets the second one wait for the first one's answer, where the policy says so", () =>
    withServers(
      redis,
      { policy: { latency: { base: "1ms" }, idempotency: { inFlight: { outcome: "wait" } } } },
      async (a, b) => {
        const sleeps = holdSleeps(a);
        const first = a.send("POST", EXECUTE, { json: {}, key: "k1" });
        await sleeps.until(1);
        const second = b.send("POST", EXECUTE, { json: {}, key: "k1" });
        await until(
          async () => (await commandsOf(redis, "evalsha")) > 8,
          "the second one has asked a few times",
        );
        expect(b.mock.trace()).toEqual([]);
        sleeps.release();
        expect((await second).text).toBe((await first).text);
        expect(b.last().cause).toBe("stored-answer-returned");
      },
    ));
});

async function commandsOf({ ask }: PrivateRedis, name: string): Promise<number> {
  const stats = String(await ask("INFO", "commandstats"));
  return Number(stats.match(new RegExp(`cmdstat_${name}:calls=(\\d+)`))?.[1] ?? 0);
}

describe("a server that stops in the middle of its work", () => {
  const SLOW = { policy: { latency: { base: "1ms" } } };

  test("holds the key until its lease runs out; then one retry executes, and its own commit comes too late", () =>
    withServers(redis, SLOW, async (a, b) => {
      const sleeps = holdSleeps(a);
      neverSleep(b);
      const late = a.send("POST", EXECUTE, { json: {}, key: "k1" });
      await sleeps.until(1);
      await b.mock.clock.advance(9_000);
      expect((await b.send("POST", EXECUTE, { json: {}, key: "k1" })).status).toBe(409);
      await b.mock.clock.advance(2_000);
      expect((await b.send("POST", EXECUTE, { json: {}, key: "k1" })).status).toBe(200);
      expect(b.last().cause).toBeNull();
      sleeps.release();
      const { status, headers } = await late;
      expect([status, headers["retry-after"]]).toEqual([503, "1"]);
      expect(a.last()).toMatchObject({ executed: false, reason: expect.stringContaining("lease ran out") });
      expect(await effectsOf(b, "k1")).toBe(1);
    }));

  test("commits after all where nobody took the key over meanwhile", () =>
    withServers(redis, SLOW, async (a, b) => {
      const sleeps = holdSleeps(a);
      const late = a.send("POST", EXECUTE, { json: {}, key: "k1" });
      await sleeps.until(1);
      await b.mock.clock.advance(60_000);
      sleeps.release();
      expect((await late).status).toBe(200);
      expect(await effectsOf(b, "k1")).toBe(1);
    }));

  test("loses no effect to a policy that gives the key away while it works: both count", () =>
    withServers(
      redis,
      {
        policy: {
          ...SLOW.policy,
          idempotency: { mismatch: { outcome: "execute-again" }, mismatchKeeps: "overwritten" },
        },
      },
      async (a, b) => {
        const sleeps = holdSleeps(a);
        neverSleep(b);
        const first = a.send("POST", EXECUTE, { json: { n: 1 }, key: "k1" });
        await sleeps.until(1);
        expect((await b.send("POST", EXECUTE, { json: { n: 2 }, key: "k1" })).status).toBe(200);
        sleeps.release();
        expect((await first).status).toBe(200);
        expect(await effectsOf(b, "k1")).toBe(2);
      },
    ));
});

describe("a key whose use is noted while its first request works", () => {
  const OTHER = { json: { n: 2 }, key: "k1" };

  test("keeps the fingerprint that a mismatch at the other server left", () =>
    withServers(
      redis,
      { policy: { latency: { base: "1ms" }, idempotency: { mismatchKeeps: "overwritten" } } },
      async (a, b) => {
        const sleeps = holdSleeps(a);
        neverSleep(b);
        const first = a.send("POST", EXECUTE, { json: { n: 1 }, key: "k1" });
        await sleeps.until(1);
        expect((await b.send("POST", EXECUTE, OTHER)).status).toBe(409);
        sleeps.release();
        expect((await first).status).toBe(200);
        expect((await b.send("POST", EXECUTE, OTHER)).status).toBe(200);
        expect(b.last().cause).toBe("replay-of-other-body");
      },
    ));

  test("lives from its last use at any server", () =>
    withServers(redis, { policy: { idempotency: { ttlFrom: "last-use", ttl: "1h" } } }, async (a, b) => {
      await a.send("POST", EXECUTE, OTHER);
      for (const server of [b, a, b]) {
        await a.mock.clock.advance(40 * 60_000);
        await server.send("POST", EXECUTE, OTHER);
        expect(server.last().cause).toBe("stored-answer-returned");
      }
      await a.mock.clock.advance(61 * 60_000);
      await b.send("POST", EXECUTE, OTHER);
      expect(b.last().cause).toBe("executed-twice");
    }));
});

describe("a client that leaves while its request runs", () => {
  /** Sends a request and hangs up once the server sleeps on it; what it gives back lets that request go on. */
  async function leave(a: Server): Promise<() => void> {
    const sleeps = holdSleeps(a);
    const outgoing = request(`${a.mock.url}${EXECUTE}`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${a.mock.token(null, "valid")}`,
        "Content-Type": "application/json",
        "Idempotency-Key": "k1",
      },
    });
    outgoing.on("error", () => undefined);
    outgoing.end("{}");
    await sleeps.until(1);
    const closed = new Promise((resolve) => outgoing.once("close", resolve));
    outgoing.destroy();
    await closed;
    return sleeps.release;
  }

  const policyFor = (onDisconnect: "completes" | "releases" | "sticks") => ({
    policy: { latency: { base: "1ms" }, idempotency: { onDisconnect } },
  });

  const retry = ({ send }: Server) => send("POST", EXECUTE, { text: "{}", key: "k1" });

  test("completes: the other server replays what nobody got", () =>
    withServers(redis, policyFor("completes"), async (a, b) => {
      const release = await leave(a);
      release();
      await until(() => a.mock.trace().length === 1, "the request is decided");
      expect((await retry(b)).status).toBe(200);
      expect(b.last().cause).toBe("stored-answer-returned");
      expect(await effectsOf(b, "k1")).toBe(1);
    }));

  test("releases: the other server executes it a second time, while the first one still runs", () =>
    withServers(redis, policyFor("releases"), async (a, b) => {
      neverSleep(b);
      const release = await leave(a);
      await until(async () => (await retry(b)).status === 200, "the key is released");
      release();
      await until(() => a.mock.trace().length === 1, "the request is decided");
      expect(a.last()).toMatchObject({ status: 200, executed: true });
      expect(await effectsOf(b, "k1")).toBe(2);
    }));

  test.each(["releases", "sticks"] as const)(
    "%s also where it left before the key was claimed",
    async (onDisconnect) =>
      withServers(
        redis,
        { policy: { idempotency: { onDisconnect, claim: { kind: "check-then-set", window: "1ms" } } } },
        async (a, b) => {
          neverSleep(b);
          const release = await leave(a);
          // By the time that these are answered the server has heard of the client's leaving.
          for (let count = 0; count < 10; count++) await a.send("GET", "/api/v2/users/me");
          release();
          await until(() => a.mock.trace().length === 11, "the request is decided");
          await retry(b);
          expect(b.last().cause).toBe(onDisconnect === "sticks" ? "key-stuck" : "executed-twice");
        },
      ),
  );

  test("sticks: the key is stuck at every server, though the effect happened", () =>
    withServers(redis, policyFor("sticks"), async (a, b) => {
      const release = await leave(a);
      await until(async () => {
        await retry(b);
        return b.last().cause === "key-stuck";
      }, "the key is stuck");
      release();
      await until(() => a.mock.trace().length === 1, "the request is decided");
      await a.mock.clock.advance(3_600_000);
      expect((await retry(b)).status).toBe(409);
      expect(b.last().cause).toBe("key-stuck");
      expect(await effectsOf(b, "k1")).toBe(1);
    }));
});

describe("what is remembered of a key", () => {
  const LOOKUP = { policy: { idempotency: { lookup: "/keys/{key}" } } };

  test("any server shows it, by the account of whoever asks", () =>
    withServers(redis, LOOKUP, async (a, b) => {
      expect((await b.send("GET", "/keys/k1")).status).toBe(404);
      await a.send("POST", EXECUTE, { json: {}, key: "k1" });
      expect((await b.send("GET", "/keys/k1")).json).toMatchObject({ state: "completed", status: 200 });
      expect((await b.send("GET", "/keys/k1", { token: "nobody" })).status).toBe(401);
    }));

  test("is over for all at once when its life is over, also where it never ends but its thing does", () =>
    withServers(
      redis,
      { policy: { idempotency: { ttl: "forever", keyOutlivesResource: false } } },
      async (a, b) => {
        const write = ({ send }: Server) => send("PUT", THING, { json: {}, key: "k1" });
        await write(a);
        await a.mock.clock.advance(1_000 * 24 * 3_600_000);
        // Its token is long over, as this server learns from the request.
        expect((await write(b)).status).toBe(401);
        await write(b);
        expect(b.last().cause).toBe("stored-answer-returned");
        await a.send("DELETE", THING, { headers: { "Idempotency-Key": "k2" } });
        expect((await write(b)).status).toBe(201);
      },
    ));

  test("a thing that the world lists and that was removed is gone as any other", () =>
    withServers(
      redis,
      {
        policy: { idempotency: { keyOutlivesResource: false } },
        world: {
          principals: {},
          conversations: [],
          users: [],
          actions: [],
          groups: [],
          things: [{ id: "1" }],
        },
      },
      async (a, b) => {
        expect((await a.send("PUT", THING, { json: {}, key: "k1" })).status).toBe(200);
        await b.send("DELETE", THING);
        expect((await b.send("PUT", THING, { json: {}, key: "k1" })).status).toBe(201);
        expect(b.last().cause).toBe("executed-twice");
      },
    ));
});
