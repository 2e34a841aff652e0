import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createNetServer, type Server, type Socket } from "node:net";
import { atEnd } from "./run-gcidem.js";

/** A request as a server saw it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** A server of a test, closed at its end. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  /** Requests that arrived so far, whole, in order. */
  readonly seen: readonly Seen[];
  /** Connections accepted so far. */
  readonly connections: () => number;
}

async function listening(server: Server, host: string): Promise<{ port: number; connections: () => number }> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, host);
  await once(server, "listening");
  atEnd(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { port: address.port, connections: () => connections };
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** An HTTP server whose answers the test writes; `nth` counts requests from 0. */
export async function httpServer(
  answer: (request: Seen, response: ServerResponse, nth: number) => void,
  host = "127.0.0.1",
): Promise<TestServer> {
  const seen: Seen[] = [];
  const server = createHttpServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on("data", (chunk: Buffer) => chunks.push(chunk));
    message.on("error", () => undefined);
    message.on("end", () => {
      const request: Seen = {
        method: message.method ?? "",
        url: message.url ?? "",
        headers: message.headers,
        rawHeaders: message.rawHeaders,
        body: Buffer.concat(chunks).toString("utf8"),
      };
      answer(request, response, seen.push(request) - 1);
    });
  });
  const { port, connections } = await listening(server, host);
  return { url: urlOf(host, port), port, seen, connections };
}

/** Answers every request with 200 and `{"ok":true}`: what counts is who came. */
export function countingServer(host?: string): Promise<TestServer> {
  return httpServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}');
  }, host);
}

/** A server that says whatever bytes a test wants once a header block has arrived. */
export async function rawServer(answer: (socket: Socket, nth: number) => void): Promise<TestServer> {
  const seen: Seen[] = [];
  const server = createNetServer((socket) => {
    let text = "";
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      for (let end = text.indexOf("\r\n\r\n"); end !== -1; end = text.indexOf("\r\n\r\n")) {
        const [line = ""] = text.slice(0, end).split("\r\n");
        const length = Number(/^content-length: (\d+)/im.exec(text.slice(0, end))?.[1] ?? 0);
        text = text.slice(end + 4 + length);
        const [method = "", url = ""] = line.split(" ");
        answer(socket, seen.push({ method, url, headers: {}, rawHeaders: [], body: "" }) - 1);
      }
    });
  });
  const { port, connections } = await listening(server, "127.0.0.1");
  return { url: urlOf("127.0.0.1", port), port, seen, connections };
}

/** A loopback address on which nobody listens. */
export async function closedUrl(): Promise<string> {
  const server = createNetServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return urlOf("127.0.0.1", address.port);
}

/**
 * A small honest API: `/things/1` with a version, an ETag and If-Match, and `POST /orders` that stores an answer for
 * each Idempotency-Key and refuses a key that comes with another body.
 */
export async function jsonApi(): Promise<TestServer> {
  let version = 1;
  let thing: unknown = { tier: "none" };
  let orders = 0;
  const keys = new Map<string, { readonly sent: string; readonly answered: string }>();
  return httpServer((request, response) => {
    const reply = (status: number, body: string): void => {
      const etag = request.url === "/things/1" && status < 300 ? { etag: `"${version}"` } : {};
      response.writeHead(status, { "content-type": "application/json", ...etag }).end(body);
    };
    const key = request.headers["idempotency-key"];
    if (request.method === "POST" && request.url === "/orders") {
      const stored = typeof key === "string" ? keys.get(key) : undefined;
      if (stored !== undefined && stored.sent !== request.body) return reply(409, '{"code":"key.reused"}');
      if (stored !== undefined) return reply(201, stored.answered);
      const answered = `{"id":"order-${++orders}"}`;
      if (typeof key === "string") keys.set(key, { sent: request.body, answered });
      return reply(201, answered);
    }
    if (request.url !== "/things/1") return reply(404, '{"code":"not.found"}');
    if (request.method === "GET") return reply(200, JSON.stringify({ ...Object(thing), version }));
    if (request.method !== "PUT") return reply(405, '{"code":"not.allowed"}');
    const wanted = request.headers["if-match"];
    if (wanted !== undefined && wanted !== `"${version}"`) return reply(412, '{"code":"stale"}');
    thing = JSON.parse(request.body);
    version += 1;
    reply(200, JSON.stringify({ ...Object(thing), version }));
  });
}
