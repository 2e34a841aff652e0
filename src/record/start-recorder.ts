import { setMaxListeners } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Clock, realClock } from "../core/clock.js";
import { GcidemError } from "../core/errors.js";
import { isLoopbackHost } from "../core/loopback.js";
import type { Dialling } from "../transport/race/dial.js";
import { createTrust } from "../transport/trust.js";
import { wayTo } from "../transport/way.js";
import { ClientDoor } from "./client-door.js";
import type { Recorder, RecordOptions } from "./record.js";
import { openRecordingBook, type RecordingBook } from "./recording-book.js";

/** Room for a thousand clients that connect in the same instant; the system may allow less. */
const BACKLOG = 4_096;

function diallingOf({ upstream, env, ca }: RecordOptions, clock: Clock): Dialling {
  const way = wayTo(upstream, env);
  if ("problem" in way)
    throw new GcidemError("usage", `${upstream.origin} cannot be reached: ${way.problem}`);
  const trust = createTrust({ clock, env, ...(ca === null ? {} : { ca }) });
  const closing = new AbortController();
  // One for each connection: more than Node takes for a leak.
  setMaxListeners(0, closing.signal);
  return { way, trust, closing: closing.signal, close: () => closing.abort() };
}

const HINTS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another recording may be running there; --listen 127.0.0.1:0 takes any free port",
  EACCES: "ports below 1024 are kept for the system's own services: take a higher one",
  EADDRNOTAVAIL: "this machine has no such address",
};

function cannotListen({ host, port }: RecordOptions, error: NodeJS.ErrnoException): GcidemError {
  const why = error.code === "EADDRINUSE" ? "the port is taken" : error.message;
  const hint = HINTS[error.code ?? ""];
  return new GcidemError("usage", `cannot listen on ${host}:${port}: ${why}; nothing was recorded`, {
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}

function listen(server: Server, options: RecordOptions): Promise<number> {
  const { host, port } = options;
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(cannotListen(options, error)));
    server.listen({ host, port, backlog: BACKLOG }, () => resolve((server.address() as AddressInfo).port));
  });
}

/** The upstream may be this very recorder, which would ask itself without end. */
function checkNoLoop({ upstream }: RecordOptions, port: number): void {
  const upstreamPort = Number(upstream.port || (upstream.protocol === "https:" ? 443 : 80));
  if (!isLoopbackHost(upstream.hostname) || upstreamPort !== port) return;
  throw new GcidemError("usage", `--upstream ${upstream.origin} is where the recorder itself would listen`, {
    hint: "--upstream is the API's own address, --listen the recorder's",
  });
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function openBook(
  options: RecordOptions,
  clock: Clock,
  open: { server: Server; broken: AbortController },
): RecordingBook {
  try {
    return openRecordingBook(options, clock, (error) => open.broken.abort(error));
  } catch (error) {
    open.server.close();
    throw error;
  }
}

/**
 * Starts to pass requests on to an upstream and to record what passes. Owns a port, connections and an open journal. No
 * journal is begun where the port cannot be had.
 * @throws GcidemError `usage` for a port that is taken, a bad certificate or proxy; `output` where no journal can be written
 */
export async function startRecorder(options: RecordOptions, clock: Clock = realClock()): Promise<Recorder> {
  checkNoLoop(options, options.port);
  const dialling = diallingOf(options, clock);
  // How long a connection may idle is the upstream's to say: when it ends one, the client's ends too.
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 0, noDelay: true });
  const port = await listen(server, options);
  const broken = new AbortController();
  const book = openBook(options, clock, { server, broken });
  const { maxBodyBytes, onNote } = options;
  const door = new ClientDoor(server, {
    ...{ clock, way: dialling.way, book, maxBodyBytes, dialling, onNote },
  });
  return {
    url: urlOf(options.host, port),
    run: book.run,
    broken: broken.signal,
    stop: async (graceMs, signal) => {
      await door.close(graceMs, signal);
      dialling.close();
      book.close();
    },
  };
}
