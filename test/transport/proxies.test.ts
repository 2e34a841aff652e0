import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect, createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import type { HeaderList } from "../../src/core/http.js";
import { chooseProxy, type Environment } from "../../src/transport/proxy.js";
import { answered, failed, get, listening, patch, rawServer, text, transport } from "./raw-server.js";
import { fixture } from "./tls-fixture.js";

interface Proxy {
  readonly port: number;
  /** First lines and credentials of what the proxy was asked. */
  readonly asked: readonly string[];
}

/** A proxy that knows one name, `target.test`, and takes it for a loopback port. */
async function proxy(
  targetPort: number,
  tunnelAnswer = "HTTP/1.1 200 Connection established\r\n\r\n",
): Promise<Proxy> {
  const asked: string[] = [];
  const server = createHttpServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers["proxy-authorization"] ?? "-"}`);
    response.end(`forwarded ${request.headers.host}`);
  });
  server.on("connect", (request, socket: Socket) => {
    asked.push(`CONNECT ${request.url} ${request.headers["proxy-authorization"] ?? "-"}`);
    socket.on("error", () => undefined);
    if (!tunnelAnswer.startsWith("HTTP/1.1 200")) return void socket.end(tunnelAnswer);
    const upstream = connect(targetPort, "127.0.0.1", () => socket.write(tunnelAnswer));
    upstream.on("error", () => socket.destroy());
    upstream.pipe(socket).pipe(upstream);
  });
  return { port: await listening(server), asked };
}

async function tlsTarget(): Promise<number> {
  const server = createHttpsServer(
    { key: fixture("server.key"), cert: fixture("server.pem") },
    (request, response) => response.end(`reached ${request.headers.host} ${request.url}`),
  );
  return listening(server);
}

const ca = fixture("authority.pem");

test("https goes through the proxy's tunnel, and the proxy looks the name up", async () => {
  const { port, asked } = await proxy(await tlsTarget());
  const sender = transport({ ca, env: { HTTPS_PROXY: `http://127.0.0.1:${port}` } });
  for (let index = 0; index < 2; index++) {
    const outcome = answered(await sender.send(patch("https://target.test/a?b")));
    expect(text(outcome)).toBe("reached target.test /a?b");
  }
  // One tunnel, kept for the second request.
  expect(asked).toEqual(["CONNECT target.test:443 -"]);
});

test("plain http asks the proxy for the whole URL, header lines in order", async () => {
  const server = await rawServer((socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  const sender = transport({ env: { http_proxy: `127.0.0.1:${server.port}` } });
  let reported: HeaderList = [];
  const onRequest = (wire: { headers: HeaderList }): void => {
    reported = wire.headers;
  };
  const headers = [
    ["X-B", "1"],
    ["x-a", "2"],
  ] as const;
  answered(await sender.send(get("http://target.test:8080/a?b#c", { headers }), { onRequest }));
  expect(server.heads[0]?.split("\r\n")).toEqual([
    "GET http://target.test:8080/a?b HTTP/1.1",
    "Host: target.test:8080",
    "X-B: 1",
    "x-a: 2",
    "Connection: keep-alive",
  ]);
  expect(reported.map(([name, value]) => `${name}: ${value}`)).toEqual(
    server.heads[0]?.split("\r\n").slice(1),
  );
});

test("credentials in the proxy's URL go to the proxy and nowhere else", async () => {
  const { port, asked } = await proxy(await tlsTarget());
  const url = `http://me:p%40ss@127.0.0.1:${port}`;
  const sender = transport({ ca, env: { HTTPS_PROXY: url, HTTP_PROXY: url } });
  answered(await sender.send(get("https://target.test/")));
  answered(await sender.send(get("http://target.test/")));
  const basic = `Basic ${Buffer.from("me:p@ss").toString("base64")}`;
  expect(asked).toEqual([`CONNECT target.test:443 ${basic}`, `GET http://target.test/ ${basic}`]);
});

test("loopback never goes through a proxy", async () => {
  const dead = "http://127.0.0.1:1";
  const server = await rawServer((socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  const sender = transport({ env: { HTTP_PROXY: dead, http_proxy: dead, HTTPS_PROXY: dead } });
  answered(await sender.send(get(`http://127.0.0.1:${server.port}/`)));
  answered(await sender.send(get(`http://localhost:${server.port}/`)));
  expect(server.heads).toHaveLength(2);
});

test("a proxy that refuses the tunnel is a failure to connect, not the server's answer", async () => {
  const { port } = await proxy(0, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
  const sender = transport({ env: { HTTPS_PROXY: `http://127.0.0.1:${port}` } });
  const outcome = failed(await sender.send(patch("https://target.test/")));
  expect(outcome).toMatchObject({ code: "ERR_PROXY", phase: "connect", timings: { sentMs: null } });
  expect(outcome.message).toBe(
    `the proxy 127.0.0.1:${port} answered 407 instead of making a tunnel: it wants credentials, a user name and a password before the host in HTTPS_PROXY or HTTP_PROXY, or in the profile's \`proxy\``,
  );
});

test("a proxy that is asked for a whole URL and answers 407 is no answer of the server's either", async () => {
  const refusing = await rawServer((socket) => {
    socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
  });
  const sender = transport({ env: { HTTP_PROXY: `http://127.0.0.1:${refusing.port}` } });
  const outcome = failed(await sender.send(patch("http://target.test/")));
  expect(outcome).toMatchObject({ code: "ERR_PROXY", phase: "connect" });
  expect(outcome.message).toContain("answered 407 instead of passing the request on: it wants credentials");
});

test("a certificate for another name is refused, behind a tunnel as anywhere", async () => {
  const { port } = await proxy(await tlsTarget());
  const sender = transport({ ca, env: { HTTPS_PROXY: `http://127.0.0.1:${port}` } });
  const outcome = failed(await sender.send(patch("https://other.test/")));
  expect(outcome).toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID", phase: "connect" });
  expect(outcome.message).toContain(`other.test:443 (through the proxy 127.0.0.1:${port}) is not trusted`);
  expect(outcome.timings.sentMs).toBeNull();
});

test("a proxy that hangs up instead of answering is a failure to connect", async () => {
  const server = createServer((socket) => socket.once("data", () => socket.end()));
  const port = await listening(server);
  const sender = transport({ env: { HTTPS_PROXY: `http://127.0.0.1:${port}` } });
  const outcome = failed(await sender.send(patch("https://target.test/")));
  expect(outcome).toMatchObject({ code: "ERR_PROXY", phase: "connect" });
});

test("a proxy that is not there is a failure to connect that names the proxy", async () => {
  for (const url of ["https://target.test/", "http://target.test/"]) {
    const sender = transport({
      env: { HTTPS_PROXY: "http://127.0.0.1:1", HTTP_PROXY: "http://127.0.0.1:1" },
    });
    const outcome = failed(await sender.send(get(url)));
    expect(outcome).toMatchObject({ code: "ECONNREFUSED", phase: "connect" });
    expect(outcome.message).toContain("the proxy 127.0.0.1:1 refused the connection");
  }
});

test("a proxy that never answers runs into the time-out and is let go when the transport closes", async () => {
  let hungUp: Promise<unknown> = Promise.resolve();
  const server = createServer((socket) => {
    hungUp = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => undefined);
    socket.resume();
  });
  const port = await listening(server);
  const sender = transport({ env: { HTTPS_PROXY: `http://127.0.0.1:${port}` } });
  const outcome = failed(await sender.send(get("https://target.test/", { timeoutMs: 60 })));
  expect(outcome).toMatchObject({ code: "ETIMEDOUT", phase: "timeout" });
  expect(outcome.message).toContain("it was not connected yet");
  await sender.close();
  await hungUp;
});

test.each([
  ["socks5://user:secret@127.0.0.1:1080", "HTTPS_PROXY names a socks5:// proxy"],
  ["http://[", "HTTPS_PROXY is not a URL"],
  ["http://%zz:secret@127.0.0.1:1", "stray %"],
])("a proxy setting of %j is explained without repeating it", async (value, says) => {
  const outcome = failed(await transport({ env: { HTTPS_PROXY: value } }).send(get("https://target.test/")));
  expect(outcome).toMatchObject({ code: "ERR_PROXY", phase: "connect" });
  expect(outcome.message).toContain(says);
  expect(outcome.message).not.toContain("secret");
});

function chosen(url: string, env: Environment): string {
  const choice = chooseProxy(new URL(url), env);
  return choice.kind === "proxy" ? choice.proxy.host : choice.kind;
}

test.each<[string, Environment, string]>([
  ["https://api.example.com/", {}, "direct"],
  ["https://api.example.com/", { HTTPS_PROXY: "http://p:1" }, "p:1"],
  ["https://api.example.com/", { HTTP_PROXY: "http://p:1" }, "direct"],
  ["http://api.example.com/", { HTTP_PROXY: "http://p:1" }, "p:1"],
  ["https://api.example.com/", { HTTPS_PROXY: "http://upper:1", https_proxy: "http://lower:1" }, "lower:1"],
  ["https://api.example.com/", { HTTPS_PROXY: "" }, "direct"],
  ["https://api.example.com/", { HTTPS_PROXY: "p:1" }, "p:1"],
  ["https://127.8.8.8/", { HTTPS_PROXY: "http://p:1" }, "direct"],
  ["https://[::1]/", { HTTPS_PROXY: "http://p:1" }, "direct"],
  ["https://localhost:8443/", { HTTPS_PROXY: "http://p:1" }, "direct"],
  ["https://localhost.example/", { HTTPS_PROXY: "http://p:1" }, "p:1"],
])("%s with %j goes %s", (url, env, way) => {
  expect(chosen(url, env)).toBe(way);
});

test.each([
  ["*", true],
  ["api.example.com", true],
  ["example.com", true],
  [".example.com", true],
  ["*.example.com", true],
  ["EXAMPLE.COM", true],
  ["other.org, example.com", true],
  ["other.org example.com", true],
  ["example.com:443", true],
  ["example.com:8443", false],
  ["ample.com", false],
  ["api.example.com.evil.org", false],
  ["com.", false],
  [",", false],
])("NO_PROXY=%s exempts api.example.com: %s", (value, exempt) => {
  const env = { HTTPS_PROXY: "http://p:1", NO_PROXY: value };
  expect(chosen("https://api.example.com/", env)).toBe(exempt ? "direct" : "p:1");
});

test("NO_PROXY knows addresses, with and without ports", () => {
  const env = { HTTPS_PROXY: "http://p:1", no_proxy: "10.0.0.1,[fd00::1]:8443,fd00::2,0.0.9" };
  expect(chosen("https://10.0.0.1/", env)).toBe("direct");
  expect(chosen("https://[fd00::1]:8443/", env)).toBe("direct");
  expect(chosen("https://[fd00::1]/", env)).toBe("p:1");
  expect(chosen("https://[fd00::2]/", env)).toBe("direct");
  expect(chosen("https://10.0.0.9/", env)).toBe("p:1");
});
