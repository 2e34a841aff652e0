import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ATTRIBUTES, THING } from "../mock/an-org.js";
import { type PrivateRedis, startRedis } from "./private-redis.js";
import { EXECUTE, type Server, type ServerOptions, startServer } from "./servers.js";

let redis: PrivateRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.kill());

/** Commands that a server sent: one is one round trip. Redis counts a script that it had to be told as well. */
async function commands(): Promise<number> {
  const stats = String(await redis.ask("INFO", "commandstats"));
  const calls = ["evalsha", "eval"].map(
    (name) => stats.match(new RegExp(`cmdstat_${name}:calls=(\\d+)`))?.[1],
  );
  return calls.reduce((sum, count) => sum + Number(count ?? 0), 0);
}

async function trips(act: () => Promise<unknown>): Promise<number> {
  const before = await commands();
  await act();
  return (await commands()) - before;
}

async function onServer(options: ServerOptions, use: (server: Server) => Promise<void>): Promise<void> {
  await redis.ask("FLUSHALL");
  const server = await startServer(redis.url, options);
  try {
    // Redis is told the script with its first call.
    await server.send("GET", "/api/v2/mock/things");
    await use(server);
  } finally {
    await server.close();
  }
}

describe("round trips to Redis under a policy that honours keys", () => {
  test("two for an execution, one for its replay", () =>
    onServer({}, async ({ send }) => {
      expect(await trips(() => send("POST", EXECUTE, { json: {}, key: "k1" }))).toBe(2);
      expect(await trips(() => send("POST", EXECUTE, { json: {}, key: "k1" }))).toBe(1);
    }));

  test("two for a write with a key and a precondition that holds, and for one that fails: the key is told", () =>
    onServer({}, async ({ send }) => {
      const made = await send("PUT", THING, { json: {} });
      const headers = { "If-Match": String(made.headers.etag) };
      expect(await trips(() => send("PUT", THING, { json: {}, key: "k1", headers }))).toBe(2);
      expect(await trips(() => send("PUT", THING, { json: {}, key: "k2", headers }))).toBe(2);
    }));

  test("one for a refusal by the key: mismatch, in flight, malformed", () =>
    onServer({}, async ({ send }) => {
      await send("POST", EXECUTE, { json: {}, key: "k1" });
      expect(await trips(() => send("POST", EXECUTE, { json: { a: 1 }, key: "k1" }))).toBe(1);
      expect(await trips(() => send("POST", EXECUTE, { json: {}, key: "k".repeat(300) }))).toBe(1);
    }));

  test("one for a read, or two where it is the first sight of something; one for a login that is refused", () =>
    onServer({}, async ({ send }) => {
      await send("PUT", THING, { json: {} });
      expect(await trips(() => send("GET", THING))).toBe(1);
      const conversation = ATTRIBUTES.replace(/\/participants.*/, "");
      expect(await trips(() => send("GET", conversation))).toBe(2);
      expect(await trips(() => send("GET", conversation))).toBe(1);
      expect(await trips(() => send("GET", THING, { token: "nobody" }))).toBe(1);
      expect(await trips(() => send("GET", THING, { token: null }))).toBe(1);
    }));

  test("two for a write without a key, one where it is refused", () =>
    onServer({}, async ({ send }) => {
      expect(await trips(() => send("PUT", THING, { json: {} }))).toBe(2);
      expect(await trips(() => send("PUT", THING, { text: "[]" }))).toBe(1);
    }));

  test("one more where the work takes its time: what moved meanwhile has to be seen", () =>
    onServer({ policy: { latency: { base: "1ms" } } }, async ({ send }) => {
      expect(await trips(() => send("POST", EXECUTE, { json: {}, key: "k1" }))).toBe(3);
      expect(await trips(() => send("POST", EXECUTE, { json: {}, key: "k1" }))).toBe(1);
    }));

  test("one more where rules that look at the state come before the key", () =>
    onServer(
      { policy: { order: ["auth", "rateLimit", "validation", "key", "precondition", "lock"] } },
      async ({ send }) => {
        expect(await trips(() => send("POST", EXECUTE, { json: {}, key: "k1" }))).toBe(3);
        expect(await trips(() => send("POST", EXECUTE, { json: {}, key: "k1" }))).toBe(2);
      },
    ));

  test("no more for requests that are counted", () =>
    onServer({ policy: { rateLimit: { perMinute: 100, retryAfter: true } } }, async ({ send }) => {
      expect(await trips(() => send("POST", EXECUTE, { json: {}, key: "k1" }))).toBe(2);
      expect(await trips(() => send("POST", EXECUTE, { json: {}, key: "k1" }))).toBe(1);
      const { headers } = await send("POST", EXECUTE, { json: {}, key: "k1" });
      expect(headers["inin-ratelimit-count"]).toBe("4");
    }));
});

describe("round trips to Redis under the documented policy, which passes keys over", () => {
  test("two for a write with a key that nobody looks at", () =>
    onServer({ policy: { extends: "documented" } }, async ({ send }) => {
      await send("PATCH", ATTRIBUTES, { json: { attributes: { a: "1" } } });
      const json = { attributes: { a: "2" } };
      expect(await trips(() => send("PATCH", ATTRIBUTES, { json, key: "k1" }))).toBe(2);
      expect(await trips(() => send("PATCH", ATTRIBUTES, { json, key: "k1" }))).toBe(2);
    }));
});
