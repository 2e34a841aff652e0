import { X509Certificate } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { GcidemError } from "../core/errors.js";
import type { FailurePhase } from "../core/failure.js";
import { openConnections } from "./connections.js";
import { Flight, type OpenStream } from "./flight.js";
import type { FailedOutcome, Outcome, OutgoingRequest, Transport, TransportOptions } from "./transport.js";
import { wireHeaders } from "./wire-headers.js";

const INTERRUPTED = "the run was interrupted before the request was sent";
const DEFAULT_MAX_BODY_BYTES = 10 * 1024 * 1024;

/**
 * got, tamed: no retry, no redirect, no exception for a status, no decompression behind our back. It takes 40 ms to
 * load even when bundled (Nov 2026), so whoever sends nothing never loads it.
 */
async function loadGot(): Promise<OpenStream> {
  const { got } = await import("got");
  return got.extend({
    retry: { limit: 0 },
    throwHttpErrors: false,
    followRedirect: false,
    decompress: false,
    strictContentLength: false,
    allowGetBody: true,
  }).stream;
}

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

/** Why a request cannot be sent at all: nothing was tried. */
interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** Reads the URL and says what is wrong with the request before anything is tried. Pure. */
function inspect(request: OutgoingRequest): URL | Refusal {
  const url = URL.canParse(request.url) ? new URL(request.url) : null;
  if (url === null) return { code: "ERR_INVALID_URL", message: "the request's URL cannot be read" };
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return {
      code: "ERR_INVALID_PROTOCOL",
      message: `gcidem sends http:// and https:// requests, not ${url.protocol}//`,
    };
  }
  if (request.method === "CONNECT") {
    return {
      code: "ERR_INVALID_METHOD",
      message: "CONNECT asks a proxy for a tunnel; gcidem cannot send it as a step",
    };
  }
  if (request.method === "HEAD" && request.body !== null) {
    return { code: "ERR_INVALID_BODY", message: "a HEAD request cannot carry a body" };
  }
  return url;
}

function checkAuthorities(ca: string | undefined): void {
  if (ca === undefined) return;
  try {
    new X509Certificate(ca);
  } catch (cause) {
    throw new GcidemError(
      "usage",
      "the file given for certificate authorities holds no certificate in PEM form",
      {
        hint: "expected text that begins with -----BEGIN CERTIFICATE-----",
        cause,
      },
    );
  }
}

/**
 * Opens a transport. Nothing is connected before the first `send`.
 *
 * @throws GcidemError `usage` where `ca` is not a certificate in PEM form
 */
export function createTransport(options: TransportOptions): Transport {
  checkAuthorities(options.ca);
  const { clock } = options;
  const common = { clock, maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES };
  const connections = openConnections(options.env ?? {}, options.ca);
  const flights = new Set<Flight>();
  /** Origins whose last request over a kept connection was answered. */
  const keepers = new Set<string>();
  let loading: Promise<OpenStream> | null = null;
  let closed = false;

  const failed = (startMs: number, phase: FailurePhase, code: string, message: string): FailedOutcome => ({
    kind: "failed",
    code,
    phase,
    message,
    timings: { startMs, sentMs: null, releasedMs: null, firstByteMs: null, endMs: clock.nowMs() },
  });

  const send: Transport["send"] = async (request, observer, signal): Promise<Outcome> => {
    if (closed) throw new Error("this transport is closed");
    loading ??= loadGot();
    const openStream = await loading;
    const url = inspect(request);
    if (!(url instanceof URL)) {
      const startMs = clock.nowMs();
      observer?.onRequest({ headers: request.headers, startMs });
      return failed(startMs, "refused", url.code, `the request was not sent: ${url.message}`);
    }
    const route = await connections.routeTo(url);
    if (!keepers.has(url.origin)) await noticeClosings();
    const startMs = clock.nowMs();
    const headers = [...wireHeaders(request, url), ...("headers" in route ? route.headers : [])];
    observer?.onRequest({ headers, startMs });
    if ("problem" in route) return failed(startMs, "connect", "ERR_PROXY", route.problem);
    if (signal?.aborted === true || closed) {
      return failed(startMs, "aborted", "ECONNABORTED", INTERRUPTED);
    }
    const flight = new Flight({ ...common, request, url, headers, route, openStream, startMs, signal });
    flights.add(flight);
    const outcome = await flight.outcome;
    flights.delete(flight);
    if (flight.reusedConnection) keepers[outcome.kind === "response" ? "add" : "delete"](url.origin);
    return outcome;
  };

  const close = async (): Promise<void> => {
    closed = true;
    for (const flight of flights) flight.abort("the transport was closed");
    connections.close();
  };

  return { send, close };
}
