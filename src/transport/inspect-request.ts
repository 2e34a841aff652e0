import type { FailurePhase } from "../core/failure.js";
import type { FailedOutcome, OutgoingRequest } from "./outcome.js";

/** Why a request cannot be sent at all: nothing was tried. */
export interface Refusal {
  readonly code: string;
  /** The end of a sentence. */
  readonly message: string;
}

function parsedUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** Reads the URL and says what is wrong with the request before anything is tried. Pure. */
export function inspectRequest(request: OutgoingRequest): URL | Refusal {
  const url = parsedUrl(request.url);
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

/** A request that never left. `startMs` and `endMs` are on the transport's clock. Pure. */
export function unsent(
  phase: FailurePhase,
  { code, message }: Refusal,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): FailedOutcome {
  const whole = phase === "refused" ? `the request was not sent: ${message}` : message;
  const timings = { startMs, sentMs: null, releasedMs: null, firstByteMs: null, endMs };
  return { kind: "failed", code, phase, message: whole, timings };
}
