import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { jsonAnswer } from "../../src/mock/answer.js";
import { plainly } from "../../src/mock/outcome.js";
import { startMock } from "../../src/mock/start-mock.js";
import { presetPolicy } from "../../src/policy/presets.js";
import { THING } from "./an-org.js";
import { type StubServer, startStub } from "./stub-server.js";
import { AUTHORITY, open, raw, replyOf, startStreamOrg, statuses } from "./wires.js";

/** Longer than any of these tests: a stop that waits for it has not worked. */
const LONG_MS = 600_000;

const WAIT = "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n";
const GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

async function refusesConnections({ url }: StubServer): Promise<boolean> {
  const socket = open(url.replace("https:", "http:"));
  const [error] = await once(socket, "error").catch((reason: unknown) => [reason]);
  return (error as NodeJS.ErrnoException).code === "ECONNREFUSED";
}

function closing(socket: Socket): Promise<void> {
  return new Promise(
    (resolve) =>
      void socket
        .resume()
        .on("error", () => {})
        .once("close", () => resolve()),
  );
}

describe.each([
  ["HTTP", false],
  ["HTTPS", true],
])("a clean stop over %s", (_protocol, tls) => {
  test("answers what is in flight, says that the connection closes, and takes nothing more", async () => {
    const stub = await startStub({ tls });
    const waiting = raw(stub.url, WAIT);
    await stub.held(1);
    const stopped = stub.server.stop(LONG_MS);
    expect(await refusesConnections(stub)).toBe(true);
    stub.letGo();
    const text = await waiting;
    expect(statuses(text)).toEqual([200]);
    expect(text).toContain("\r\nConnection: close\r\n");
    await stopped;
  });

  test("ends idle connections at once: those that were used, and those that never were", async () => {
    const stub = await startStub({ tls });
    const [unused, used] = [open(stub.url), open(stub.url)];
    const gone = [unused, used].map(closing);
    await Promise.all([unused, used].map((socket) => once(socket, tls ? "secureConnect" : "connect")));
    used.write(GET);
    await once(used, "data");
    await stub.server.stop(LONG_MS);
    await Promise.all(gone);
    expect(stub.seen.length).toBe(1);
  });

  test("a request whose header fields have come is read to its end and answered", async () => {
    const stub = await startStub({ tls });
    const socket = open(stub.url);
    const text: string[] = [];
    socket.on("data", (chunk) => text.push(String(chunk)));
    socket.write("PUT /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    await once(socket, "data");
    const stopped = stub.server.stop(LONG_MS);
    socket.write("{}");
    await Promise.all([stopped, closing(socket)]);
    expect(text.join("")).toMatch(
      /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n(?:.*\r\n)*.*"bytes":2\}$/,
    );
  });

  test("what is not answered when the grace is over is cut off", async () => {
    const stub = await startStub({ tls });
    const waiting = raw(stub.url, WAIT);
    await stub.held(1);
    await stub.server.stop(1);
    expect(await waiting).toBe("");
  });

  test("close does not wait, also in the middle of a stop, and may be called again", async () => {
    const stub = await startStub({ tls });
    const waiting = raw(stub.url, WAIT);
    await stub.held(1);
    const stopped = stub.server.stop(LONG_MS);
    await stub.server.close();
    await stopped;
    expect(await waiting).toBe("");
    await stub.server.close();
    await stub.server.stop(LONG_MS);
  });

  test("a large answer that its client reads slowly arrives whole", async () => {
    const size = 20_000_000;
    const body = "x".repeat(size);
    const answer = jsonAnswer(200, "an-id", body);
    const large = await startStub({
      tls,
      handle: () => plainly({ answer, correlationId: "an-id", key: null, note: null, executed: true }),
    });
    const socket = open(large.url);
    socket.pause().write(GET);
    while (large.seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const stopped = large.server.stop(LONG_MS);
    let received = 0;
    socket.on("data", (chunk) => {
      received += chunk.length;
    });
    await closing(socket);
    expect(received).toBeGreaterThan(size);
    await stopped;
  });
});

describe("a clean stop over HTTP/2", () => {
  test("GOAWAY, then the streams that are open are answered", async () => {
    const stub = await startStub({ tls: true });
    const session = connectHttp2(stub.url, { ca: AUTHORITY });
    const replies = [1, 2].map(() => replyOf(session.request({ ":path": "/wait" })));
    await stub.held(2);
    const away = once(session, "goaway");
    const stopped = stub.server.stop(LONG_MS);
    expect((await away)[0]).toBe(0);
    stub.letGo();
    expect((await Promise.all(replies)).map(({ status, code }) => [status, code])).toEqual([
      [200, 0],
      [200, 0],
    ]);
    await stopped;
  });

  test("an idle session ends at once, one that is never answered after the grace", async () => {
    const stub = await startStub({ tls: true });
    const [idle, busy] = [
      connectHttp2(stub.url, { ca: AUTHORITY }),
      connectHttp2(stub.url, { ca: AUTHORITY }),
    ];
    const ended = once(idle, "close");
    await replyOf(idle.request({ ":path": "/a" }));
    const waiting = replyOf(busy.request({ ":path": "/wait" }));
    await stub.held(1);
    const stopped = stub.server.stop(30);
    await ended;
    expect(stub.seen.length).toBe(2);
    await stopped;
    expect((await waiting).status).toBeNull();
  });
});

describe("a mock", () => {
  test("finishes a slow answer and says in the trace what it did", async () => {
    const org = await startStreamOrg({ extends: "documented", latency: { base: "1ms" } });
    const writing = org.send("PUT", THING, { json: { a: 1 } });
    await once(org.session, "connect");
    while (org.clock.nowMs() === 0) await new Promise((resolve) => setImmediate(resolve));
    await org.mock.stop(LONG_MS);
    expect((await writing).status).toBe(201);
    expect(org.last()).toMatchObject({ status: 201, executed: true });
  });

  test("close ends connections that are kept alive, at once", async () => {
    const mock = await startMock({ policy: presetPolicy("documented") });
    const idle = raw(mock.url, "GET /nope HTTP/1.1\r\nHost: x\r\n\r\n");
    await fetch(`${mock.url}/nope`);
    await mock.close();
    expect(await idle).toMatch(/^HTTP\/1\.1 404 /);
    await expect(fetch(mock.url)).rejects.toThrow();
  });
});
