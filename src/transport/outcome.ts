import type { FailurePhase } from "../core/failure.js";
import type { HeaderList } from "../core/http.js";

/** One request, ready to send. Nothing is added to it but what HTTP itself needs (host, content-length, connection). */
export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array | null;
  readonly timeoutMs: number;
  /** Hang up on purpose: once the request is handed to the system, or so many ms after the start; null: never. */
  readonly abort: "sent" | number | null;
}

/** What the sender is told while a request travels. */
export interface SendObserver {
  /**
   * Called exactly once per `send`, whatever comes of it, before a connection is asked for: with the header lines as
   * they will stand on the wire. Where it throws, nothing is sent and `send` rejects with that error.
   */
  readonly onRequest: (wire: { readonly headers: HeaderList; readonly startMs: number }) => void;
}

/** Milliseconds on the transport's clock. */
export interface SendTimings {
  readonly startMs: number;
  /** When the last byte was handed to the system; null if it never was. */
  readonly sentMs: number | null;
  /** When the last byte, kept back for a race, was let go; null outside races and where it never was. */
  readonly releasedMs: number | null;
  /** First byte of the answer proper, past any informational (1xx) ones. */
  readonly firstByteMs: number | null;
  readonly endMs: number;
}

/** An answer, whatever its status. */
export interface AnsweredOutcome {
  readonly kind: "response";
  readonly status: number;
  /** `1.1`, `1.0` or `2.0`. */
  readonly httpVersion: string;
  readonly headers: HeaderList;
  /** Decompressed; at most the cap. */
  readonly body: Uint8Array;
  readonly truncated: boolean;
  readonly timings: SendTimings;
}

/** No answer: why, and how far the request got. */
export interface FailedOutcome {
  readonly kind: "failed";
  /**
   * The system's or Node's own code (ECONNREFUSED, ENOTFOUND, ECONNRESET, HPE_..., ERR_HTTP2_..., a TLS code), or one
   * of ETIMEDOUT (phase timeout), ECONNABORTED (gcidem hung up), ERR_BODY_LENGTH, ERR_BODY_ENCODING, ERR_UPGRADE,
   * ERR_PROXY, and for what is refused before anything is tried ERR_INVALID_....
   */
  readonly code: string;
  readonly phase: FailurePhase;
  /** One plain sentence, safe to print on one line. */
  readonly message: string;
  readonly timings: SendTimings;
}

/** What came of one request. A failure is data, never an exception. */
export type Outcome = AnsweredOutcome | FailedOutcome;
