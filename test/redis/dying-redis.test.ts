import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Reply, THING } from "../mock/an-org.js";
import { type Cuttable, cuttableWay } from "./cuttable.js";
import { type PrivateRedis, startRedis } from "./private-redis.js";
import {
  EXECUTE,
  effectsOf,
  holdSleeps,
  neverSleep,
  type Server,
  type ServerOptions,
  startServer,
  until,
} from "./servers.js";

let redis: PrivateRedis;
let way: Cuttable;
let server: Server;
const opened: Server[] = [];

beforeEach(async () => {
  redis = await startRedis();
  way = await cuttableWay(redis.port);
  server = await open();
});
afterEach(async () => {
  redis.thaw();
  for (const each of opened.splice(0)) await each.close();
  await way.close();
  await redis.kill();
});

async function open(options: ServerOptions = {}): Promise<Server> {
  const opening = await startServer(`redis://127.0.0.1:${way.port}`, options);
  opened.push(opening);
  return opening;
}

const execute = ({ send }: Server, key: string): Promise<Reply> => send("POST", EXECUTE, { json: {}, key });

/** The platform's own words for a server that cannot serve, and the reason where only an operator looks. */
function expectGone(reply: Reply, reason: RegExp, what = "was not carried out"): void {
  expect(reply.status).toBe(503);
  expect(reply.headers["retry-after"]).toBe("1");
  expect(reply.json).toMatchObject({
    status: 503,
    code: "service.unavailable",
    message: expect.stringContaining(what),
    contextId: reply.headers["inin-correlation-id"],
  });
  expect(reply.text).not.toMatch(/redis|127\.0\.0\.1/i);
  expect(server.last()).toMatchObject({
    status: 503,
    cause: "unexplained",
    executed: false,
    reason: expect.stringMatching(reason),
  });
}

const recovers = (): Promise<void> =>
  until(async () => (await server.send("GET", "/api/v2/users/me")).status === 200, "it serves again");

const GONE_AND_BACK = [
  expect.stringMatching(
    /^the store redis:\/\/127\.0\.0\.1:\d+ is gone \(.+\); requests get 503 until it is back$/,
  ),
  expect.stringMatching(/ is back$/),
];

describe("a Redis that goes away while a mock serves", () => {
  test("killed: every request gets 503 at once; restarted empty, the mock serves a new state with the old logins", async () => {
    const token = String(server.mock.token(null, "valid"));
    await execute(server, "k1");
    await redis.kill();
    for (const [method, path] of [
      ["POST", EXECUTE],
      ["GET", "/api/v2/users/me"],
      ["GET", "/nowhere"],
      ["POST", "/oauth/token"],
    ] as const) {
      const reply = await server.send(method, path, {
        key: "k2",
        ...(method === "POST" ? { json: {} } : {}),
      });
      expectGone(reply, /^the store cannot be reached: /);
      expect(server.last().key).toBe("k2");
    }
    await redis.start();
    await recovers();
    expect((await server.send("GET", "/api/v2/users/me", { token })).status).toBe(200);
    expect((await execute(server, "k1")).json.executions).toBe(1);
    expect(server.warnings).toEqual(GONE_AND_BACK);
  });

  test("frozen: 503 within seconds, also for whoever waits for another request; thawed, no refused request happens after all", async () => {
    const waiting = await open({
      policy: { idempotency: { inFlight: { outcome: "wait" } }, latency: { base: "1ms" } },
    });
    const sleeps = holdSleeps(server);
    await server.mock.setPolicy(waiting.mock.policy());
    const first = execute(server, "first");
    await sleeps.until(1);
    const second = execute(waiting, "first");
    redis.freeze();
    const beganMs = performance.now();
    const refused = [execute(server, "k1"), server.send("PUT", THING, { json: {} }), second];
    expect((await Promise.all(refused)).map(({ status }) => status)).toEqual([503, 503, 503]);
    sleeps.release();
    expect((await first).status).toBe(503);
    expect(performance.now() - beganMs).toBeLessThan(6_000);
    redis.thaw();
    const late = await open();
    expect((await late.send("GET", "/api/v2/mock/executions")).json.total).toBe(0);
    expect((await late.send("GET", THING)).status).toBe(404);
    neverSleep(server);
    await recovers();
    expect(server.warnings).toEqual(GONE_AND_BACK);
  });

  test("cut off between effect and answer: 503, and the same key finds what was done", async () => {
    await execute(server, "k0");
    way.loseAnswer(2);
    const cut = await execute(server, "k1");
    expectGone(cut, /^the store cannot be reached: /, "may have been carried out");
    await recovers();
    const retry = await execute(server, "k1");
    expect([retry.status, server.last().cause]).toEqual([200, "stored-answer-returned"]);
    expect(await effectsOf(server, "k1")).toBe(1);
  });

  test("cut off between claim and answer: 503, nothing happened, and the key is free once the lease is over", async () => {
    await execute(server, "k0");
    way.loseAnswer(1);
    expectGone(await execute(server, "k1"), /^the store cannot be reached: /);
    await recovers();
    expect((await execute(server, "k1")).status).toBe(409);
    expect(server.last().cause).toBe("key-in-flight");
    await server.mock.clock.advance(10_000);
    expect((await execute(server, "k1")).status).toBe(200);
    expect(await effectsOf(server, "k1")).toBe(1);
  });

  test("out of reach for a while: it comes back by itself, and a mock that is stopped says nothing of it", async () => {
    way.cut();
    expectGone(await execute(server, "k1"), /^the store cannot be reached: /);
    way.mend();
    await recovers();
    expect((await execute(server, "k1")).status).toBe(200);
    expect(server.warnings).toEqual(GONE_AND_BACK);
    await server.close();
    expect(server.warnings).toHaveLength(2);
  });

  test("while a client leaves whose key is to be released: nothing breaks", async () => {
    const leaving = await open({
      policy: { idempotency: { onDisconnect: "releases" }, latency: { base: "1ms" } },
    });
    const sleeps = holdSleeps(leaving);
    const aborting = new AbortController();
    const sent = fetch(`${leaving.mock.url}${EXECUTE}`, {
      method: "POST",
      body: "{}",
      headers: {
        Authorization: `Bearer ${leaving.mock.token(null, "valid")}`,
        "Content-Type": "application/json",
        "Idempotency-Key": "k1",
      },
      signal: aborting.signal,
    });
    await sleeps.until(1);
    way.cut();
    aborting.abort();
    await expect(sent).rejects.toThrow();
    sleeps.release();
    await until(() => leaving.mock.trace().length === 1, "the request is decided");
    expect(leaving.last()).toMatchObject({ status: 503, executed: false });
  });

  test("while it is controlled: 503 with the reason, and nothing is changed", async () => {
    way.cut();
    for (const [method, path, body] of [
      ["POST", "clock", { advance: "1h" }],
      ["POST", "reset", {}],
      ["PUT", "policy", { extends: "documented" }],
    ] as const) {
      const reply = await server.send(method, `/__gcidem/${path}`, { json: body });
      expect([reply.status, reply.text]).toEqual([
        503,
        expect.stringContaining("the store cannot be reached"),
      ]);
    }
    await expect(async () => server.mock.reset({ seed: 1, world: null })).rejects.toMatchObject({
      name: "GcidemError",
      code: "unreachable",
    });
    expect(server.mock.policy().name).not.toBe("documented");
  });
});

describe("a Redis that loses something while a mock serves", () => {
  test("everything: the next request begins a new state, and two servers agree on it", async () => {
    const other = await open();
    await execute(server, "k1");
    await execute(other, "k1");
    await redis.ask("FLUSHALL");
    expect((await execute(server, "k1")).json.executions).toBe(1);
    expect((await execute(other, "k1")).json.executions).toBe(1);
    expect(await effectsOf(other, "k1")).toBe(1);
    const token = String(server.mock.token(null, "valid"));
    expect((await other.send("GET", "/api/v2/users/me", { token })).status).toBe(200);
  });

  test("everything, again and again, while 200 requests are under way: each is answered, none with 500", async () => {
    const other = await open();
    const sent = Array.from({ length: 200 }, (_, index) =>
      execute(index % 2 === 0 ? server : other, `k${index}`),
    );
    for (let flush = 0; flush < 5; flush++) await redis.ask("FLUSHALL");
    const statuses = new Set((await Promise.all(sent)).map(({ status }) => status));
    expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
  });

  test("its scripts: nobody notices", async () => {
    await redis.ask("SCRIPT", "FLUSH");
    expect((await execute(server, "k1")).status).toBe(200);
    expect(server.warnings).toEqual([]);
  });

  test("its memory: writes get 503 and do not happen, reads go on, and one warning is given", async () => {
    await server.send("PUT", THING, { json: {} });
    await redis.ask("CONFIG", "SET", "maxmemory", "1mb");
    for (let count = 0; count < 3; count++) {
      expectGone(await execute(server, "k1"), /^the store refused: OOM /);
      expect((await server.send("GET", THING)).status).toBe(200);
    }
    await redis.ask("CONFIG", "SET", "maxmemory", "0");
    expect((await execute(server, "k1")).json.executions).toBe(1);
    expect(server.warnings).toEqual([
      expect.stringMatching(/ refuses \(OOM .+\); requests that it refuses get 503$/),
      expect.stringMatching(/ is back$/),
    ]);
  });
});
