import { once } from "node:events";
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { virtualClock } from "../../src/core/clock.js";
import { failed, get, patch, rawServer, transport } from "./raw-server.js";

/** A server that never answers, and a promise for each event that a test waits for. */
async function silentServer(first = "") {
  let arrived: (socket: Socket) => void = () => undefined;
  const request = new Promise<Socket>((resolve) => {
    arrived = resolve;
  });
  const server = await rawServer((socket) => {
    if (first !== "") socket.write(first);
    arrived(socket);
  });
  return { ...server, request };
}

test("a server that never answers runs into the time-out, which says how far things got", async () => {
  const server = await silentServer();
  const outcome = failed(await transport().send(patch(server.url, { timeoutMs: 60 })));
  expect(outcome).toMatchObject({ code: "ETIMEDOUT", phase: "timeout" });
  expect(outcome.message).toBe(
    `127.0.0.1:${server.port} gave no whole answer within 60ms; the request was sent and nothing had come back`,
  );
  expect(outcome.timings.endMs - outcome.timings.startMs).toBeGreaterThanOrEqual(59);
});

test("a slow drip is not a whole answer", async () => {
  const server = await silentServer("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\ndrip");
  const outcome = failed(await transport().send(get(server.url, { timeoutMs: 1_000 })));
  expect(outcome).toMatchObject({ code: "ETIMEDOUT", phase: "timeout" });
  expect(outcome.message).toContain("status 200 and 4 bytes of its body had come");
  expect(outcome.timings.firstByteMs).not.toBeNull();
});

test("a server that does not read runs into the time-out with the request unsent", async () => {
  const server = await rawServer((socket) => socket.pause());
  const outcome = failed(
    await transport().send(
      patch(server.url, {
        body: Buffer.alloc(30 * 1024 * 1024),
        headers: [["Content-Length", String(30 * 1024 * 1024)]],
        timeoutMs: 1_000,
      }),
    ),
  );
  expect(outcome).toMatchObject({ phase: "timeout", timings: { sentMs: null } });
  expect(outcome.message).toContain("the request was not sent whole");
});

test("the server sees that the client hung up", async () => {
  const server = await silentServer();
  const sending = transport().send(patch(server.url, { timeoutMs: 60 }));
  const socket = await server.request;
  await Promise.all([once(socket, "close"), sending]);
  expect(socket.destroyed).toBe(true);
});

test("on a virtual clock the time-out comes when the clock is advanced, however long it is", async () => {
  const clock = virtualClock();
  const server = await silentServer();
  const sending = transport({ clock }).send(patch(server.url, { timeoutMs: 24 * 3_600_000 }));
  await server.request;
  await clock.advance(24 * 3_600_000);
  const outcome = failed(await sending);
  expect(outcome).toMatchObject({ phase: "timeout", timings: { startMs: 0, endMs: 24 * 3_600_000 } });
});

test("a virtual clock that nobody advances does not hang the run", async () => {
  const clock = virtualClock();
  const server = await silentServer();
  const outcome = failed(await transport({ clock }).send(get(server.url, { timeoutMs: 50 })));
  expect(outcome).toMatchObject({ phase: "timeout", timings: { startMs: 0, endMs: 0 } });
});

test("a time-out longer than Node's timers can count does not fire at once", async () => {
  const server = await rawServer((socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  const outcome = await transport().send(get(server.url, { timeoutMs: 1_000 * 3_600_000 }));
  expect(outcome.kind).toBe("response");
});

test("abort: sent hangs up once the request is sent, and the server has all of it", async () => {
  const server = await silentServer();
  const outcome = failed(await transport().send(patch(server.url, { abort: "sent" })));
  expect(outcome).toMatchObject({ code: "ECONNABORTED", phase: "aborted" });
  expect(outcome.message).toContain("as asked");
  expect(outcome.timings.sentMs).not.toBeNull();
  await server.request;
  expect(server.heads).toHaveLength(1);
});

test("abort after a duration hangs up then, on the transport's clock", async () => {
  const clock = virtualClock();
  const server = await silentServer();
  const sending = transport({ clock }).send(patch(server.url, { abort: 300 }));
  await server.request;
  await clock.advance(299);
  await clock.advance(1);
  expect(failed(await sending)).toMatchObject({ phase: "aborted", timings: { endMs: 300 } });
});

test("an answer before the abort is an answer", async () => {
  const server = await rawServer((socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  const outcome = await transport().send(get(server.url, { abort: 5_000 }));
  expect(outcome.kind).toBe("response");
});

test("an interrupt ends the request under way", async () => {
  const interrupt = new AbortController();
  const server = await silentServer();
  const sending = transport().send(patch(server.url), undefined, interrupt.signal);
  await server.request;
  interrupt.abort();
  const outcome = failed(await sending);
  expect(outcome).toMatchObject({ code: "ECONNABORTED", phase: "aborted" });
  expect(outcome.message).toContain("the run was interrupted");
});

test("after an interrupt nothing is sent", async () => {
  const server = await silentServer();
  const outcome = failed(await transport().send(patch(server.url), undefined, AbortSignal.abort()));
  expect(outcome).toMatchObject({ phase: "aborted", timings: { sentMs: null } });
  expect(server.connections()).toBe(0);
});

test("closing the transport ends the request under way", async () => {
  const sender = transport();
  const server = await silentServer();
  const sending = sender.send(patch(server.url));
  await server.request;
  await sender.close();
  expect(failed(await sending)).toMatchObject({ phase: "aborted" });
});
