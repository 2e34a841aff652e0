import { Agent, type ClientRequest, request as startRequest } from "node:http";
import type { Socket } from "node:net";
import type { HeaderList } from "../core/http.js";
import { requestTarget, type Way } from "../transport/way.js";
import { pairsOf } from "./end-to-end.js";
import type { RequestHead } from "./record.js";
import type { UpstreamConnection, UpstreamListener, UpstreamRequest } from "./upstream-connection.js";

/** Keeps one connection that stands already, and makes no other. */
class StandingAgent extends Agent {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super({ keepAlive: true, maxSockets: 1 });
    this.#socket = socket;
  }

  override createConnection(): Socket {
    return this.#socket;
  }
}

function connectionLines({ last, takesTrailers, chunked }: RequestHead): HeaderList {
  const kept = last ? "close" : "keep-alive";
  return [
    ...(chunked ? ([["Transfer-Encoding", "chunked"]] as const) : []),
    ...(takesTrailers ? ([["TE", "trailers"]] as const) : []),
    ["Connection", takesTrailers ? `${kept}, TE` : kept],
  ];
}

/** All lines of a request as they stand on the wire, flat: so Node keeps their order and adds none of its own. Pure. */
function wireLines(head: RequestHead, way: Way): string[] {
  const flat: string[] = [];
  for (const lines of [head.headers, way.headers, connectionLines(head)])
    for (const [name, value] of lines) flat.push(name, value);
  return flat;
}

/** The path stays as the client wrote it; a proxy is asked for the whole URL. */
function targetOf({ path }: RequestHead, way: Way): string {
  return way.proxy !== null && !way.tunnelled
    ? `${requestTarget(way, new URL("/", way.server)).slice(0, -1)}${path}`
    : path;
}

function listen(request: ClientRequest, { onInterim, onAnswer, onSent, onBroken }: UpstreamListener): void {
  request.on("information", (info) => onInterim(info.statusCode, pairsOf(info.rawHeaders)));
  request.on("response", (message) =>
    onAnswer({
      status: message.statusCode ?? 0,
      reason: message.statusMessage ?? "",
      httpVersion: message.httpVersion,
      headers: pairsOf(message.rawHeaders),
      body: message,
      // Node emits no `end` where it was cut.
      cut: () => null,
      trailers: () => pairsOf(message.rawTrailers),
    }),
  );
  request.on("finish", onSent);
  request.on("error", onBroken);
}

/** Speaks HTTP/1.1 on a connection that stands. */
export function openHttp1(socket: Socket, way: Way): UpstreamConnection {
  const agent = new StandingAgent(socket);
  const destroy = (): void => {
    agent.destroy();
    socket.destroy();
  };
  return {
    isOpen: () => !socket.destroyed && socket.writable && !socket.readableEnded,
    start: (head, listener): UpstreamRequest => {
      const request = startRequest({
        agent,
        method: head.method,
        path: targetOf(head, way),
        headers: wireLines(head, way),
      });
      listen(request, listener);
      return {
        body: request,
        // Node writes a head that it flushes as UTF-8, one with bytes behind it as it came.
        flush: () => void request.write(new Uint8Array()),
        trailers: (lines) => request.addTrailers([...lines] as [string, string][]),
        destroy: () => {
          request.destroy();
          destroy();
        },
      };
    },
    onClose: (closed) => void socket.once("close", closed),
    destroy,
  };
}
