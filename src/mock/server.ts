import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Clock } from "../core/clock.js";
import { andThen, type MaybePromise } from "../idempotency/maybe-promise.js";
import { type Answer, wireHeaders } from "./answer.js";
import { type Connection, createConnections } from "./connections.js";
import type { Outcome } from "./passage.js";
import type { MockRequest } from "./request.js";
import { cutConnection, sendSpoiled } from "./wire-faults.js";

/** The largest body that is read, in bytes. Of a larger one nothing is kept. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** Longer than any pause of a test: a server that hangs up on idle clients would make conflicts of its own. */
const KEEP_ALIVE_MS = 65_000;

const EMPTY = Buffer.alloc(0);

/** What a server asks about a request. */
export interface Handler {
  readonly handle: (request: MockRequest) => MaybePromise<Outcome>;
  /** The answer to a body that is larger than {@link MAX_BODY_BYTES}; nothing of it was kept. */
  readonly refuseLarge: (request: MockRequest) => Outcome;
  readonly clock: Clock;
}

type BodyRead = (body: Buffer | null) => void;

/** Hands the body over in one piece; null where it is too large. */
function readBody(message: IncomingMessage, done: BodyRead): void {
  const { headers } = message;
  const declared = headers["content-length"];
  const none = declared === undefined && headers["transfer-encoding"] === undefined;
  if (none || Number(declared) > MAX_BODY_BYTES) {
    done(none ? EMPTY : null);
    return;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  message.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    else if (chunks.length > 0) {
      chunks.length = 0;
      done(null);
    }
  });
  message.on("end", () => {
    if (size > MAX_BODY_BYTES) return;
    const [first] = chunks;
    done(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, size));
  });
}

/** The target of a request line as path and query; RFC 9112, 3.2.2 lets a client send a whole URL. */
function pathAndQuery(url: string): string {
  return url.startsWith("/") ? url : url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "");
}

function toRequest(
  message: IncomingMessage,
  response: ServerResponse,
  of: { readonly body: Buffer; readonly connection: Connection },
): MockRequest {
  const target = pathAndQuery(message.url ?? "/");
  const mark = target.indexOf("?");
  // Every member by name: a spread inside a literal cost 5 µs a request, a tenth of all (Node 20, 2026-11-22).
  return {
    method: message.method ?? "GET",
    path: mark === -1 ? target : target.slice(0, mark),
    query: mark === -1 ? "" : target.slice(mark + 1),
    headers: message.headers,
    body: of.body,
    connection: of.connection,
    gone: () => message.socket.destroyed,
    onGone: (listener) => {
      response.once("close", () => {
        if (!response.writableFinished) listener();
      });
    },
  };
}

/** `Date` has whole seconds: one text serves all answers within one. */
function createDates(epochMs: () => number): () => string {
  let second = Number.NaN;
  let text = "";
  return () => {
    const now = Math.floor(epochMs() / 1000);
    if (now !== second) {
      second = now;
      text = new Date(now * 1000).toUTCString();
    }
    return text;
  };
}

function send(response: ServerResponse, answer: Answer, headers: string[]): void {
  response.sendDate = false;
  response.writeHead(answer.status, headers);
  response.end(answer.body);
}

/** Bytes that are not HTTP: the parser's own answer, since there is no request to decide on. */
function answerGarbage(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const status =
    error.code === "HPE_HEADER_OVERFLOW" ? "431 Request Header Fields Too Large" : "400 Bad Request";
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Makes the HTTP/1.1 server of a handler; it does not listen yet. */
export function createMockServer(handler: Handler): Server {
  const { clock } = handler;
  const connections = createConnections();
  const date = createDates(clock.epochMs);
  const finish = (response: ServerResponse, outcome: Outcome): void => {
    const { answer, end } = outcome;
    if (answer === null) {
      cutConnection(response, end);
      return;
    }
    if (response.destroyed) return;
    const headers = wireHeaders(answer, outcome.rate, date());
    if (end === "answer") {
      send(response, answer, headers);
      return;
    }
    const { status, body } = answer;
    void sendSpoiled(response, { status, headers, body }, { end, pause: () => clock.sleep(outcome.pauseMs) });
  };
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (message, response) => {
    const connection = connections.began(message.socket);
    const end = (outcome: Outcome): void => {
      finish(response, outcome);
      connections.ended(connection);
    };
    readBody(message, (body) => {
      const request = toRequest(message, response, { body: body ?? EMPTY, connection });
      if (body === null) end(handler.refuseLarge(request));
      else void andThen(handler.handle(request), end);
    });
  });
  server.on("clientError", answerGarbage);
  return server;
}
