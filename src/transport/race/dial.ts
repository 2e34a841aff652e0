import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectSecure, type TLSSocket } from "node:tls";
import { ADDRESS_OPTIONS, endpointOf, hostOf } from "../addresses.js";
import { TunnelRefused } from "../explain-failure.js";
import { proxyCredentials } from "../proxy.js";
import type { Trust } from "../trust.js";
import type { Way } from "../way.js";

/** How a connection is made. */
export interface Dialling {
  readonly way: Way;
  readonly trust: Trust;
  /** Aborted when every connection that was made with it is of no use any more. */
  readonly closing: AbortSignal;
  readonly close: () => void;
  /** How long a connection may take to stand, where that is less than 10 s. */
  readonly limitMs?: number;
}

/** A connection that stands. */
export interface Dialled {
  readonly socket: Socket;
  /** What one round trip took while connecting; null where only a proxy's is known. */
  readonly roundTripMs: number | null;
}

/** Where nobody says otherwise. */
const LONGEST_CONNECT_MS = 10_000;

function timedOut(): Error {
  return Object.assign(new Error("no connection in time"), { code: "ETIMEDOUT" });
}

function hungUp(): Error {
  return Object.assign(new Error("the connection was closed"), { code: "ECONNRESET" });
}

/** What ties each connection to the end of its race. */
const ties = new WeakMap<Socket, () => void>();

/** The connection is of use to nobody once its race is over. */
function endWith<S extends Socket>(socket: S, closing: AbortSignal): S {
  const end = (): void => void socket.destroy();
  const untie = (): void => closing.removeEventListener("abort", end);
  socket.on("error", () => undefined);
  if (closing.aborted) end();
  closing.addEventListener("abort", end, { once: true });
  socket.once("close", untie);
  ties.set(socket, untie);
  return socket;
}

function whenReady<S extends Socket>(
  socket: S,
  event: "connect" | "secureConnect",
  limitMs: number,
): Promise<S> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(timedOut()), limitMs);
    socket.once(event, () => {
      clearTimeout(timer);
      resolve(socket);
    });
    socket.once("error", reject);
    socket.once("close", () => {
      clearTimeout(timer);
      reject(hungUp());
    });
  });
}

async function dialDirectly(
  server: URL,
  { closing, limitMs = LONGEST_CONNECT_MS }: Pick<Dialling, "closing" | "limitMs">,
): Promise<Dialled> {
  const startMs = performance.now();
  const socket = connectPlain({ ...endpointOf(server), ...ADDRESS_OPTIONS, noDelay: true, keepAlive: true });
  await whenReady(endWith(socket, closing), "connect", limitMs);
  return { socket, roundTripMs: performance.now() - startMs };
}

function tunnelHeaders(proxy: URL, target: string): Record<string, string> {
  const credentials = proxyCredentials(proxy);
  const host = { Host: target, "Proxy-Connection": "Keep-Alive" };
  if (credentials === null) return host;
  return { ...host, "Proxy-Authorization": `Basic ${Buffer.from(credentials).toString("base64")}` };
}

function dialThrough(
  proxy: URL,
  { way, trust, closing, limitMs = LONGEST_CONNECT_MS }: Dialling,
): Promise<Dialled> {
  const secureContext = trust.contextFor(null);
  const start = proxy.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const asking = start({
      ...endpointOf(proxy),
      ...ADDRESS_OPTIONS,
      method: "CONNECT",
      path: way.target,
      headers: tunnelHeaders(proxy, way.target),
      agent: false,
      signal: closing,
      rejectUnauthorized: true,
      ...(secureContext === undefined ? {} : { secureContext }),
    });
    const timer = setTimeout(() => asking.destroy(timedOut()), limitMs);
    asking.once("connect", (answer, socket: Socket, early: Buffer) => {
      clearTimeout(timer);
      endWith(socket, closing);
      if (answer.statusCode !== 200) {
        socket.destroy();
        reject(new TunnelRefused(answer.statusCode ?? 0));
        return;
      }
      if (early.length > 0) socket.unshift(early);
      socket.setNoDelay(true);
      resolve({ socket, roundTripMs: null });
    });
    asking.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    asking.end();
  });
}

/** Makes the connection on which a way begins: to the server, to a proxy, or through a proxy's tunnel. */
export function dial(dialling: Dialling): Promise<Dialled> {
  const { way } = dialling;
  if (way.proxy === null) return dialDirectly(way.server, dialling);
  if (way.tunnelled) return dialThrough(way.proxy, dialling);
  return dialProxy(way.proxy, dialling);
}

/** A proxy that is asked for whole URLs. */
async function dialProxy(proxy: URL, dialling: Dialling): Promise<Dialled> {
  const { socket } = await dialDirectly(proxy, dialling);
  const secured = proxy.protocol === "https:" ? await secureAs(proxy, socket, dialling, []) : socket;
  return { socket: secured, roundTripMs: null };
}

/**
 * From here on the connection belongs to TLS and must be ended through it only: to destroy both kills the process (a fault
 * in Node 20's native code).
 */
async function secureAs(
  peer: URL,
  socket: Socket,
  { trust, way, closing, limitMs = LONGEST_CONNECT_MS }: Dialling,
  protocols: readonly string[],
): Promise<TLSSocket> {
  const host = hostOf(peer);
  const secureContext = trust.contextFor(peer === way.proxy ? null : peer);
  if (socket.destroyed) throw hungUp();
  ties.get(socket)?.();
  const secured = connectSecure({
    socket,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(protocols.length === 0 ? {} : { ALPNProtocols: [...protocols] }),
    // Said aloud, because NODE_TLS_REJECT_UNAUTHORIZED=0 would otherwise switch verification off.
    rejectUnauthorized: true,
    ...(secureContext === undefined ? {} : { secureContext }),
  });
  return whenReady(endWith(secured, closing), "secureConnect", limitMs);
}

/** Starts TLS with the way's server on a connection, offering these protocols (ALPN); none, as `send` does: HTTP/1.1. */
export function secure(socket: Socket, dialling: Dialling, protocols: readonly string[]): Promise<TLSSocket> {
  return secureAs(dialling.way.server, socket, dialling, protocols);
}
