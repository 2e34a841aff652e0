import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server as TcpServer } from "node:net";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundle } from "../bench/bundle.mjs";
import { policyOf } from "../mock/an-org.js";
import { type PrivateRedis, startRedis } from "./private-redis.js";
import { EXECUTE, effectsOf, startServer, until } from "./servers.js";

const PASSWORD = "pass@wo/rd:1";
const ENCODED = encodeURIComponent(PASSWORD);

let redis: PrivateRedis;
let closed: PrivateRedis;
beforeAll(async () => {
  redis = await startRedis();
  closed = await startRedis({ password: PASSWORD });
});
afterAll(async () => {
  await redis.kill();
  await closed.kill();
});

async function refusalOf(store: string): Promise<{ readonly message: string; readonly hint: string }> {
  const error = await startServer(store).then(
    () => {
      throw new Error("it started");
    },
    (thrown: unknown) => thrown as { readonly message: string; readonly hint: string },
  );
  expect(error).toMatchObject({ name: "GcidemError", code: "usage", hint: expect.stringMatching(/./) });
  return error;
}

describe("a mock starts on a Redis", () => {
  test("that wants a password, which is nowhere shown", async () => {
    const { port } = closed;
    const server = await startServer(`redis://:${ENCODED}@127.0.0.1:${port}`);
    await closed.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    await until(() => server.warnings.length > 0, "the connection is lost");
    const serves = async () => (await server.send("POST", EXECUTE, { json: {}, key: "k1" })).status === 200;
    await until(serves, "it serves again");
    await server.close();
    expect(server.warnings.join()).not.toMatch(/pass/);
  });

  test("in the database that its address names, apart from the others", async () => {
    const [zero, two] = [await startServer(redis.url), await startServer(`${redis.url}/2`)];
    await zero.send("POST", EXECUTE, { json: {}, key: "k1" });
    expect(await effectsOf(two, "k1")).toBe(0);
    expect(await redis.ask("EXISTS", "gcidem:1:meta")).toBe(1);
    await redis.ask("SELECT", "2");
    expect(await redis.ask("EXISTS", "gcidem:1:meta")).toBe(1);
    await redis.ask("SELECT", "0");
    await zero.close();
    await two.close();
  });

  test("with the world and seed of whoever made the state, whatever it has itself", async () => {
    await redis.ask("FLUSHALL");
    const world = {
      principals: {},
      conversations: [],
      users: [],
      actions: [],
      groups: [],
      things: [{ id: "1" }],
    };
    const first = await startServer(redis.url, { world });
    const second = await startServer(redis.url);
    expect((await second.send("GET", "/api/v2/mock/things/1")).status).toBe(200);
    await first.close();
    await second.close();
  });

  test("beside others that use it: nothing but its own keys is ever touched", async () => {
    await redis.ask("FLUSHALL");
    await redis.ask("SET", "mine", "1");
    const server = await startServer(redis.url);
    await server.send("POST", EXECUTE, { json: {}, key: "k1" });
    await server.mock.reset({ seed: 1, world: null });
    await server.close();
    const keys = (await redis.ask("KEYS", "*")) as string[];
    expect(keys.filter((key) => !key.startsWith("gcidem:"))).toEqual(["mine"]);
  });
});

describe("a mock does not start, and says why and what to do", () => {
  test("where the password is missing or another one", async () => {
    const missing = await refusalOf(`redis://127.0.0.1:${closed.port}`);
    expect(missing.message).toMatch(/^the store redis:\/\/127\.0\.0\.1:\d+ cannot be used: NOAUTH /);
    expect(missing.hint).toContain("redis://:PASSWORD@HOST:PORT");
    const wrong = await refusalOf(`redis://:wr@ng/one@127.0.0.1:${closed.port}`).catch(() => null);
    expect(wrong?.message ?? "").not.toContain("ng/one");
    const other = await refusalOf(`redis://me:other@127.0.0.1:${closed.port}?password=third`);
    expect(other.message).toMatch(/cannot be used: WRONGPASS /);
    expect(`${other.message} ${other.hint}`).not.toMatch(/other|third/);
  });

  test.each(["redis:", "redis://", "http://127.0.0.1", "redis://127.0.0.1/abc", "127.0.0.1:6379", ""])(
    "where the address is %j",
    async (store) => {
      expect((await refusalOf(store)).message).toContain("expected redis://HOST:PORT");
    },
  );

  test("where there is no such database, instead of going on in another one", async () => {
    const { message, hint } = await refusalOf(`${redis.url}/99`);
    expect(message).toMatch(/DB index is out of range/);
    expect(hint).toContain("database");
  });

  test("where something else answers, or nobody does", async () => {
    const servers: TcpServer[] = [];
    const listen = async (say: string | null): Promise<number> => {
      const server = createServer((socket) => {
        socket.on("error", () => undefined);
        if (say !== null) socket.end(say);
      });
      servers.push(server);
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const address = server.address();
      return typeof address === "object" && address !== null ? address.port : 0;
    };
    const http = await refusalOf(`redis://127.0.0.1:${await listen("HTTP/1.1 400 Bad Request\r\n\r\n")}`);
    expect(http.message).toMatch(/cannot be used: ./);
    const silent = await refusalOf(`redis://127.0.0.1:${await listen(null)}`);
    expect(silent.message).toMatch(/cannot be used: no answer within 2000 ms/);
    for (const server of servers) server.close();
  });

  test("where it is full", async () => {
    await redis.ask("FLUSHALL");
    await redis.ask("CONFIG", "SET", "maxmemory", "1mb");
    expect((await refusalOf(redis.url)).message).toMatch(/cannot be used: OOM /);
    await redis.ask("CONFIG", "SET", "maxmemory", "0");
  });

  test("where nothing listens; and nothing keeps the process alive", async () => {
    const bundled = await bundle(["mock/start-mock"]);
    const policy = policyOf({ extends: "forum-lore" });
    const script = `
      const { startMock } = await import(process.argv[1]);
      await startMock(JSON.parse(process.argv[2])).catch(({ name, code, message, hint }) =>
        console.log(JSON.stringify({ name, code, message, hint })));`;
    const options = JSON.stringify({ policy, store: "redis://127.0.0.1:1" });
    const words = ["--input-type=module", "-e", script, bundled.url("mock/start-mock"), options];
    const { stdout } = await promisify(execFile)(process.execPath, words, { timeout: 20_000 });
    bundled.close();
    expect(JSON.parse(stdout)).toEqual({
      name: "GcidemError",
      code: "usage",
      message: "the store redis://127.0.0.1:1 cannot be used: connect ECONNREFUSED 127.0.0.1:1",
      hint: "start Redis there, or give another store",
    });
  });
});
