import { setMaxListeners } from "node:events";
import { setImmediate } from "node:timers/promises";
import { openConnections } from "./connections.js";
import { Flight } from "./flight.js";
import { inspectRequest, unsent } from "./inspect-request.js";
import { loadGot, type OpenStream } from "./load-got.js";
import type { Outcome } from "./outcome.js";
import type { Transport, TransportOptions } from "./transport.js";
import { createTrust } from "./trust.js";
import { wireHeaders } from "./wire-headers.js";

const INTERRUPTED = "the run was interrupted before the request was sent";
const DEFAULT_MAX_BODY_BYTES = 10 * 1024 * 1024;

/**
 * Lets the event loop look twice at its sockets, so that a kept connection which the server has closed meanwhile is
 * seen closed and not used. Of 300 requests to a server that hangs up after each answer without saying so, 150 met the
 * closing connection without this and 9 with it (Nov 2026). It costs up to a tenth of a loopback request, so it is not done
 * for a server that has been seen to keep connections.
 */
async function noticeClosings(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

/**
 * Opens a transport. Nothing is connected before the first `send` or `openRace`.
 *
 * @throws GcidemError `usage` where `ca` or the client's certificate is not usable
 */
export function createTransport(options: TransportOptions): Transport {
  const { clock } = options;
  const maxBodyBytes = options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
  const env = options.env ?? {};
  const trust = createTrust(options);
  const connections = openConnections(env, trust);
  /** In a list, since a set makes a new table for each request of a long run. */
  const flights: Flight[] = [];
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  const raceContext = {
    clock,
    maxBodyBytes,
    env,
    trust,
    openFilesLimit: options.openFilesLimit,
    closing: closing.signal,
  };
  /** Origins whose last request over a kept connection was answered. */
  const keepers = new Set<string>();
  let loading: Promise<OpenStream> | null = null;
  let closed = false;

  const send: Transport["send"] = async (request, observer, signal): Promise<Outcome> => {
    if (closed) throw new Error("this transport is closed");
    loading ??= loadGot();
    const openStream = await loading;
    const url = inspectRequest(request);
    if (!(url instanceof URL)) {
      const startMs = clock.nowMs();
      observer?.onRequest({ headers: request.headers, startMs });
      return unsent("refused", url, { startMs, endMs: clock.nowMs() });
    }
    const route = await connections.routeTo(url);
    if (!keepers.has(url.origin)) await noticeClosings();
    const startMs = clock.nowMs();
    const headers = [...wireHeaders(request, url), ...("headers" in route ? route.headers : [])];
    observer?.onRequest({ headers, startMs });
    const fail = (phase: "connect" | "aborted", code: string, message: string): Outcome =>
      unsent(phase, { code, message }, { startMs, endMs: clock.nowMs() });
    if ("problem" in route) return fail("connect", "ERR_PROXY", route.problem);
    if (signal?.aborted === true || closed) return fail("aborted", "ECONNABORTED", INTERRUPTED);
    const job = { clock, maxBodyBytes, request, url, headers, route, openStream, startMs, signal };
    const flight = new Flight(job);
    flights.push(flight);
    const outcome = await flight.outcome;
    flights.splice(flights.indexOf(flight), 1);
    if (flight.reusedConnection) keepers[outcome.kind === "response" ? "add" : "delete"](url.origin);
    return outcome;
  };

  const openRace: Transport["openRace"] = async (race, signal) => {
    if (closed) throw new Error("this transport is closed");
    loading ??= loadGot();
    const [openStream, opening] = await Promise.all([loading, import("./race/open-race.js")]);
    return opening.openRace(race, { ...raceContext, openStream }, signal);
  };

  const close = async (): Promise<void> => {
    closed = true;
    closing.abort();
    for (const flight of flights) flight.abort("the transport was closed");
    connections.close();
  };

  return { send, openRace, close };
}
