import { type ClientRequest, Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";

/**
 * Idle connections are given up before the server does it, since a request that meets a closing connection fails and
 * is never sent again behind the user's back. Gunicorn closes after 2 s without a word; most others wait 5 s or more.
 */
const IDLE_MS_WITHOUT_HINT = 1_500;
const LONGEST_IDLE_MS = 30_000;
const MARGIN_MS = 1_000;

/**
 * How long an idle connection may be kept, in ms, given the value of the answer's Keep-Alive header; 0: not at all.
 * Pure.
 */
export function idleLimitMs(keepAlive: string | undefined): number {
  const hint = /(?:^|[\s,;])timeout=(\d+)/i.exec(keepAlive ?? "")?.[1];
  if (hint === undefined) return IDLE_MS_WITHOUT_HINT;
  const hintMs = Number(hint) * 1_000;
  return Math.min(LONGEST_IDLE_MS, hintMs - Math.min(MARGIN_MS, hintMs / 2));
}

/** What each answered connection's server last said about keeping it; forgotten with the connection. */
const limits = new WeakMap<Duplex, number>();

/** Notes the Keep-Alive header of an answer, for when its connection becomes idle. */
export function noteKeepAlive(socket: Duplex, keepAlive: string | undefined): void {
  limits.set(socket, idleLimitMs(keepAlive));
}

/** Starts the clock of an idle connection; false where it must not be kept. */
export function parkSocket(socket: Duplex): boolean {
  const limitMs = limits.get(socket) ?? IDLE_MS_WITHOUT_HINT;
  if (socket instanceof Socket) socket.setTimeout(limitMs);
  return limitMs > 0;
}

/** Stops the clock of a connection that is used again: how long a request may take is not the connection's affair. */
export function wakeSocket(socket: Duplex): void {
  if (socket instanceof Socket) socket.setTimeout(0);
}

/** Keeps plain connections. */
export class KeepAliveHttpAgent extends HttpAgent {
  override keepSocketAlive(socket: Duplex): boolean {
    super.keepSocketAlive(socket);
    return parkSocket(socket);
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    super.reuseSocket(socket, request);
    wakeSocket(socket);
  }
}

/** Keeps TLS connections. */
export class KeepAliveHttpsAgent extends HttpsAgent {
  override keepSocketAlive(socket: Duplex): boolean {
    super.keepSocketAlive(socket);
    return parkSocket(socket);
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    super.reuseSocket(socket, request);
    wakeSocket(socket);
  }
}
