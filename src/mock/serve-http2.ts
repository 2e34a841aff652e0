import type { IncomingHttpHeaders } from "node:http";
import {
  type IncomingHttpHeaders as IncomingHttp2Headers,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { TLSSocket } from "node:tls";
import { createLanes } from "./connections.js";
import type { Exchange, ServeContext } from "./exchange.js";
import { headerBytes, requestHeaders } from "./http2-headers.js";
import { createHttp2Wire, sendEarlyOnStream, sendOnStream } from "./http2-wire.js";
import type { OpenSocket } from "./open-sockets.js";
import type { ServerLimits } from "./server-limits.js";

/** RFC 9110, 10.1.1: the one expectation that there is, found as Node's HTTP/1.1 finds it. */
const CONTINUE = /(?:^|\W)100-continue(?:$|\W)/i;

/** Each field counts 32 bytes besides its text (RFC 9113, 6.5.2). */
const FIELD_OVERHEAD_BYTES = 32;

/**
 * What keeps a session from taking more than its share, besides the limits given here: 1000 invalid frames or 100 refused
 * streams end it (node:http2), and so do 1000 resets beyond 33 a second, 8 continuations of one header block and 1000
 * acknowledgements that wait to be sent (nghttp2).
 */
function startSession(socket: TLSSocket, limits: ServerLimits): ServerHttp2Session {
  return performServerHandshake(socket, {
    maxSessionMemory: limits.sessionMegabytes,
    maxHeaderListPairs: limits.streamHeaderBytes / FIELD_OVERHEAD_BYTES,
    settings: { maxConcurrentStreams: limits.streams, maxHeaderListSize: limits.streamHeaderBytes },
  });
}

/** Ends a session on which nothing happens; one that waits for this server's answer goes on. */
function watchIdling(session: ServerHttp2Session, open: OpenSocket, idleMs: number): void {
  session.on("timeout", () => {
    if (open.working === 0) {
      if (session.closed) session.destroy();
      else session.close();
    }
    if (!session.destroyed) session.setTimeout(idleMs);
  });
  session.setTimeout(idleMs);
}

function refuse(stream: ServerHttp2Stream, status: number, limits: ServerLimits): void {
  if (stream.destroyed || stream.closed || stream.headersSent) return;
  const answer = { status, headers: ["Content-Length", "0"], body: "" };
  if (stream.endAfterHeaders) sendOnStream(stream, answer);
  else sendEarlyOnStream(stream, answer, limits);
}

/** A body that takes too long is not waited for. */
function limitTime(stream: ServerHttp2Stream, limits: ServerLimits): void {
  const timer = setTimeout(() => refuse(stream, 408, limits), limits.requestMs).unref();
  const stop = (): void => clearTimeout(timer);
  stream.once("end", stop);
  stream.once("close", stop);
}

/** The status that a request gets for its header fields alone; null where they are in order. */
function refusedStatus(
  headers: IncomingHttpHeaders,
  method: string | undefined,
  sizes: { readonly found: number; readonly most: number },
): number | null {
  // This is no proxy.
  if (method === "CONNECT") return 405;
  if (sizes.found > sizes.most) return 431;
  return headers.expect === undefined || CONTINUE.test(headers.expect) ? null : 417;
}

/** Takes the requests of one connection over HTTP/2. `socket` has agreed on it by ALPN. */
export function serveHttp2(socket: TLSSocket, open: OpenSocket, context: ServeContext): void {
  const { serve, abandon, connections, bodies, limits } = context;
  const session = startSession(socket, limits);
  const wire = createHttp2Wire(limits);
  const lane = createLanes(connections);
  open.leave = () => session.close();
  watchIdling(session, open, limits.idleMs);
  // A client that broke the protocol has been told so; its session is over.
  session.on("error", () => session.destroy());

  const begin = (
    stream: ServerHttp2Stream,
    own: IncomingHttp2Headers,
    headers: IncomingHttpHeaders,
  ): void => {
    const declared = headers["content-length"];
    const hasBody = !stream.endAfterHeaders;
    if (hasBody) limitTime(stream, limits);
    const waits = headers.expect !== undefined && !bodies.isTooLarge(declared);
    if (waits) stream.additionalHeaders({ ":status": 100 });
    const { ":method": method = "GET", ":path": target = "/" } = own;
    const exchange: Exchange<ServerHttp2Stream> = {
      wire,
      response: stream,
      method,
      target,
      headers,
      source: stream,
      hasBody,
      declared,
      connection: lane(),
      open,
      stage: "receiving",
      isControl: false,
    };
    // To Node a reset with NO_ERROR is also an end of the body; that of a request that is over is not looked at.
    stream.once("aborted", () => abandon(exchange));
    stream.once("close", () => abandon(exchange));
    serve(exchange);
  };
  session.on(
    "stream",
    (stream: ServerHttp2Stream, own: IncomingHttp2Headers, _flags: number, fields: readonly string[]) => {
      // A client's reset is an error to Node; what it means here is told by `aborted` and `close`.
      stream.on("error", () => {});
      // It may have come together with the request.
      if (stream.destroyed || stream.closed) return;
      const headers = requestHeaders(fields);
      const sizes = { found: headerBytes(fields), most: limits.headerBytes };
      const status = refusedStatus(headers, own[":method"], sizes);
      if (status === null) begin(stream, own, headers);
      else refuse(stream, status, limits);
    },
  );
}
