import { createServer, type Server } from "node:http";
import { Server as TcpServer } from "node:net";
import { createConnections } from "./connections.js";
import type { Handler, ServeContext } from "./exchange.js";
import { listenOn } from "./listen.js";
import type { Certificate } from "./mock.js";
import { createOpenSockets } from "./open-sockets.js";
import { createBodyReader } from "./read-body.js";
import { createServe } from "./serve-exchange.js";
import { http1Options, serveHttp1 } from "./serve-http1.js";
import { SERVER_LIMITS, type ServerLimits } from "./server-limits.js";

/** How a server serves. */
export interface MockServerOptions {
  /** Null: HTTP/1.1 without TLS. Otherwise HTTPS, with HTTP/2 for clients that offer it by ALPN. */
  readonly tls: Certificate | null;
  /** Names this server among those that share a store; default: none. */
  readonly owner?: string;
  /** Called with what an operator should know: bytes that were no request, a bug that ended an exchange. */
  readonly warn?: (warning: string) => void;
  /** Limits that differ from {@link SERVER_LIMITS}. */
  readonly limits?: Partial<ServerLimits>;
}

/** A server of the mock org. */
export interface MockServer {
  /**
   * Binds it; port 0 means any free one. Gives its origin, without a trailing slash.
   * @throws GcidemError `usage` where the port is taken, nothing can listen there, or the certificate cannot be used.
   */
  readonly listen: (host: string, port: number) => Promise<string>;
  /**
   * Takes no more connections, ends those that are idle, answers the requests whose header fields have come, and ends
   * what is left after `graceMs`. Resolves when all are gone.
   */
  readonly stop: (graceMs: number) => Promise<void>;
  /** Ends every connection at once, also while {@link stop} waits. Resolves when all are gone. */
  readonly close: () => Promise<void>;
}

/** Node's timers hold not quite 25 days; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function createContext(
  handler: Handler,
  options: MockServerOptions,
  isStopping: () => boolean,
): ServeContext {
  const limits = { ...SERVER_LIMITS, ...options.limits };
  const serving = {
    handler,
    connections: createConnections(options.owner),
    sockets: createOpenSockets(limits.connections),
    bodies: createBodyReader(limits),
    limits,
    isStopping,
    warn: options.warn ?? (() => {}),
  };
  return { ...serving, ...createServe(serving) };
}

async function createHttpServer(tls: Certificate | null, context: ServeContext): Promise<Server> {
  if (tls !== null) {
    // Loaded only here: HTTP/2 would cost each start without it some milliseconds.
    const { createTlsServer } = await import("./tls-server.js");
    return createTlsServer(tls, context);
  }
  const server = createServer(http1Options(context.limits));
  serveHttp1(server, context);
  return server;
}

/** Resolves once a server takes no more connections and its last one is gone. */
function drained(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // Not its own `close`, which ends connections whose answer is still being written.
    TcpServer.prototype.close.call(server, () => {
      // That stops Node's timer, too.
      server.close(() => resolve());
    });
  });
}

/** Makes the server of a handler; it does not listen yet. */
export function createMockServer(handler: Handler, options: MockServerOptions): MockServer {
  let server: Server | null = null;
  let gone: Promise<void> | null = null;
  const context = createContext(handler, options, () => gone !== null);
  const { sockets, warn } = context;
  const takeNoMore = (): Promise<void> => {
    gone ??= server === null ? Promise.resolve() : drained(server);
    return gone;
  };
  return {
    listen: async (host, port) => {
      const opened = await createHttpServer(options.tls, context);
      opened.on("connection", sockets.add);
      const authority = await listenOn(opened, host, port);
      server = opened;
      // Mostly: this process has no file descriptors left. The next connection may fare better.
      opened.on("error", (error: Error) => warn(`a connection could not be taken: ${error.message}`));
      return `${options.tls === null ? "http" : "https"}://${authority}`;
    },
    stop: async (graceMs) => {
      const all = takeNoMore();
      sockets.leaveAll();
      const timer = setTimeout(sockets.destroyAll, Math.min(graceMs, LONGEST_TIMER_MS));
      await all;
      clearTimeout(timer);
    },
    close: () => {
      const all = takeNoMore();
      sockets.destroyAll();
      return all;
    },
  };
}
