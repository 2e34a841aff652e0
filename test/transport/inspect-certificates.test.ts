import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { inspectCertificates } from "../../src/transport/inspect-certificates.js";
import { startConnectProxy } from "../servers/connect-proxy.js";
import { listen } from "../servers/listening.js";
import { type Fault, startTlsEndpoint, type TlsEndpoint } from "../servers/tls-endpoint.js";

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function endpoint(fault: Fault, names: readonly string[] = []): Promise<TlsEndpoint> {
  const started = await startTlsEndpoint(fault, names);
  open.push(started.close);
  return started;
}

describe("a look at a server's certificate", () => {
  test("says who vouches for it, and sends no request", async () => {
    const server = await endpoint("none");
    const ca = readFileSync(server.authorityFile, "utf8");
    const shown = await inspectCertificates(new URL(`https://localhost:${server.port}`), { ca });
    expect(shown).toMatchObject({
      subject: "localhost",
      authority: "a test's own authority",
      selfSigned: false,
      isPublic: false,
      trouble: null,
    });
    expect(Date.parse(shown?.validTo ?? "")).toBeGreaterThan(Date.now());
    expect(server.seen).toEqual([]);
  });

  test.each([
    ["none", "UNABLE_TO_VERIFY_LEAF_SIGNATURE", false],
    ["self-signed", "DEPTH_ZERO_SELF_SIGNED_CERT", true],
  ] as const)("%s, by an authority that nobody added: %s", async (fault, trouble, selfSigned) => {
    const { port } = await endpoint(fault);
    const shown = await inspectCertificates(new URL(`https://127.0.0.1:${port}`), {});
    expect(shown).toMatchObject({ trouble, selfSigned, isPublic: false });
  });

  test.each([
    ["expired", "CERT_HAS_EXPIRED"],
    ["wrong-host", "ERR_TLS_CERT_ALTNAME_INVALID"],
  ] as const)("%s: %s", async (fault, trouble) => {
    const server = await endpoint(fault);
    const ca = readFileSync(server.authorityFile, "utf8");
    const shown = await inspectCertificates(new URL(`https://localhost:${server.port}`), { ca });
    expect(shown).toMatchObject({ trouble });
  });

  test("goes through a proxy as requests do, with its password", async () => {
    const name = "api.far.example";
    const server = await endpoint("none", [name]);
    const proxy = await startConnectProxy(
      { [name]: server.port },
      { username: "clerk", password: "s%3cret" },
    );
    open.push(proxy.close);
    const ca = readFileSync(server.authorityFile, "utf8");
    const through = (user: string) => ({
      ca,
      env: { HTTPS_PROXY: `http://${user}@127.0.0.1:${proxy.port}` },
    });
    const shown = await inspectCertificates(new URL(`https://${name}`), through("clerk:s%253cret"));
    expect(shown).toMatchObject({ subject: "localhost", trouble: null });
    expect(await inspectCertificates(new URL(`https://${name}`), through("clerk:wrong"))).toBeNull();
    expect(proxy.asked.map(({ opened }) => opened)).toEqual([true, false]);
  });

  test.each([["speaks no TLS"], ["hangs up"]])("finds nothing at a server that %s", async (what) => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      if (what === "hangs up") socket.destroy();
      else socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    const { port, close } = await listen(server);
    open.push(close);
    expect(await inspectCertificates(new URL(`https://127.0.0.1:${port}`), {})).toBeNull();
  });

  test("finds nothing where nobody listens", async () => {
    expect(await inspectCertificates(new URL("https://127.0.0.1:1"), {})).toBeNull();
  });
});
