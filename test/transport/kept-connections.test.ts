import { once } from "node:events";
import { type AddressInfo, createServer as createNetServer, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { expect, test } from "vitest";
import { idleLimitMs } from "../../src/transport/keep-alive.js";
import { answered, atEnd, failed, get, patch, rawServer, text, transport } from "./raw-server.js";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

test("requests one after another share one connection", async () => {
  const server = await rawServer((socket) => socket.write(OK));
  const sender = transport();
  for (let index = 0; index < 5; index++) answered(await sender.send(patch(server.url)));
  expect(server.connections()).toBe(1);
});

test("Connection: close is honoured", async () => {
  const server = await rawServer((socket) =>
    socket.end(OK.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")),
  );
  const sender = transport();
  for (let index = 0; index < 3; index++) answered(await sender.send(get(server.url)));
  expect(server.connections()).toBe(3);
});

test("a kept connection that closes under a request fails, and the request is not sent again", async () => {
  const server = await rawServer((socket, nth) => {
    if (nth === 0) socket.write(OK);
    else socket.destroy();
  });
  const sender = transport();
  answered(await sender.send(get(server.url)));
  const outcome = failed(await sender.send(get(server.url)));
  expect(outcome).toMatchObject({ code: "ECONNRESET", phase: "response" });
  expect(outcome.message).toContain("the connection had been kept from an earlier request");
  expect(server.heads).toHaveLength(2);
  expect(server.connections()).toBe(1);
});

test("a kept connection that was closed in the meantime is not used", async () => {
  let first: Socket | null = null;
  const server = await rawServer((socket) => {
    first ??= socket;
    socket.write(OK);
  });
  const sender = transport();
  answered(await sender.send(get(server.url)));
  const socket: Socket | null = first;
  if (socket === null) throw new Error("no connection");
  (socket as Socket).end();
  await once(socket, "close");
  answered(await sender.send(get(server.url)));
  expect(server.connections()).toBe(2);
});

test("a server that hangs up after each answer without saying so is hardly ever met closing", async () => {
  const server = await rawServer((socket) => socket.end(OK));
  const sender = transport();
  const kinds: string[] = [];
  for (let index = 0; index < 40; index++) kinds.push((await sender.send(get(server.url))).kind);
  // Half of them fail when nothing is done about it.
  expect(kinds.filter((kind) => kind === "failed").length).toBeLessThan(5);
});

test("a server that says timeout=0 gets a new connection for each request", async () => {
  const reply = OK.replace("\r\n\r\n", "\r\nKeep-Alive: timeout=0\r\n\r\n");
  const server = await rawServer((socket) => socket.write(reply));
  const sender = transport();
  for (let index = 0; index < 2; index++) answered(await sender.send(get(server.url)));
  expect(server.connections()).toBe(2);
});

test("an idle connection is given up before the server said it would close it", async () => {
  const reply = OK.replace("\r\n\r\n", "\r\nKeep-Alive: timeout=1\r\n\r\n");
  let closed: Promise<unknown> = Promise.resolve();
  const server = await rawServer((socket) => {
    closed = once(socket, "close");
    socket.write(reply);
  });
  const sender = transport();
  answered(await sender.send(get(server.url)));
  // This server never closes a connection itself.
  await closed;
  answered(await sender.send(get(server.url)));
  expect(server.connections()).toBe(2);
});

test.each([
  [undefined, 1_500],
  ["timeout=5", 4_000],
  ["timeout=5, max=100", 4_000],
  ["max=100, timeout=2", 1_000],
  ["timeout=1", 500],
  ["timeout=0", 0],
  ["timeout=600", 30_000],
  ["nonsense", 1_500],
])("Keep-Alive: %s allows %i ms of idleness", (value, limitMs) => {
  expect(idleLimitMs(value)).toBe(limitMs);
});

test("localhost is this machine without asking, over IPv4 or IPv6", async () => {
  const interfaces = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const hosts = ["127.0.0.1", "::1"].filter((host) => interfaces.some(({ address }) => address === host));
  expect(hosts).toContain("127.0.0.1");
  for (const host of hosts) {
    const server = createNetServer((socket) => socket.once("data", () => socket.end(OK)));
    server.listen(0, host);
    await once(server, "listening");
    atEnd(() => server.close());
    const { port } = server.address() as AddressInfo;
    expect(text(answered(await transport().send(get(`http://localhost:${port}/`))))).toBe("ok");
  }
});

test("requests at the same time do not wait for each other", async () => {
  const waiting: Socket[] = [];
  const server = await rawServer((socket) => {
    if (waiting.push(socket) === 3) for (const each of waiting) each.write(OK);
  });
  const sender = transport();
  const outcomes = await Promise.all([1, 2, 3].map(() => sender.send(get(server.url))));
  expect(outcomes.map(({ kind }) => kind)).toEqual(["response", "response", "response"]);
});
