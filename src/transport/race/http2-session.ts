import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import type { TLSSocket } from "node:tls";
import { FrameGate } from "./frame-gate.js";

/** A server that agreed on HTTP/2 and then did not speak it. */
export class Http2Refused extends Error {
  override readonly name = "Http2Refused";
  readonly code = "ERR_HTTP2_REFUSED";
}

/** One HTTP/2 connection whose final frames can be kept back. */
export interface RaceSession {
  readonly session: ClientHttp2Session;
  readonly gate: FrameGate;
  /** How many requests the server takes at once. */
  readonly maxStreams: number;
  /** Round trips of a few pings, in ms. */
  readonly roundTripsMs: readonly number[];
}

const SETTINGS_LIMIT_MS = 5_000;
const PING_LIMIT_MS = 2_000;
const PINGS = 4;
/** Node takes 100 where the server names no limit, and ends sessions that hold over 10 MB. */
const LIMITS = { peerMaxConcurrentStreams: 2 ** 31 - 1, maxSessionMemory: 1_000 } as const;

/** True where requests can still be started. */
export function isOpen({ session }: RaceSession): boolean {
  return !session.closed && !session.destroyed;
}

/** Measures one round trip, in ms; null where no answer came in time. The answer comes after all that was sent before. */
export function ping(session: ClientHttp2Session): Promise<number | null> {
  return new Promise((resolve) => {
    if (session.closed || session.destroyed) return resolve(null);
    const timer = setTimeout(() => resolve(null), PING_LIMIT_MS);
    const sent = session.ping((error, durationMs) => {
      clearTimeout(timer);
      resolve(error === null ? durationMs : null);
    });
    if (!sent) {
      clearTimeout(timer);
      resolve(null);
    }
  });
}

function settled(session: ClientHttp2Session): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (why: string): void => {
      session.destroy();
      reject(new Http2Refused(`it agreed on HTTP/2 and then ${why}`));
    };
    const timer = setTimeout(() => refuse("did not begin to speak it"), SETTINGS_LIMIT_MS);
    session.once("remoteSettings", ({ maxConcurrentStreams = Number.POSITIVE_INFINITY }) => {
      clearTimeout(timer);
      if (maxConcurrentStreams === 0) refuse("allowed no request at all");
      else resolve(maxConcurrentStreams);
    });
    session.once("close", () => {
      clearTimeout(timer);
      refuse("closed the connection");
    });
  });
}

/**
 * Starts HTTP/2 on a connection that agreed on it.
 *
 * @throws Http2Refused where the server does not really speak it
 */
export async function openSession(socket: TLSSocket, server: URL): Promise<RaceSession> {
  const gate = new FrameGate(socket);
  const session = connect(server.origin, {
    createConnection: () => gate,
    settings: { enablePush: false },
    ...LIMITS,
  });
  // Whatever ends a session ends its requests, and these tell.
  session.on("error", () => undefined);
  const maxStreams = await settled(session);
  const roundTripsMs: number[] = [];
  for (let index = 0; index < PINGS; index++) {
    const durationMs = await ping(session);
    if (durationMs === null) break;
    roundTripsMs.push(durationMs);
  }
  if (!isOpen({ session, gate, maxStreams, roundTripsMs })) {
    throw new Http2Refused("it agreed on HTTP/2 and then closed the connection");
  }
  return { session, gate, maxStreams, roundTripsMs };
}

/**
 * Gives an error of http2-wrapper, which only says that the request came to nothing, the code of what really happened.
 */
export function nameCause(error: Error, stream: ClientHttp2Stream, { session, gate }: RaceSession): void {
  const bare: Error & { code?: unknown } = error;
  if (typeof bare.code === "string") return;
  const lost = gate.destroyed || session.destroyed;
  bare.code = lost ? "ECONNRESET" : "ERR_HTTP2_STREAM_ERROR";
  if (!lost) bare.message = `Stream closed with error code ${stream.rstCode ?? 0}`;
}
