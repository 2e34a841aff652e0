import { once } from "node:events";
import { request as httpRequest } from "node:http";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
  createServer as createHttp2Server,
} from "node:http2";
import { connect, createServer as createNetServer, type Socket } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { byteGate } from "../../src/transport/race/byte-gate.js";
import { FrameGate } from "../../src/transport/race/frame-gate.js";
import { http2Fields, http2Lines } from "../../src/transport/race/http2-fields.js";
import { upTo } from "./race-server.js";
import { atEnd, get, listening, patch } from "./raw-server.js";

const ignore = (): void => undefined;

/** Waits until something holds, a turn of the event loop at a time. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  atEnd(() => socket.destroy());
  await once(socket, "connect");
  return socket;
}

/** A server that keeps every byte it gets. */
async function sink() {
  let bytes: Buffer = Buffer.alloc(0);
  const server = createNetServer((socket) => {
    socket.on("error", ignore);
    socket.on("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
    });
  });
  return { port: await listening(server), bytes: () => bytes };
}

test.each([
  ["GET", null],
  ["DELETE", null],
  ["HEAD", null],
  ["PATCH", Buffer.from('{"a":1}')],
  ["POST", Buffer.from("x")],
  ["PUT", Buffer.alloc(300_000, "ab")],
])("of a %s nothing but the last byte is kept back", async (method, body) => {
  const { port, bytes } = await sink();
  const socket = await connected(port);
  const gate = byteGate(socket);
  gate.close();
  const headers = body === null ? {} : { "Content-Length": body.length };
  const request = httpRequest({ method, headers, createConnection: () => socket });
  request.on("error", ignore);
  request.end(body ?? undefined);
  await once(request, "finish");
  expect(gate.holding()).toBe(true);
  const end = bytes;
  await until(() => {
    const head = end().indexOf("\r\n\r");
    return head !== -1 && end().length >= head + 3 + (body === null ? 0 : body.length);
  });
  const before = bytes();
  expect(before.toString("latin1").startsWith(`${method} / HTTP/1.1\r\n`)).toBe(true);
  const whole = body === null ? "\n" : String.fromCharCode(body.at(-1) ?? 0);
  await new Promise<void>((resolve) => gate.open(() => resolve()));
  await until(() => bytes().length > before.length);
  expect(bytes().subarray(before.length).toString("latin1")).toBe(whole);
  expect(gate.holding()).toBe(false);
});

test("however a request is written, what passes and what is kept make it up", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 5 }), { maxLength: 12 }), async (chunks) => {
      const { port, bytes } = await sink();
      const socket = await connected(port);
      const gate = byteGate(socket);
      gate.close();
      const whole = Buffer.concat(chunks);
      for (const chunk of chunks)
        await new Promise<void>((resolve) => void socket.write(chunk, () => resolve()));
      await until(() => bytes().length === Math.max(0, whole.length - 1));
      expect(bytes()).toEqual(whole.subarray(0, -1));
      gate.open(ignore);
      // An open gate keeps nothing.
      socket.write("after");
      await until(() => bytes().length === whole.length + 5);
      expect(bytes()).toEqual(Buffer.concat([whole, Buffer.from("after")]));
      socket.destroy();
    }),
    { numRuns: 30 },
  );
});

/** An HTTP/2 session through a gate, to a server that tells what came of each stream. */
async function gated() {
  const bodies = new Map<number, string>();
  const ended: number[] = [];
  const cancelled: number[] = [];
  const server = createHttp2Server();
  server.on("stream", (stream) => {
    const { id = 0 } = stream;
    bodies.set(id, "");
    stream.on("error", ignore);
    stream.on("data", (chunk: Buffer) => bodies.set(id, `${bodies.get(id)}${chunk.toString("latin1")}`));
    stream.on("aborted", () => cancelled.push(id));
    stream.on("end", () => {
      if (stream.destroyed) return;
      ended.push(id);
      stream.respond({ ":status": 200 });
      stream.end();
    });
  });
  const port = await listening(server);
  const socket = await connected(port);
  const writes: Buffer[] = [];
  const write = socket.write.bind(socket) as (chunk: Buffer, done?: () => void) => boolean;
  socket.write = ((chunk: Buffer, done?: () => void) => {
    writes.push(chunk);
    return write(chunk, done);
  }) as Socket["write"];
  const gate = new FrameGate(socket);
  const session = connectHttp2(`http://127.0.0.1:${port}`, { createConnection: () => gate });
  atEnd(() => session.destroy());
  await once(session, "remoteSettings");
  return { gate, session, writes, bodies, ended, cancelled };
}

async function held(session: ClientHttp2Session, gate: FrameGate, body: string): Promise<ClientHttp2Stream> {
  const stream = session.request({ ":method": "PATCH", ":path": "/" }, { endStream: false });
  stream.on("error", ignore);
  const whole = new Promise<void>((resolve) => gate.keep(stream.id ?? 0, resolve));
  stream.end(body);
  await whole;
  expect(gate.holds(stream.id ?? 0)).toBe(true);
  return stream;
}

test("the final frames of all requests leave in one write", async () => {
  const { gate, session, writes, bodies, ended } = await gated();
  const streams = await Promise.all(upTo(20).map((index) => held(session, gate, "x".repeat(index * 1_000))));
  // Bodies larger than the server's windows come in as it makes room; all but the last byte of each.
  await until(() =>
    upTo(20).every((index) => bodies.get(streams[index]?.id ?? 0)?.length === Math.max(0, index * 1_000 - 1)),
  );
  expect(ended).toEqual([]);
  const before = writes.length;
  gate.letGo(
    streams.map(({ id = 0 }) => id),
    ignore,
  );
  expect(writes).toHaveLength(before + 1);
  expect(writes.at(-1)).toHaveLength(20 * 10 - 1);
  await until(() => ended.length === 20);
  expect(streams.map(({ id = 0 }) => bodies.get(id)?.length)).toEqual(upTo(20).map((index) => index * 1_000));
});

test("requests that nobody keeps back pass, before and after", async () => {
  const { gate, session, ended } = await gated();
  const kept = await held(session, gate, "kept");
  const free = session.request({ ":path": "/" });
  await once(free, "response");
  expect(ended).toEqual([free.id]);
  gate.letGo([kept.id ?? 0], ignore);
  await once(kept, "response");
  expect(ended).toEqual([free.id, kept.id]);
});

test("a request that was given up while it was held is ended for the server too, and never let go", async () => {
  const { gate, session, bodies, ended, cancelled } = await gated();
  const [first, second] = await Promise.all([held(session, gate, "one"), held(session, gate, "two")]);
  gate.cancel(first.id ?? 0);
  expect(gate.holds(first.id ?? 0)).toBe(false);
  gate.letGo([first.id ?? 0, second.id ?? 0], ignore);
  await once(second, "response");
  expect(ended).toEqual([second.id]);
  expect(cancelled).toEqual([first.id]);
  expect(bodies.get(first.id ?? 0)).toBe("on");
});

test("HTTP/2 has the same lines in lower case, without those of a connection", () => {
  const request = patch("https://a.test:8443/b?c", {
    headers: [
      ["X-Twice", "1"],
      ["Accept", "*/*"],
      ["x-twice", "2"],
      ["Connection", "close"],
      ["Transfer-Encoding", "chunked"],
      ["Upgrade", "x"],
    ],
  });
  const url = new URL(request.url);
  const lines = http2Lines(request, url);
  expect(lines).toEqual([
    ["x-twice", "1"],
    ["x-twice", "2"],
    ["accept", "*/*"],
  ]);
  expect(http2Fields("PATCH", url, lines)).toEqual({
    ":method": "PATCH",
    ":scheme": "https",
    ":authority": "a.test:8443",
    ":path": "/b?c",
    "x-twice": ["1", "2"],
    accept: "*/*",
  });
});

test("a host that the caller names itself is the authority, and stands where it put it", () => {
  const request = get("https://a.test/", { headers: [["Host", "b.test"]] });
  const lines = http2Lines(request, new URL(request.url));
  expect(lines).toEqual([["host", "b.test"]]);
  expect(http2Fields("GET", new URL(request.url), lines)).toMatchObject({
    ":authority": "b.test",
    host: "b.test",
  });
});
