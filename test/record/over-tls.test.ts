import { readFileSync } from "node:fs";
import { createSecureServer, type ServerHttp2Stream } from "node:http2";
import { describe, expect, test } from "vitest";
import { createAuthority } from "../servers/authority.js";
import { startConnectProxy } from "../servers/connect-proxy.js";
import { startHttp2Server } from "../servers/http2-server.js";
import { listen } from "../servers/listening.js";
import { startTlsEndpoint } from "../servers/tls-endpoint.js";
import { atEnd, only, raw, rawClient, recordTo } from "./recorded.js";

const GET = "GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

/** An API that speaks nothing but HTTP/2. */
async function http2Api(onStream: (stream: ServerHttp2Stream, path: string) => void) {
  const authority = createAuthority();
  atEnd(() => authority.close());
  const server = createSecureServer(authority.issue({ names: ["127.0.0.1"] }));
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    onStream(stream, String(headers[":path"]));
  });
  const { port, close } = await listen(server);
  atEnd(close);
  return { url: `https://127.0.0.1:${port}`, ca: readFileSync(authority.file, "utf8") };
}

describe("an API behind TLS", () => {
  test("that speaks HTTP/2 is spoken to so", async () => {
    const server = await startHttp2Server();
    atEnd(server.close);
    const { port, stop } = await recordTo(server.url, { ca: readFileSync(server.authorityFile, "utf8") });
    expect(await raw(port, GET)).toContain('{"version":"2.0"}');
    expect(server.seen).toEqual(["2.0 GET /x"]);
    expect(only(await stop()).response).toMatchObject({ status: 200, httpVersion: "2.0" });
  });

  test("that speaks HTTP/1.1 alone is spoken to so", async () => {
    const server = await startTlsEndpoint("none");
    atEnd(server.close);
    const { port, stop } = await recordTo(`https://127.0.0.1:${server.port}`, {
      ca: readFileSync(server.authorityFile, "utf8"),
    });
    expect(await raw(port, GET)).toContain('{"ok":true}');
    expect(only(await stop()).response).toMatchObject({ status: 200, httpVersion: "1.1" });
  });

  test("whose certificate nobody trusts is not spoken to; the client is told how to trust it", async () => {
    const server = await startHttp2Server();
    atEnd(server.close);
    const { port, stop } = await recordTo(server.url);
    expect(await raw(port, GET)).toMatch(/^HTTP\/1\.1 502 [\s\S]*--cacert/);
    expect(server.seen).toEqual([]);
    expect(only(await stop()).error?.phase).toBe("connect");
  });

  test("is reached through the proxy of the environment", async () => {
    const server = await startHttp2Server();
    atEnd(server.close);
    const { port: apiPort } = new URL(server.url);
    const proxy = await startConnectProxy({ localhost: Number(apiPort), "api.localtest": Number(apiPort) });
    atEnd(proxy.close);
    const { port, stop } = await recordTo(`https://api.localtest:${apiPort}`, {
      ca: readFileSync(server.authorityFile, "utf8"),
      env: { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` },
    });
    // The certificate is not for that name, which shows that TLS reaches through the tunnel.
    expect(await raw(port, GET)).toContain("is not trusted");
    expect(proxy.asked).toEqual([{ host: `api.localtest:${apiPort}`, opened: true }]);
    await stop();
  });
});

describe("HTTP/2 at the API", () => {
  test("bodies stream both ways, with trailers", async () => {
    const { url, ca } = await http2Api((stream) => {
      stream.respond({ ":status": 201, "x-a": "1" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": "7" }));
      stream.pipe(stream);
    });
    const { port, stop } = await recordTo(url, { ca });
    const client = await rawClient(port);
    client.write(
      "POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n",
    );
    await client.until("abc");
    client.write("2\r\nde\r\n0\r\n\r\n");
    const whole = await client.all();
    expect(whole).toMatch(/^HTTP\/1\.1 201 Created\r\n/);
    expect(whole).toMatch(/x-a: 1\r\n[\s\S]*2\r\nde\r\n0\r\nx-sum: 7\r\n\r\n$/);
    expect(only(await stop())).toMatchObject({ request: { body: "abcde" }, response: { body: "abcde" } });
  });

  test("a connection that is lost in the middle of an answer is no answer", async () => {
    const { url, ca } = await http2Api((stream) => {
      stream.respond({ ":status": 200 });
      stream.write("half", () => stream.session?.destroy());
    });
    const { port, stop } = await recordTo(url, { ca });
    expect(await raw(port, GET)).not.toMatch(/\r\n0\r\n/);
    expect(only(await stop())).toMatchObject({ response: null, error: { phase: "response" } });
  });

  test("a stream that is reset is no answer", async () => {
    const { url, ca } = await http2Api((stream, path) => {
      if (path === "/half") {
        stream.respond({ ":status": 200, "content-length": "9" });
        stream.write("half", () => stream.close(2));
      } else stream.close(7);
    });
    const { port, stop } = await recordTo(url, { ca });
    expect(await raw(port, GET)).toMatch(/^HTTP\/1\.1 502 [\s\S]*REFUSED_STREAM/);
    expect(await raw(port, GET.replace("/x", "/half"))).toMatch(/content-length: 9[\s\S]*half$/);
    expect((await stop()).map(({ response, error }) => [response, error?.code])).toEqual([
      [null, "ERR_HTTP2_STREAM_ERROR"],
      [null, expect.stringMatching(/^ERR_(?:BODY_LENGTH|HTTP2_STREAM_ERROR)$/)],
    ]);
  });

  test("a client that hangs up ends the stream", async () => {
    let closed: (() => void) | null = null;
    const over = new Promise<void>((resolve) => {
      closed = resolve;
    });
    let came: (() => void) | null = null;
    const arrived = new Promise<void>((resolve) => {
      came = resolve;
    });
    const { url, ca } = await http2Api((stream) => {
      stream.once("close", () => closed?.());
      came?.();
    });
    const { port, stop } = await recordTo(url, { ca });
    const client = await rawClient(port);
    client.write("GET /x HTTP/1.1\r\nHost: x\r\n\r\n");
    await arrived;
    client.socket.destroy();
    await over;
    expect(only(await stop()).error?.phase).toBe("aborted");
  });
});
