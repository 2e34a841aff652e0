import { once } from "node:events";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { SERVER_LIMITS } from "../../src/mock/server-limits.js";
import {
  ACK,
  END_HEADERS,
  END_STREAM,
  fields,
  frame,
  PREFACE,
  pseudoFields,
  readFrames,
  statusOf,
  TYPE,
} from "./http2-frames.js";
import { type StubServer, startStub, withStub } from "./stub-server.js";
import { AUTHORITY, open, raw, replyOf, statuses } from "./wires.js";

const GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
const isWhole = (text: string) => text.endsWith("}");

async function served({ url }: StubServer): Promise<void> {
  if (url.startsWith("http:")) {
    expect(statuses(await raw(url, GET, isWhole))).toEqual([200]);
    return;
  }
  const session = connectHttp2(url, { ca: AUTHORITY });
  expect((await replyOf(session.request({ ":path": "/a" }))).status).toBe(200);
  session.destroy();
}

async function connected(url: string): Promise<Socket> {
  const socket = open(url);
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

/** Resolves once a socket takes more, or nothing more. */
function writable(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      socket.off("drain", go).off("close", go);
      resolve();
    };
    socket.on("drain", go).on("close", go);
  });
}

function whenClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => void socket.resume().once("close", () => resolve()));
}

describe("open connections", () => {
  test("ten thousand idle ones do not exhaust it: the oldest are closed, and a good client is served", async () => {
    const stub = await startStub();
    const sockets = new Set<Socket>();
    let closed = 0;
    for (let count = 0; count < 10_000; count++) {
      const socket = await connected(stub.url);
      sockets.add(socket);
      socket.resume().once("close", () => {
        closed += 1;
        sockets.delete(socket);
      });
      if (count % 2_500 === 0) await served(stub);
    }
    await served(stub);
    while (closed < 10_000 - SERVER_LIMITS.connections) await new Promise((resolve) => setImmediate(resolve));
    expect(sockets.size).toBeLessThanOrEqual(SERVER_LIMITS.connections);
    for (const socket of sockets) socket.destroy();
    await stub.server.close();
  }, 30_000);

  test("one that carried a request outlives those that never did; the one that waits longest goes first", () =>
    withStub({ limits: { connections: 3 } }, async ({ url }) => {
      const used = await connected(url);
      used.write(GET);
      await once(used, "data");
      const [first, second, third] = [await connected(url), await connected(url), await connected(url)];
      await whenClosed(first);
      const fourth = await connected(url);
      await whenClosed(second);
      used.write(GET);
      await once(used, "data");
      for (const socket of [used, third, fourth]) {
        expect(socket.destroyed).toBe(false);
        socket.destroy();
      }
    }));

  test("one whose request is being worked on is never closed; where all are, the new one is refused", () =>
    withStub({ limits: { connections: 2 } }, async ({ url, letGo, held }) => {
      const waiting = [1, 2].map(() => raw(url, GET.replace("/a", "/wait"), isWhole));
      await held(2);
      const refused = await connected(url);
      await whenClosed(refused);
      letGo();
      expect((await Promise.all(waiting)).map(statuses)).toEqual([[200], [200]]);
    }));

  test("the same over TLS, whatever became of the handshakes", () =>
    withStub({ tls: true, limits: { connections: 3 } }, async (stub) => {
      const plain = stub.url.replace("https:", "http:");
      const silent = [await connected(plain), await connected(plain), await connected(plain)];
      const gone = silent.map(whenClosed);
      await served(stub);
      await gone[0];
      expect(silent.map(({ destroyed }) => destroyed)).toEqual([true, false, false]);
      for (const socket of silent) socket.destroy();
    }));
});

describe("time-outs", () => {
  test("half a header section: 408. A connection without a byte just closes, lest its client take that for an answer", () =>
    withStub({ limits: { headersMs: 40, requestMs: 1_000 } }, async (stub) => {
      expect(statuses(await raw(stub.url, GET.slice(0, -2)))).toEqual([408]);
      expect(await raw(stub.url, "")).toBe("");
      expect(stub.warnings).toEqual(["408 Request Timeout: Request timeout"]);
      await served(stub);
    }));

  test("half a body: 408", () =>
    withStub({ limits: { headersMs: 40, requestMs: 60 } }, async (stub) => {
      const half = "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{";
      expect(statuses(await raw(stub.url, half))).toEqual([408]);
      expect(stub.seen).toEqual([]);
    }));

  test("half a body over HTTP/2: 408, and the other streams go on", () =>
    withStub({ tls: true, limits: { requestMs: 40 } }, async ({ url }) => {
      const session = connectHttp2(url, { ca: AUTHORITY });
      const half = session.request({ ":method": "PUT", ":path": "/a" }, { endStream: false });
      half.write("{");
      const [headers] = await once(half, "response");
      expect(headers[":status"]).toBe(408);
      expect((await replyOf(session.request({ ":path": "/a" }))).status).toBe(200);
      session.destroy();
    }));

  test("a connection on which nothing is under way closes after its idle time, one that waits for its answer does not", () =>
    withStub({ limits: { idleMs: 20 } }, async ({ url, letGo, held }) => {
      const waiting = raw(url, GET.replace("/a", "/wait"), isWhole);
      await held(1);
      expect(statuses(await raw(url, GET))).toEqual([200]);
      letGo();
      expect(statuses(await waiting)).toEqual([200]);
    }));

  test("the same over HTTP/2", () =>
    withStub({ tls: true, limits: { idleMs: 20 } }, async ({ url, letGo, held }) => {
      const [busy, idle] = [connectHttp2(url, { ca: AUTHORITY }), connectHttp2(url, { ca: AUTHORITY })];
      const waiting = replyOf(busy.request({ ":path": "/wait" }));
      await held(1);
      await replyOf(idle.request({ ":path": "/a" }));
      await once(idle, "close");
      letGo();
      expect((await waiting).status).toBe(200);
      await once(busy, "close");
    }));

  test("a TLS handshake that is never made", () =>
    withStub({ tls: true, limits: { handshakeMs: 20 } }, async (stub) => {
      await whenClosed(await connected(stub.url.replace("https:", "http:")));
      await served(stub);
    }));
});

describe("bodies", () => {
  const put = (length: number) => `PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`;
  const limits = { bodyBytes: 1_000, smallBodyBytes: 100, allBodiesBytes: 1_500 };

  test("large ones share what the server can hold; small ones are always read; what is done with is free again", () =>
    withStub({ limits }, async ({ url }) => {
      const first = await connected(url);
      first.write(`${put(900)}${"x".repeat(899)}`);
      const second = await connected(url);
      second.write(`${put(900)}${"x".repeat(899)}`);
      expect(statuses(String(await once(second, "data")))).toEqual([413]);
      expect(statuses(await raw(url, put(100) + "x".repeat(100), isWhole))).toEqual([200]);
      first.write("x");
      expect(String(await once(first, "data"))).toContain('"bytes":900');
      expect(await raw(url, put(900) + "x".repeat(900), isWhole)).toContain('"bytes":900');
      for (const socket of [first, second]) socket.destroy();
    }));

  test("a client that hangs up in the middle of a large one gives its share back", () =>
    withStub({ limits }, async ({ url }) => {
      for (let round = 0; round < 5; round++) {
        const socket = await connected(url);
        socket.end(`${put(900)}${"x".repeat(899)}`);
        await whenClosed(socket);
      }
      expect(await raw(url, put(900) + "x".repeat(900), isWhole)).toContain('"bytes":900');
    }));

  test("of a refused one so much is read and no more, then the connection closes", () =>
    withStub({ limits: { ...limits, drainBytes: 1_000_000 } }, async ({ url }) => {
      const socket = await connected(url);
      const text: string[] = [];
      socket.on("data", (chunk) => text.push(String(chunk)));
      socket.write(put(1_000_000_000));
      let sent = 0;
      while (!socket.destroyed) {
        sent += 65_536;
        if (!socket.write("x".repeat(65_536))) await writable(socket);
      }
      expect(statuses(text.join(""))).toEqual([413]);
      expect(sent).toBeGreaterThan(1_000_000);
      expect(sent).toBeLessThan(50_000_000);
    }));

  test("a client that stops in the middle of a refused one is waited for so long and no longer", () =>
    withStub({ limits: { ...limits, drainMs: 20 } }, async ({ url }) => {
      expect(statuses(await raw(url, `${put(2_000)}x`))).toEqual([413]);
    }));
});

test.each([false, true])(
  "twenty thousand pipelined requests behind one that waits are answered in order; TLS: %s",
  (tls) =>
    withStub({ tls }, async ({ url, letGo, held, seen }) => {
      const many = 20_000;
      const socket = open(url);
      const paths: number[] = [];
      let rest = "";
      socket.setEncoding("latin1").on("data", (chunk: string) => {
        rest += chunk;
        const end = rest.lastIndexOf("}") + 1;
        for (const match of rest.slice(0, end).matchAll(/"path":"\/(\d+)"/g)) paths.push(Number(match[1]));
        rest = rest.slice(end);
      });
      socket.write(GET.replace("/a", "/wait"));
      for (let index = 0; index < many; index++) socket.write(GET.replace("/a", `/${index}`));
      await held(1);
      letGo();
      while (paths.length < many) await once(socket, "data");
      socket.destroy();
      expect(paths).toEqual(Array.from({ length: many }, (_, index) => index));
      expect(seen.length).toBe(many + 1);
    }),
  60_000,
);

describe("floods over HTTP/2 end their own connection and no other", () => {
  const SETTINGS = frame(TYPE.settings, 0);

  /** Sends bytes behind the preface until the server hangs up. */
  async function flooded(url: string, bytes: Iterable<Buffer>): Promise<void> {
    const socket = open(url, ["h2"]);
    const closed = whenClosed(socket.on("error", () => {}));
    socket.write(Buffer.concat([PREFACE, SETTINGS, frame(TYPE.settings, 0, { flags: ACK })]));
    for (const piece of bytes) {
      if (socket.destroyed) break;
      if (!socket.write(piece)) await writable(socket);
    }
    await closed;
  }

  const request = (stream: number, list: readonly (readonly [string, string])[] = []): Buffer =>
    frame(TYPE.headers, stream, {
      flags: END_STREAM | END_HEADERS,
      payload: fields([...pseudoFields("GET", "/a"), ...list]),
    });

  /** Without an end: only the server can make an end of it. */
  function* forever(piece: (index: number) => Buffer): Iterable<Buffer> {
    for (let index = 0; ; index++) yield piece(index);
  }
  const resetOf = (stream: number): Buffer => frame(TYPE.reset, stream, { payload: Buffer.alloc(4) });
  const MUCH = Buffer.from([0x7f, 0xff, 0xff, 0xff]);

  test.each<readonly [string, () => Iterable<Buffer>]>([
    [
      "rapid reset",
      () => forever((index) => Buffer.concat([request(2 * index + 1), resetOf(2 * index + 1)])),
    ],
    ["settings", () => forever(() => SETTINGS)],
    ["pings", () => forever(() => frame(TYPE.ping, 0, { payload: Buffer.alloc(8) }))],
    [
      "continuations of one header block",
      function* () {
        yield frame(TYPE.headers, 1, { payload: fields(pseudoFields("GET", "/a")) });
        yield* forever(() => frame(TYPE.continuation, 1, { payload: fields([["x", "y"]]) }));
      },
    ],
    ["frames of an impossible size", () => [Buffer.from([0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1])]],
    ["bytes that are no frames", () => forever(() => Buffer.from("GET / HTTP/1.1\r\n\r\n"))],
    ["data on a stream that nobody opened", () => [frame(TYPE.data, 7, { payload: Buffer.from("x") })]],
    ["a stream number that goes back", () => [request(5), request(3)]],
    [
      "a window that grows beyond all bounds",
      () => forever(() => frame(TYPE.windowUpdate, 0, { payload: MUCH })),
    ],
  ])("%s", (_what, bytes) =>
    withStub({ tls: true, limits: { idleMs: 100 } }, async (stub) => {
      await flooded(stub.url, bytes());
      await served(stub);
      expect(stub.warnings).toEqual([]);
    }),
  );

  test("a stream that ends with its request is not looked at, whatever it asked for", () =>
    withStub({ tls: true }, async (stub) => {
      const both = (stream: number, list: readonly (readonly [string, string])[]) => [
        frame(TYPE.headers, stream, {
          flags: END_HEADERS,
          payload: fields([...pseudoFields("PUT", "/a"), ...list]),
        }),
        frame(TYPE.reset, stream, { payload: Buffer.alloc(4) }),
      ];
      const socket = open(stub.url, ["h2"]);
      const frames = readFrames(socket, (all) => statusOf(all, 7) !== null);
      const pieces = [
        ...both(1, [["expect", "100-continue"]]),
        ...both(3, [["content-length", "104857600"]]),
        ...both(5, [["expect", "a miracle"]]),
      ];
      socket.write(Buffer.concat([PREFACE, SETTINGS, ...pieces, request(7)]));
      expect(statusOf(await frames, 7)).toBe(200);
      expect(stub.seen.length).toBe(1);
      expect(stub.warnings).toEqual([]);
      socket.destroy();
    }));

  test("more streams at a time than it takes: those beyond are refused, the others answered", () =>
    withStub({ tls: true, limits: { streams: 5 } }, async ({ url, letGo, held, seen }) => {
      const session: ClientHttp2Session = connectHttp2(url, { ca: AUTHORITY });
      await once(session, "remoteSettings");
      expect(session.remoteSettings.maxConcurrentStreams).toBe(5);
      const replies = Array.from({ length: 20 }, () => replyOf(session.request({ ":path": "/wait" })));
      await held(5);
      expect(seen.length).toBe(5);
      for (let batch = 1; batch <= 4; batch++) {
        await held(5);
        letGo();
      }
      expect((await Promise.all(replies)).map(({ status }) => status)).toEqual(
        Array.from({ length: 20 }, () => 200),
      );
      session.destroy();
    }));

  test("ten thousand header fields: 431 where they arrive at all; a header with a control character never does", () =>
    withStub({ tls: true }, async (stub) => {
      const many = Array.from({ length: 10_000 }, (_, index) => [`x-${index}`, ""] as const);
      const block = fields([...pseudoFields("GET", "/a"), ...many]);
      const pieces: Buffer[] = [];
      for (let offset = 0; offset < block.length; offset += 16_384) {
        const isLast = offset + 16_384 >= block.length;
        const payload = block.subarray(offset, offset + 16_384);
        const flags = (isLast ? END_HEADERS : 0) | (offset === 0 ? END_STREAM : 0);
        pieces.push(frame(offset === 0 ? TYPE.headers : TYPE.continuation, 1, { flags, payload }));
      }
      const socket = open(stub.url, ["h2"]);
      const frames = readFrames(socket, (all) => statusOf(all, 1) !== null && statusOf(all, 3) !== null);
      socket.write(Buffer.concat([PREFACE, SETTINGS, ...pieces, request(3, [["if-match", "a\u0001b"]])]));
      const all = await frames;
      expect(statusOf(all, 1)).toBe(431);
      expect(stub.seen.map(({ headers }) => headers["if-match"])).toEqual([undefined]);
      socket.destroy();
    }));
});
