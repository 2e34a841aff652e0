import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { get as tlsGet } from "node:https";
import { connect as connectTcp } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { startApache } from "./apache.js";
import { startConnectProxy } from "./connect-proxy.js";
import { startDraftServer } from "./draft-server.js";
import { startHttp2Server } from "./http2-server.js";
import { hasIpv6Loopback, startIpv6Server } from "./ipv6-server.js";
import { type Fault, startTlsEndpoint } from "./tls-endpoint.js";

const opened: { readonly close: () => Promise<void> }[] = [];

afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});

/** Has the test's end close it. */
async function own<Server extends { readonly close: () => Promise<void> }>(
  starting: Promise<Server>,
): Promise<Server> {
  const server = await starting;
  opened.push(server);
  return server;
}

/** The status of an HTTPS answer, or the code of the failure. */
function statusOf(url: string, authorityFile: string): Promise<number | string | undefined> {
  const ca = readFileSync(authorityFile, "utf8");
  return new Promise((resolve) => {
    tlsGet(url, { ca, agent: false }, (response) => resolve(response.resume().statusCode)).on(
      "error",
      (error: NodeJS.ErrnoException) => resolve(error.code),
    );
  });
}

describe("Apache with files and a password", () => {
  const name = "thing.json";

  test("wants the password, shows an ETag, and writes only with the current one", async () => {
    const apache = await own(startApache({ [name]: '{"tier":"none"}' }));
    const url = `${apache.url}/${name}`;
    expect((await fetch(url)).status).toBe(401);
    const basic = Buffer.from(`${apache.username}:${apache.password}`).toString("base64");
    const headers = { authorization: `Basic ${basic}` };
    const etag = (await fetch(url, { headers })).headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[^"]+"$/);
    const put = async (body: string): Promise<number> =>
      (await fetch(url, { method: "PUT", headers: { ...headers, "if-match": etag }, body })).status;
    expect(await put('{"tier":"silver"}')).toBe(204);
    expect(await put('{"tier":"gold"}')).toBe(412);
    expect(apache.fileText(name)).toBe('{"tier":"silver"}');
  });
});

describe("TLS end points", () => {
  test.each<[Fault, number | string]>([
    ["none", 200],
    ["wrong-host", "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["expired", "CERT_HAS_EXPIRED"],
    ["self-signed", "DEPTH_ZERO_SELF_SIGNED_CERT"],
  ])("with %s wrong: %s for a client that trusts the authority", async (fault, expected) => {
    const endpoint = await own(startTlsEndpoint(fault));
    expect(await statusOf(`https://localhost:${endpoint.port}/x`, endpoint.authorityFile)).toBe(expected);
    expect(endpoint.seen).toEqual(fault === "none" ? ["GET /x"] : []);
  });
});

/** The status line that a proxy answers a CONNECT with. */
async function askProxy(port: number, host: string, authorization?: string): Promise<string> {
  const socket = connectTcp(port, "127.0.0.1");
  const more = authorization === undefined ? "" : `Proxy-Authorization: ${authorization}\r\n`;
  socket.write(`CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n${more}\r\n`);
  const [chunk] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return chunk.toString("latin1").split("\r\n")[0] ?? "";
}

describe("a CONNECT proxy", () => {
  test("opens tunnels to the hosts that it knows", async () => {
    const proxy = await own(startConnectProxy({ "api.example": (await own(startDraftServer("/x"))).port }));
    expect(await askProxy(proxy.port, "api.example:443")).toContain(" 200 ");
    expect(await askProxy(proxy.port, "other.example:443")).toContain(" 502 ");
    expect(proxy.asked).toEqual([
      { host: "api.example:443", opened: true },
      { host: "other.example:443", opened: false },
    ]);
  });

  test("with a user asks for the password", async () => {
    const { port } = await own(startDraftServer("/x"));
    const proxy = await own(startConnectProxy({ "api.example": port }, { username: "u", password: "p" }));
    expect(await askProxy(proxy.port, "api.example:443")).toContain(" 407 ");
    const basic = `Basic ${Buffer.from("u:p").toString("base64")}`;
    expect(await askProxy(proxy.port, "api.example:443", basic)).toContain(" 200 ");
  });
});

test("an HTTP/2 server speaks HTTP/2, and HTTP/1.1 to who offers nothing else", async () => {
  const server = await own(startHttp2Server());
  expect(await statusOf(`${server.url}/one`, server.authorityFile)).toBe(200);
  const session = connectHttp2(server.url, { ca: readFileSync(server.authorityFile, "utf8") });
  const [headers] = await once(session.request({ ":path": "/two" }), "response");
  expect(headers[":status"]).toBe(200);
  session.destroy();
  expect(server.seen).toEqual(["1.1 GET /one", "2.0 GET /two"]);
});

test.runIf(hasIpv6Loopback())("a server on ::1 is not on 127.0.0.1", async () => {
  const server = await own(startIpv6Server());
  expect((await fetch(`${server.url}/x`)).status).toBe(200);
  await expect(fetch(`http://127.0.0.1:${server.port}/x`)).rejects.toThrow();
  expect(server.seen).toEqual(["GET /x"]);
});

describe("a server by the draft", () => {
  const things = "/v1/things";
  const post = (url: string, key: string | null, body: string): Promise<Response> =>
    fetch(`${url}${things}`, {
      method: "POST",
      headers: key === null ? {} : { "idempotency-key": key },
      body,
    });

  test("creates once for a quoted key, and refuses other bytes with 422", async () => {
    const { url, created } = await own(startDraftServer(things));
    const first = await post(url, '"k-1"', '{"a":1}');
    const again = await post(url, '"k-1"', '{"a":1}');
    expect([first.status, await first.text()]).toEqual([again.status, await again.text()]);
    expect((await post(url, '"k-1"', '{"a": 1}')).status).toBe(422);
    expect(created()).toBe(1);
  });

  test("says in problem+json that a key is missing or has no quotes", async () => {
    const { url } = await own(startDraftServer(things));
    for (const key of [null, "k-1"]) {
      const refused = await post(url, key, "{}");
      expect(refused.status).toBe(400);
      expect(refused.headers.get("content-type")).toBe("application/problem+json");
    }
  });

  test("writes with the current ETag only: 412 for another, 428 for none", async () => {
    const { url, size } = await own(startDraftServer(things));
    const made = await post(url, '"k-1"', '{"a":1}');
    const etag = made.headers.get("etag") ?? "";
    const put = async (headers: Readonly<Record<string, string>>): Promise<number> =>
      (await fetch(url + made.headers.get("location"), { method: "PUT", headers, body: '{"a":2}' })).status;
    expect([await put({}), await put({ "if-match": etag }), await put({ "if-match": etag })]).toEqual([
      428, 200, 412,
    ]);
    expect(size()).toBe(1);
  });
});
