import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach } from "vitest";
import { type Clock, realClock } from "../../src/core/clock.js";
import { createTransport } from "../../src/transport/create-transport.js";
import type {
  AnsweredOutcome,
  FailedOutcome,
  Outcome,
  OutgoingRequest,
  Transport,
  TransportOptions,
} from "../../src/transport/transport.js";

/** A server that says whatever bytes a test wants, and counts who came. */
export interface RawServer {
  readonly url: string;
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: () => number;
  /** Requests whose header block arrived, each as the text of that block. */
  readonly heads: readonly string[];
}

const opened: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** Frees something at the end of the test. */
export function atEnd(close: () => unknown): void {
  opened.push(close);
}

/** Listens on a free loopback port until the test ends, hanging up on whoever is still there. */
export async function listening(server: Server, host = "127.0.0.1"): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
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
  return address.port;
}

/** Starts a raw server; `answer` is called once per header block that arrives, with how many came before. */
export async function rawServer(answer: (socket: Socket, nth: number) => void): Promise<RawServer> {
  const heads: string[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    let text = "";
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      for (let end = text.indexOf("\r\n\r\n"); end !== -1; end = text.indexOf("\r\n\r\n")) {
        const head = text.slice(0, end);
        const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
        text = text.slice(end + 4 + length);
        answer(socket, heads.push(head) - 1);
      }
    });
  });
  const port = await listening(server);
  return { url: `http://127.0.0.1:${port}`, port, connections: () => connections, heads };
}

/** A transport that the test's end closes. */
export function transport(options: Partial<TransportOptions> = {}): Transport {
  const made = createTransport({ clock: realClock(), ...options });
  atEnd(() => made.close());
  return made;
}

/** A GET without anything special. */
export function get(url: string, more: Partial<OutgoingRequest> = {}): OutgoingRequest {
  return { method: "GET", url, headers: [], body: null, timeoutMs: 10_000, abort: null, ...more };
}

/** A PATCH with a small JSON body. */
export function patch(url: string, more: Partial<OutgoingRequest> = {}): OutgoingRequest {
  return { ...get(url), method: "PATCH", body: Buffer.from('{"a":1}'), ...more };
}

/** The answer, or an error that shows the failure. */
export function answered(outcome: Outcome): AnsweredOutcome {
  if (outcome.kind === "response") return outcome;
  throw new Error(`expected an answer, got ${outcome.code} ${outcome.phase}: ${outcome.message}`);
}

/** The failure, or an error that shows the answer. */
export function failed(outcome: Outcome): FailedOutcome {
  if (outcome.kind === "failed") return outcome;
  throw new Error(`expected a failure, got status ${outcome.status}`);
}

/** Body as text. */
export function text(outcome: AnsweredOutcome): string {
  return Buffer.from(outcome.body).toString("utf8");
}

/** A clock for tests that only read it. */
export function clock(): Clock {
  return realClock();
}
