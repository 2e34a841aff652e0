import type { Clock } from "../core/clock.js";
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
  /** Called once, before the first byte leaves, with the header lines as they will stand on the wire. */
  readonly onRequest: (wire: { readonly headers: HeaderList; readonly startMs: number }) => void;
}

/** Milliseconds on the transport's clock. */
export interface SendTimings {
  readonly startMs: number;
  readonly sentMs: number | null;
  readonly releasedMs: number | null;
  readonly firstByteMs: number | null;
  readonly endMs: number;
}

/** An answer, whatever its status. */
export interface AnsweredOutcome {
  readonly kind: "response";
  readonly status: number;
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
  readonly code: string;
  readonly phase: FailurePhase;
  readonly message: string;
  readonly timings: SendTimings;
}

/** What came of one request. A failure is data, never an exception. */
export type Outcome = AnsweredOutcome | FailedOutcome;

/** How connections are made. */
export interface TransportOptions {
  readonly clock: Clock;
  /** Cap on a decompressed body, in bytes. Default 10 MiB. */
  readonly maxBodyBytes?: number;
  /** PEM text of certificate authorities trusted besides the system's. */
  readonly ca?: string;
  /** Proxy variables, as in `process.env`. Loopback never goes through a proxy. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Sends requests one by one over kept-alive connections. Owns sockets: close it. */
export interface Transport {
  readonly send: (
    request: OutgoingRequest,
    observer?: SendObserver,
    signal?: AbortSignal,
  ) => Promise<Outcome>;
  readonly close: () => Promise<void>;
}
