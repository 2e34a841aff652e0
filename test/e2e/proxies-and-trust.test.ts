import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { atEnd, replay, reportOf } from "./run-gcidem.js";
import { countingServer } from "./servers.js";

const GET = "steps:\n  - request: GET /x?y=1\n    expect: { status: 200 }\n";

function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
}

async function portOf(
  server: ReturnType<typeof createHttpServer> | ReturnType<typeof createTlsServer>,
): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** A forward proxy that leads every name to one server, and notes what it was asked for. */
async function proxyTo(port: number): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const proxy = createHttpServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  proxy.on("connect", (request, client) => {
    asked.push(`CONNECT ${request.url}`);
    const upstream = connect(port, "127.0.0.1", () => client.write("HTTP/1.1 200 OK\r\n\r\n"));
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) socket.on("error", () => undefined);
  });
  return { url: `http://127.0.0.1:${await portOf(proxy)}`, asked };
}

async function tlsServer(): Promise<{ readonly port: number; readonly seen: string[] }> {
  const seen: string[] = [];
  const options = { key: readFileSync(fixture("server.key")), cert: readFileSync(fixture("server.pem")) };
  const server = createTlsServer(options, (request, response) => {
    seen.push(`${request.method} ${request.headers.host}${request.url}`);
    response.end("{}");
  });
  return { port: await portOf(server), seen };
}

describe("proxy variables", () => {
  test("HTTP_PROXY carries plain requests to a name that only the proxy knows", async () => {
    const proxy = await proxyTo(1);
    for (const name of ["HTTP_PROXY", "http_proxy"]) {
      const ran = await replay(GET, ["--target", "http://made-up.example.invalid"], {
        env: { [name]: proxy.url },
      });
      expect(ran.code).toBe(0);
    }
    expect(proxy.asked).toEqual(Array(2).fill("GET http://made-up.example.invalid/x?y=1"));
  });

  test("HTTPS_PROXY opens a tunnel; the certificate is checked inside it", async () => {
    const server = await tlsServer();
    const proxy = await proxyTo(server.port);
    const env = { HTTPS_PROXY: proxy.url };
    const target = ["--target", "https://target.test"];
    const trusted = await replay(GET, [...target, "--cacert", fixture("authority.pem")], { env });
    expect(trusted.code).toBe(0);
    expect(server.seen).toEqual(["GET target.test/x?y=1"]);
    const untrusted = await replay(GET, [...target, "--reporter", "json"], { env });
    expect(untrusted.code).toBe(4);
    expect(reportOf(untrusted).exchanges[0]?.error?.phase).toBe("connect");
    expect(server.seen.length).toBe(1);
    expect(proxy.asked).toEqual(Array(2).fill("CONNECT target.test:443"));
  });

  test("NO_PROXY is honoured, and loopback never goes through a proxy", async () => {
    const server = await countingServer();
    const proxy = await proxyTo(1);
    const env = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url, ALL_PROXY: proxy.url };
    for (const target of [server.url, `http://localhost:${server.port}`]) {
      expect((await replay(GET, ["--target", target], { env })).code).toBe(0);
    }
    expect(server.seen.length).toBe(2);
    const named = await replay(GET, ["--target", "http://made-up.example.invalid"], {
      env: { ...env, NO_PROXY: ".example.invalid" },
    });
    expect(named.code).toBe(4);
    expect(proxy.asked).toEqual([]);
  });

  test("a proxy's password is in no file and no output", async () => {
    const proxy = await proxyTo(1);
    const env = { HTTP_PROXY: proxy.url.replace("://", "://user:s3cr3t-canary@") };
    const ran = await replay(GET, ["--target", "http://made-up.example.invalid", "--reporter", "json"], {
      env,
    });
    expect(ran.code).toBe(0);
    expect(
      ran.stdout + ran.stderr + readFileSync(join(ran.cwd, reportOf(ran).folder, "journal.ndjson"), "utf8"),
    ).not.toMatch(new RegExp(`s3cr3t-canary|${Buffer.from("user:s3cr3t-canary").toString("base64")}`));
  });
});

describe("--cacert", () => {
  test("trusts a server's own authority; without it, or with another, the run ends in connect", async () => {
    const server = await tlsServer();
    const target = ["--target", `https://127.0.0.1:${server.port}`, "--reporter", "json"];
    expect((await replay(GET, [...target, "--cacert", fixture("authority.pem")])).code).toBe(0);
    for (const more of [[], ["--cacert", fixture("stranger.pem")]]) {
      const ran = await replay(GET, [...target, ...more], { env: { NODE_TLS_REJECT_UNAUTHORIZED: "0" } });
      expect(ran.code).toBe(4);
      expect(reportOf(ran).exchanges[0]?.error).toMatchObject({ phase: "connect" });
    }
    expect(server.seen.length).toBe(1);
  });

  test.each([
    [
      "missing.pem",
      "cannot read missing.pem: there is no such file; nothing was sent\n    expected a PEM file",
    ],
    [".", "cannot read .: it is a folder"],
    [fixture("server.key"), "holds no PEM certificate"],
    ["it.yaml", "holds no PEM certificate"],
  ])("%s is exit 2, and nothing is sent", async (file, why) => {
    const server = await countingServer();
    const ran = await replay(GET, ["--target", server.url, "--cacert", file]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("--cacert: ");
    expect(ran.stderr).toContain(why);
    expect(server.connections()).toBe(0);
  });
});
