import {
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createIdleWatch, type WatchIdling } from "./close-idle.js";
import type { ServedConnection } from "./connections.js";
import type { ServeContext, Wire, WireAnswer } from "./exchange.js";
import { Http1Request } from "./http1-request.js";
import type { OpenSocket } from "./open-sockets.js";
import { drain } from "./read-body.js";
import { createRefuseBytes } from "./refuse-bytes.js";
import { sendableHeaders } from "./sendable-headers.js";
import type { ServerLimits } from "./server-limits.js";
import { cutConnection, sendSpoiled } from "./wire-faults.js";

/** What one socket carries. */
interface Line {
  readonly open: OpenSocket;
  readonly connection: ServedConnection;
  /** The answer that goes out last, as far as requests have come. */
  newest: ServerResponse;
  /** Requests that wait for the one before them. */
  waiting: number;
  isPaused: boolean;
}

/** How far apart Node looks for requests that take too long, as a part of the shortest time that it grants. */
const CHECKS_PER_TIME_OUT = 4;

/** A client that vanished without a word is found out by TCP, after a minute and what the system takes then. */
const TCP_KEEP_ALIVE_MS = 60_000;

/** The limits as Node's servers take them. Pure. */
export function http1Options(limits: ServerLimits): ServerOptions<typeof Http1Request> {
  return {
    IncomingMessage: Http1Request,
    maxHeaderSize: limits.headerBytes,
    headersTimeout: Math.min(limits.headersMs, limits.requestMs),
    requestTimeout: limits.requestMs,
    // See createIdleWatch.
    keepAliveTimeout: 0,
    connectionsCheckingInterval: Math.ceil(limits.headersMs / CHECKS_PER_TIME_OUT),
    keepAlive: true,
    keepAliveInitialDelay: TCP_KEEP_ALIVE_MS,
  };
}

const CLOSE = ["Connection", "close"];

/** Mostly all of them can be sent as they are: they are looked at only where Node says no. */
function writeHead(response: ServerResponse, status: number, headers: string[]): void {
  response.sendDate = false;
  try {
    response.writeHead(status, headers);
  } catch {
    response.writeHead(status, sendableHeaders(headers));
  }
}

/**
 * Sends an answer as one text, and tells Node that it is out, as its own way of answering does in the end; so Node keeps
 * the turns of the connection. That way looks at each header anew and ends a stream, a tenth of what a bare server costs
 * (Node 20, 2026-11-22). False: the answer has to take it.
 */
function sendInOnePiece(response: ServerResponse, answer: WireAnswer, closing: string): boolean {
  const { socket, req } = response;
  if (socket?.writable !== true || req.method === "HEAD") return false;
  const text = answer.text?.(closing) ?? null;
  if (text === null) return false;
  const { status } = answer;
  response.finished = true;
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "unknown"}\r\n${text}`, "latin1", (error) => {
    if (error === undefined || error === null) response.emit("finish");
  });
  return true;
}

function createHttp1Wire({ sockets, limits }: ServeContext): Wire<ServerResponse> {
  const timeOut = `timeout=${Math.floor(limits.idleMs / 1000)}`;
  const goesOn = ["Connection", "keep-alive", "Keep-Alive", timeOut];
  const goesOnText = `Connection: keep-alive\r\nKeep-Alive: ${timeOut}\r\n`;
  return {
    isGone: (response) => response.req.socket.destroyed,
    onGone: (response, listener) => {
      response.once("close", () => {
        if (!response.writableFinished) listener();
      });
    },
    send: (response, answer, isLast) => {
      const ends = isLast || !response.shouldKeepAlive;
      if (!ends && sendInOnePiece(response, answer, goesOnText)) return;
      const { status, headers, body } = answer;
      writeHead(response, status, [...headers, ...(ends ? CLOSE : goesOn)]);
      response.end(body);
    },
    // The answer is whole by its length; it is ended later, since Node closes the connection then and a client that is
    // still sending would see a reset instead of the answer.
    sendEarly: (response, { status, headers, body }, done) => {
      writeHead(response, status, [...headers, ...CLOSE]);
      response.write(body);
      drain(response.req, limits, () => {
        response.end();
        done();
      });
    },
    spoil: sendSpoiled,
    cut: (response, end) => {
      const open = sockets.of(response.req.socket);
      if (open !== undefined) cutConnection(response, open.tcp, end);
    },
  };
}

/** RFC 9110, 10.1.1: an expectation that nobody can meet. Node would send the same, but keep the connection. */
function refuseExpectation(_message: IncomingMessage, response: ServerResponse): void {
  response.writeHead(417, ["Content-Length", "0", ...CLOSE]);
  response.end();
}

/** This is no proxy. Node would hang up without a word. */
function refuseTunnel(_message: IncomingMessage, socket: Duplex): void {
  socket.on("error", () => socket.destroy());
  socket.end("HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", () =>
    socket.destroy(),
  );
}

/** Finds what a socket carries; null where the client has gone already. */
type LineOf = (socket: Socket, response: ServerResponse) => Line | null;

function createLines(
  { sockets, connections }: ServeContext,
  lines: WeakMap<Socket, Line>,
  watch: WatchIdling,
): LineOf {
  return (socket, response) => {
    const known = lines.get(socket);
    if (known !== undefined) return known;
    const open = sockets.of(socket);
    if (open === undefined) return null;
    const connection = connections.open();
    const line: Line = { open, connection, newest: response, waiting: 0, isPaused: false };
    lines.set(socket, line);
    socket.once("close", () => connections.closed(connection));
    watch(open, socket);
    return line;
  };
}

/**
 * Calls `begin` when it is a request's turn, which it was not when it came: pipelined requests are worked off in their
 * order, each after the answer to the one before it, and of too many the rest is left unread.
 */
function waitForTurn(
  line: Line,
  response: ServerResponse,
  how: { readonly before: ServerResponse; readonly most: number; readonly begin: () => void },
): void {
  const { socket } = response.req;
  line.waiting += 1;
  if (line.waiting === how.most) {
    line.isPaused = true;
    socket.pause();
  }
  how.before.once("close", () => {
    line.waiting -= 1;
    if (line.isPaused && line.waiting === 0) {
      line.isPaused = false;
      socket.resume();
    }
    if (response.socket !== null && !socket.destroyed) how.begin();
  });
}

/** Takes the requests of a server over HTTP/1.1. */
export function serveHttp1(server: Server, context: ServeContext): void {
  const { serve, bodies, limits, warn } = context;
  const wire = createHttp1Wire(context);
  const lines = new WeakMap<Socket, Line>();
  const idle = createIdleWatch(limits.idleMs);
  const lineOf = createLines(context, lines, idle.watch);
  const refuseBytes = createRefuseBytes(limits.lingerMs, warn);

  const begin = (message: IncomingMessage, response: ServerResponse, { open, connection }: Line): void => {
    const { headers } = message;
    const declared = headers["content-length"];
    serve({
      wire,
      response,
      method: message.method ?? "GET",
      target: message.url ?? "/",
      headers,
      source: message,
      hasBody: declared !== undefined || headers["transfer-encoding"] !== undefined,
      declared,
      connection,
      open,
      stage: "receiving",
      isControl: false,
    });
  };
  const take = (message: IncomingMessage, response: ServerResponse): void => {
    const line = lineOf(message.socket, response);
    if (line === null) return;
    const before = line.newest;
    line.newest = response;
    if (response.socket !== null) begin(message, response, line);
    else
      waitForTurn(line, response, {
        before,
        most: limits.pipelined,
        begin: () => begin(message, response, line),
      });
  };

  // By default Node drops the 2001st field and those after it without a word. How many fit is the size's business.
  server.maxHeadersCount = 0;
  server.on("close", idle.stop);
  server.on("request", take);
  server.on("checkContinue", (message: IncomingMessage, response: ServerResponse) => {
    if (!bodies.isTooLarge(message.headers["content-length"])) response.writeContinue();
    take(message, response);
  });
  server.on("checkExpectation", refuseExpectation);
  server.on("connect", refuseTunnel);
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) =>
    refuseBytes(error, socket, lines.get(socket)?.newest ?? null),
  );
}
