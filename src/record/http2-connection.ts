import { STATUS_CODES } from "node:http";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http2";
import type { TLSSocket } from "node:tls";
import type { HeaderList } from "../core/http.js";
import type { Way } from "../transport/way.js";
import { pairsOf } from "./end-to-end.js";
import type { RequestHead } from "./record.js";
import type { UpstreamConnection, UpstreamListener, UpstreamRequest } from "./upstream-connection.js";

/** Node takes 100 where the server names no limit, and ends sessions that hold over 10 MB. */
const LIMITS = { peerMaxConcurrentStreams: 2 ** 31 - 1, maxSessionMemory: 1_000 } as const;

/** Names in lower case; those that come several times are put together, in their order. Pure. */
function grouped(lines: HeaderList): OutgoingHttpHeaders {
  const fields: Record<string, string[]> = Object.create(null);
  for (const [name, value] of lines) {
    const lower = name.toLowerCase();
    const values = fields[lower];
    if (values === undefined) fields[lower] = [value];
    else values.push(value);
  }
  return Object.fromEntries(
    Object.entries(fields).map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  );
}

function fieldsOf(head: RequestHead, { server }: Way): OutgoingHttpHeaders {
  const lines = head.headers.filter(([name]) => name.toLowerCase() !== "host");
  return {
    ":method": head.method,
    ":scheme": server.protocol.slice(0, -1),
    ":authority": server.host,
    ":path": head.path,
    ...grouped(lines),
    ...(head.takesTrailers ? { te: "trailers" } : {}),
  };
}

function withoutPseudo(raw: readonly string[]): HeaderList {
  return pairsOf(raw).filter(([name]) => !name.startsWith(":"));
}

/** Node gives the lines as they came in a third argument that its own types leave out. */
type RawListener = (fields: IncomingHttpHeaders, flags: number, raw: readonly string[]) => void;

/** A stream that was ended without saying what for. */
function cutOff(stream: ClientHttp2Stream, session: ClientHttp2Session): Error {
  if (session.destroyed || session.closed)
    return Object.assign(new Error("the connection was closed"), { code: "ECONNRESET" });
  const message = `Stream closed with error code ${stream.rstCode ?? 0}`;
  return Object.assign(new Error(message), { code: "ERR_HTTP2_STREAM_ERROR" });
}

function listen(stream: ClientHttp2Stream, session: ClientHttp2Session, listener: UpstreamListener): void {
  let trailers: HeaderList = [];
  let answered = false;
  const onTrailers: RawListener = (_fields, _flags, raw) => {
    trailers = withoutPseudo(raw);
  };
  const onInterim: RawListener = (fields, _flags, raw) =>
    listener.onInterim(Number(fields[":status"]), withoutPseudo(raw));
  const onAnswer: RawListener = (fields, _flags, raw) => {
    answered = true;
    const status = Number(fields[":status"]);
    listener.onAnswer({
      status,
      reason: STATUS_CODES[status] ?? "",
      httpVersion: "2.0",
      headers: withoutPseudo(raw),
      body: stream,
      // Node emits `end` for a stream that was reset, too.
      cut: () => (stream.rstCode === 0 ? null : cutOff(stream, session)),
      trailers: () => trailers,
    });
  };
  stream.on("headers", onInterim);
  stream.on("trailers", onTrailers);
  stream.on("response", onAnswer);
  stream.on("finish", listener.onSent);
  stream.on("error", listener.onBroken);
  stream.on("close", () => {
    if (!answered) listener.onBroken(cutOff(stream, session));
  });
}

/** Speaks HTTP/2 on a connection that agreed on it. */
export function openHttp2(socket: TLSSocket, way: Way): UpstreamConnection {
  const session = connect(way.server.origin, {
    createConnection: () => socket,
    settings: { enablePush: false },
    ...LIMITS,
  });
  // Whatever ends a session ends its requests, and these tell.
  session.on("error", () => undefined);
  return {
    isOpen: () => !session.closed && !session.destroyed,
    start: (head, listener): UpstreamRequest => {
      let last: HeaderList = [];
      const stream = session.request(fieldsOf(head, way), {
        endStream: head.bodiless,
        waitForTrailers: head.chunked,
      });
      stream.on("wantTrailers", () => stream.sendTrailers(grouped(last)));
      listen(stream, session, listener);
      return {
        body: stream,
        flush: () => {},
        trailers: (lines) => {
          last = lines;
        },
        destroy: () => {
          stream.destroy();
          session.destroy();
        },
      };
    },
    onClose: (closed) => void session.once("close", closed),
    destroy: () => session.destroy(),
  };
}
