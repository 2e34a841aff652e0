import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { failed, get, patch, rawServer, transport } from "./raw-server.js";

/** A port where nothing listens: one that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

test("a port where nothing listens is ECONNREFUSED while connecting", async () => {
  const port = await freePort();
  const outcome = failed(await transport().send(get(`http://127.0.0.1:${port}/`)));
  expect(outcome).toMatchObject({ code: "ECONNREFUSED", phase: "connect" });
  expect(outcome.message).toBe(`127.0.0.1:${port} refused the connection: nothing listens there`);
  expect(outcome.timings).toMatchObject({ sentMs: null, firstByteMs: null });
});

test("localhost where nothing listens names both attempts' code", async () => {
  const port = await freePort();
  const outcome = failed(await transport().send(get(`http://localhost:${port}/`)));
  expect(outcome).toMatchObject({ code: "ECONNREFUSED", phase: "connect" });
});

test("a host without an address is ENOTFOUND while connecting", async () => {
  // No label of a name has more than 63 characters, so the system knows without asking a name server.
  const host = `${"a".repeat(64)}.invalid`;
  const outcome = failed(await transport().send(get(`http://${host}/`)));
  expect(outcome).toMatchObject({ code: "ENOTFOUND", phase: "connect" });
  expect(outcome.message).toBe(`there is no address for ${host}:80: is the host name right?`);
});

test("a reset after the request was sent may have been carried out", async () => {
  const server = await rawServer((socket) => socket.resetAndDestroy());
  const outcome = failed(await transport().send(patch(server.url)));
  expect(outcome).toMatchObject({ code: "ECONNRESET", phase: "response" });
  expect(outcome.message).toContain("closed the connection without an answer");
  expect(outcome.timings.sentMs).not.toBeNull();
});

test("a connection closed without an answer is ECONNRESET too", async () => {
  const server = await rawServer((socket) => socket.end());
  const outcome = failed(await transport().send(patch(server.url)));
  expect(outcome).toMatchObject({ code: "ECONNRESET", phase: "response" });
});

test("a reset before the whole request was sent is a failure to send", async () => {
  const server = await rawServer((socket) => {
    socket.pause();
    socket.resetAndDestroy();
  });
  const body = Buffer.alloc(30 * 1024 * 1024);
  const headers = [["Content-Length", String(body.length)]] as const;
  const outcome = failed(await transport().send(patch(server.url, { body, headers })));
  expect(outcome).toMatchObject({ code: "ECONNRESET", phase: "send" });
  expect(outcome.timings.sentMs).toBeNull();
});

test.each([
  ["no HTTP", "SSH-2.0-OpenSSH_9.6\r\n", "HPE_INVALID_CONSTANT", "did not answer in HTTP"],
  [
    "a header line without a colon",
    "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n",
    "HPE_INVALID_HEADER_TOKEN",
    "HTTP",
  ],
  [
    "two lengths",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "HPE_UNEXPECTED_CONTENT_LENGTH",
    "HTTP",
  ],
  [
    "1 MB of headers",
    `HTTP/1.1 200 OK\r\nX: ${"a".repeat(1 << 20)}\r\n\r\n`,
    "HPE_HEADER_OVERFLOW",
    "16 KiB of headers",
  ],
  [
    "100,000 headers",
    `HTTP/1.1 200 OK\r\n${"X: a\r\n".repeat(100_000)}\r\n`,
    "HPE_HEADER_OVERFLOW",
    "16 KiB of headers",
  ],
])("%s in place of an answer is the parser's code, phase response", async (_what, bytes, code, says) => {
  const server = await rawServer((socket) => socket.end(bytes));
  const outcome = failed(await transport().send(get(server.url)));
  expect(outcome).toMatchObject({ code, phase: "response" });
  expect(outcome.message).toContain(says);
});

test("chunk sizes that are no numbers break the answer after its status", async () => {
  const server = await rawServer((socket) =>
    socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n"),
  );
  const outcome = failed(await transport().send(get(server.url)));
  expect(outcome).toMatchObject({ code: "HPE_INVALID_CHUNK_SIZE", phase: "response" });
  expect(outcome.message).toContain("after status 200");
});

test("a body shorter than its Content-Length is ERR_BODY_LENGTH and tells the status", async () => {
  const server = await rawServer((socket) =>
    socket.end("HTTP/1.1 201 Created\r\nContent-Length: 20\r\n\r\nshort"),
  );
  const outcome = failed(await transport().send(get(server.url)));
  expect(outcome).toMatchObject({ code: "ERR_BODY_LENGTH", phase: "response" });
  expect(outcome.message).toContain("answered 201, but the connection ended after 5 of 20 bytes of the body");
});

test("a chunked body without its end is ERR_BODY_LENGTH", async () => {
  const server = await rawServer((socket) =>
    socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
  );
  const outcome = failed(await transport().send(get(server.url)));
  expect(outcome).toMatchObject({ code: "ERR_BODY_LENGTH", phase: "response" });
  expect(outcome.message).toContain("after 5 bytes");
});

test("a body longer than its Content-Length is ERR_BODY_LENGTH", async () => {
  const server = await rawServer((socket) =>
    socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nlonger"),
  );
  const outcome = failed(await transport().send(get(server.url)));
  expect(outcome).toMatchObject({ code: "ERR_BODY_LENGTH", phase: "response" });
  expect(outcome.message).toContain(
    "answered 200 and sent more bytes after the end of the body (content-length 2)",
  );
});

test("a reset in the middle of a body is ECONNRESET and tells the status", async () => {
  const server = await rawServer((socket) =>
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nshort", () => {
      // The reset must not overtake the bytes before it in the client's own queue.
      setImmediate(() => setImmediate(() => socket.resetAndDestroy()));
    }),
  );
  const outcome = failed(await transport().send(get(server.url)));
  expect(outcome).toMatchObject({ code: "ECONNRESET", phase: "response" });
});

test("a switch to another protocol is no answer", async () => {
  const server = await rawServer((socket) =>
    socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
  );
  const outcome = failed(await transport().send(get(server.url)));
  expect(outcome).toMatchObject({ code: "ERR_UPGRADE", phase: "response" });
});

test("control characters that a server sends do not reach a message", async () => {
  const server = await rawServer((socket) =>
    socket.end(
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip, \u009b31m\r\nContent-Length: 9\r\n\r\nab",
      "latin1",
    ),
  );
  const outcome = failed(await transport().send(get(server.url)));
  expect(outcome.message).not.toMatch(/[\u0000-\u001f\u0080-\u009f]/);
});

test("the transport goes on after every failure", async () => {
  const server = await rawServer((socket, nth) => {
    if (nth % 2 === 0) socket.resetAndDestroy();
    else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  const sender = transport();
  const kinds: string[] = [];
  for (let index = 0; index < 6; index++) kinds.push((await sender.send(get(server.url))).kind);
  expect(kinds).toEqual(["failed", "response", "failed", "response", "failed", "response"]);
});

test("sending through a closed transport is a mistake of the program", async () => {
  const sender = transport();
  await sender.close();
  await expect(sender.send(get("http://127.0.0.1:9/"))).rejects.toThrow("this transport is closed");
});
