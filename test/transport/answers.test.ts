import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { answered, failed, get, patch, rawServer, text, transport } from "./raw-server.js";

function reply(body: Buffer, ...headers: readonly string[]): Buffer {
  const head = ["HTTP/1.1 200 OK", `Content-Length: ${body.length}`, ...headers].join("\r\n");
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body]);
}

test("response headers come in wire order and case, repetitions included", async () => {
  const server = await rawServer((socket) =>
    socket.write(
      "HTTP/1.1 409 Conflict\r\nZ-Last: 1\r\na-FIRST: 2\r\nZ-Last: 3\r\nContent-Length: 0\r\n\r\n",
    ),
  );
  const outcome = answered(await transport().send(get(server.url)));
  expect(outcome).toMatchObject({ status: 409, httpVersion: "1.1", truncated: false });
  expect(outcome.headers).toEqual([
    ["Z-Last", "1"],
    ["a-FIRST", "2"],
    ["Z-Last", "3"],
    ["Content-Length", "0"],
  ]);
});

test.each([301, 302, 303, 307, 308])("a redirect (%i) is an answer and is not followed", async (status) => {
  const server = await rawServer((socket) =>
    socket.write(`HTTP/1.1 ${status} Elsewhere\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n`),
  );
  expect(answered(await transport().send(get(server.url))).status).toBe(status);
  expect(server.heads).toHaveLength(1);
});

test.each([408, 413, 429, 500, 502, 503, 504])(
  "a %i is data: no exception, no second request",
  async (status) => {
    const server = await rawServer((socket) =>
      socket.write(`HTTP/1.1 ${status} No\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n`),
    );
    expect(answered(await transport().send(get(server.url))).status).toBe(status);
    expect(server.heads).toHaveLength(1);
  },
);

test("a 401 that sets cookies leaves no trace in the next request", async () => {
  const server = await rawServer((socket) =>
    socket.write(
      'HTTP/1.1 401 No\r\nSet-Cookie: session=1\r\nWWW-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n',
    ),
  );
  const sender = transport();
  await sender.send(get(server.url));
  await sender.send(get(server.url));
  expect(server.heads).toHaveLength(2);
  expect(server.heads[1]).toBe(server.heads[0]);
});

test("informational answers are passed over", async () => {
  const server = await rawServer((socket) => {
    socket.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n");
    setImmediate(() => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  });
  const outcome = answered(
    await transport().send(patch(server.url, { headers: [["Expect", "100-continue"]] })),
  );
  expect([outcome.status, text(outcome)]).toEqual([200, "ok"]);
});

test.each([
  ["HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\nContent-Encoding: gzip\r\n\r\n"],
  ["GET", "HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n"],
  ["GET", 'HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\nETag: "1"\r\n\r\n'],
  ["GET", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"],
])("%s answered with %j has an empty body", async (method, bytes) => {
  const server = await rawServer((socket) => socket.write(bytes));
  const outcome = answered(await transport().send(get(server.url, { method })));
  expect(outcome.body).toHaveLength(0);
});

test("HTTP/1.0 answers end with the connection", async () => {
  const server = await rawServer((socket) => socket.end("HTTP/1.0 200 OK\r\n\r\nuntil the end"));
  const outcome = answered(await transport().send(get(server.url)));
  expect([outcome.httpVersion, text(outcome)]).toEqual(["1.0", "until the end"]);
});

const TEXT = "conflict ".repeat(500);

test.each([
  ["gzip", gzipSync(TEXT)],
  ["GZIP", gzipSync(TEXT)],
  ["x-gzip", gzipSync(TEXT)],
  ["deflate", deflateSync(TEXT)],
  ["deflate", deflateRawSync(TEXT)],
  ["br", brotliCompressSync(TEXT)],
  ["deflate, gzip", gzipSync(deflateSync(TEXT))],
  ["identity", Buffer.from(TEXT)],
])("a %s body is decoded", async (coding, bytes) => {
  const server = await rawServer((socket) => socket.write(reply(bytes, `Content-Encoding: ${coding}`)));
  const outcome = answered(await transport().send(get(server.url)));
  expect(text(outcome)).toBe(TEXT);
  expect(outcome.truncated).toBe(false);
});

test("a body in a coding that nobody here knows is handed on as it came", async () => {
  const server = await rawServer((socket) =>
    socket.write(reply(Buffer.from("???"), "Content-Encoding: zstd")),
  );
  expect(text(answered(await transport().send(get(server.url))))).toBe("???");
});

test.each([
  ["not gzip at all", "gzip", Buffer.from("plain text")],
  ["gzip that ends early", "gzip", gzipSync(TEXT).subarray(0, -12)],
  ["gzip with a wrong checksum", "gzip", Buffer.concat([gzipSync(TEXT).subarray(0, -8), Buffer.alloc(8)])],
  ["not brotli", "br", Buffer.from("plain text")],
  ["brotli that ends early", "br", brotliCompressSync(TEXT).subarray(0, -4)],
  ["not deflate", "deflate", Buffer.from("\u00ff\u00ff plain text", "latin1")],
])("%s is a failure that names the status and the bytes", async (_what, coding, bytes) => {
  const server = await rawServer((socket) => socket.write(reply(bytes, `Content-Encoding: ${coding}`)));
  const outcome = failed(await transport().send(get(server.url)));
  expect(outcome).toMatchObject({ code: "ERR_BODY_ENCODING", phase: "response" });
  expect(outcome.message).toContain(
    `answered 200 with content-encoding ${coding}, but the ${bytes.length} bytes`,
  );
});

test("a body is cut at the cap, which is said, and the connection is given up", async () => {
  const server = await rawServer((socket) => socket.write(reply(Buffer.from("0123456789"))));
  const sender = transport({ maxBodyBytes: 4 });
  const outcome = answered(await sender.send(get(server.url)));
  expect([text(outcome), outcome.truncated]).toEqual(["0123", true]);
  await sender.send(get(server.url));
  expect(server.connections()).toBe(2);
});

test("a body of exactly the cap is whole", async () => {
  const server = await rawServer((socket) => socket.write(reply(Buffer.from("0123"))));
  const outcome = answered(await transport({ maxBodyBytes: 4 }).send(get(server.url)));
  expect([text(outcome), outcome.truncated]).toEqual(["0123", false]);
});

test("the cap counts what a compressed body becomes", async () => {
  const server = await rawServer((socket) => socket.write(reply(gzipSync(TEXT), "Content-Encoding: gzip")));
  const outcome = answered(await transport({ maxBodyBytes: 100 }).send(get(server.url)));
  expect([text(outcome), outcome.truncated]).toEqual([TEXT.slice(0, 100), true]);
});

test("an answer that comes before the upload is through is an answer", async () => {
  const server = await rawServer((socket) => {
    socket.pause();
    socket.end("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
  });
  const body = Buffer.alloc(30 * 1024 * 1024);
  const outcome = answered(
    await transport().send(patch(server.url, { body, headers: [["Content-Length", String(body.length)]] })),
  );
  expect([outcome.status, text(outcome)]).toEqual([413, "big"]);
});
