import { createServer } from "node:http";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import type { HeaderList } from "../../src/core/http.js";
import { wireHeaders } from "../../src/transport/wire-headers.js";
import { answered, failed, get, listening, patch, rawServer, text, transport } from "./raw-server.js";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

test("header lines keep their order, case and repetition, and nothing is added but what HTTP needs", async () => {
  const server = await rawServer((socket) => socket.write(OK));
  const headers: HeaderList = [
    ["X-Second", "2"],
    ["x-first", "1"],
    ["X-Second", "again"],
    ["10", "an integer-like name stays in place"],
  ];
  answered(await transport().send(patch(`${server.url}/a?b=c%20d#e`, { headers })));
  expect(server.heads[0]?.split("\r\n")).toEqual([
    "PATCH /a?b=c%20d HTTP/1.1",
    `Host: 127.0.0.1:${server.port}`,
    "X-Second: 2",
    "x-first: 1",
    "X-Second: again",
    "10: an integer-like name stays in place",
    "Content-Length: 7",
    "Connection: keep-alive",
  ]);
});

test("onRequest reports exactly the lines that arrive, before the request leaves", async () => {
  const server = await rawServer((socket) => socket.write(OK));
  const seen: { headers: HeaderList; arrived: number }[] = [];
  const observer = {
    onRequest: ({ headers }: { headers: HeaderList }) =>
      void seen.push({ headers, arrived: server.heads.length }),
  };
  const sender = transport();
  await sender.send(patch(server.url, { headers: [["X-A", "1"]] }), observer);
  await sender.send(get(server.url), observer);
  expect(seen.map(({ arrived }) => arrived)).toEqual([0, 1]);
  const lines = seen.map(({ headers }) => headers.map(([name, value]) => `${name}: ${value}`));
  expect(lines).toEqual(server.heads.map((head) => head.split("\r\n").slice(1)));
});

test("lines that the caller gives itself are not given again", () => {
  const request = patch("http://a.test/", {
    headers: [
      ["host", "b.test"],
      ["content-length", "7"],
      ["connection", "close"],
    ],
  });
  expect(wireHeaders(request, new URL(request.url))).toEqual(request.headers);
});

test.each([
  ["POST", "Content-Length: 0"],
  ["PUT", "Content-Length: 0"],
  ["PATCH", "Content-Length: 0"],
  ["PROPFIND", "Content-Length: 0"],
  ["GET", null],
  ["HEAD", null],
  ["DELETE", null],
  ["OPTIONS", null],
  ["TRACE", null],
])("%s without a body says %j about its length", async (method, line) => {
  const server = await rawServer((socket) => socket.write("HTTP/1.1 204 No Content\r\n\r\n"));
  answered(await transport().send(get(server.url, { method })));
  expect(/content-length: .*/i.exec(server.heads[0] ?? "")?.[0] ?? null).toBe(line);
  expect(server.heads[0]).not.toMatch(/transfer-encoding/i);
});

test("whatever the method and the headers, what is reported is what arrives", async () => {
  const server = await rawServer((socket) => socket.write("HTTP/1.1 204 No Content\r\n\r\n"));
  const sender = transport();
  const methods = ["GET", "HEAD", "DELETE", "OPTIONS", "POST", "PUT", "PATCH", "REPORT"];
  const header = fc.tuple(
    fc.stringMatching(/^X-[a-zA-Z0-9!#$%&'*+.^_`|~-]{1,12}$/),
    fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/),
  );
  const request = fc.record({
    method: fc.constantFrom(...methods),
    headers: fc.array(header, { maxLength: 6 }),
    body: fc.option(fc.uint8Array({ maxLength: 40 })),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ method, headers, body }) => {
      let reported: HeaderList = [];
      const onRequest = (wire: { headers: HeaderList }): void => {
        reported = wire.headers;
      };
      const outgoing = get(server.url, { method, headers, body: method === "HEAD" ? null : body });
      answered(await sender.send(outgoing, { onRequest }));
      const arrived = server.heads.at(-1)?.split("\r\n").slice(1);
      expect(arrived).toEqual(reported.map(([name, value]) => `${name}: ${value}`));
    }),
  );
});

test.each(["GET", "DELETE", "POST"])("%s can carry a body, byte for byte", async (method) => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => response.end(Buffer.concat(chunks)));
  });
  const port = await listening(server);
  const outcome = answered(await transport().send(get(`http://127.0.0.1:${port}/`, { method, body: bytes })));
  expect([...outcome.body]).toEqual([...bytes]);
});

test.each([
  ["a line break in a header", { headers: [["X-A", "b\r\nX-C: d"]] as HeaderList }, "ERR_INVALID_CHAR"],
  ["a header name that is no token", { headers: [["X A", "b"]] as HeaderList }, "ERR_INVALID_HTTP_TOKEN"],
  ["a method that is no token", { method: "GE T" }, "ERR_INVALID_HTTP_TOKEN"],
  ["HEAD with a body", { method: "HEAD", body: Buffer.from("x") }, "ERR_INVALID_BODY"],
  ["CONNECT", { method: "CONNECT" }, "ERR_INVALID_METHOD"],
  ["another scheme", { url: "ftp://127.0.0.1/" }, "ERR_INVALID_PROTOCOL"],
  ["no URL", { url: "/api/v2" }, "ERR_INVALID_URL"],
])("%s is refused before a connection is made", async (_what, more, code) => {
  const server = await rawServer((socket) => socket.write(OK));
  const onRequest = vi.fn();
  const outcome = failed(await transport().send(get(server.url, more), { onRequest }));
  expect(outcome).toMatchObject({ phase: "refused", code });
  expect(outcome.message).toMatch(/^the request was not sent: /);
  expect(outcome.timings.sentMs).toBeNull();
  expect(onRequest).toHaveBeenCalledOnce();
  expect(server.connections()).toBe(0);
});

test("when the journal cannot be written nothing is sent", async () => {
  const server = await rawServer((socket) => socket.write(OK));
  const full = new Error("disk full");
  const onRequest = (): never => {
    throw full;
  };
  await expect(transport().send(get(server.url), { onRequest })).rejects.toBe(full);
  expect(server.connections()).toBe(0);
});

test("instants are in order on the transport's own clock", async () => {
  const server = await rawServer((socket) => socket.write(OK));
  const { timings } = answered(await transport().send(patch(server.url)));
  const instants = [timings.startMs, timings.sentMs, timings.firstByteMs, timings.endMs].map(Number);
  expect(instants).toEqual([...instants].sort((a, b) => a - b));
  expect(timings.releasedMs).toBeNull();
});

test("a large upload arrives whole, and sentMs is when the last of it left", async () => {
  const body = Buffer.alloc(20 * 1024 * 1024, "x");
  const server = createServer((request, response) => {
    let received = 0;
    request.on("data", (chunk: Buffer) => {
      received += chunk.length;
    });
    request.on("end", () => response.end(String(received)));
  });
  const port = await listening(server);
  const outcome = answered(await transport().send(patch(`http://127.0.0.1:${port}/`, { body })));
  expect(text(outcome)).toBe(String(body.length));
  expect(outcome.timings.sentMs).toBeGreaterThan(outcome.timings.startMs);
});
