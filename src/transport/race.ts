import type { Outcome, OutgoingRequest, SendObserver } from "./outcome.js";

/**
 * How requests are made to arrive together.
 *
 * - `h2`: one HTTP/2 connection; the final frame of every request is kept back, all are let go in one write
 * - `last-byte`: one HTTP/1.1 connection per writer; the last byte of every request is kept back
 * - `warm`: one open HTTP/1.1 connection per writer, nothing kept back
 * - `naive`: each request opens a connection of its own, as an ordinary client does
 */
export type ReleaseTechnique = "h2" | "last-byte" | "warm" | "naive";

/** What a race is to be run on. */
export interface RaceOptions {
  /** Any URL on the origin that all requests go to. */
  readonly url: string;
  /** At least 1. */
  readonly writers: number;
  /** `auto`: `h2` where the server agrees to it, otherwise `last-byte`. */
  readonly technique: "auto" | ReleaseTechnique;
  /**
   * A harmless request that every writer sends once before the first wave; the answers are discarded. It warms the
   * server's side and measures the connections. null: no such round.
   */
  readonly warmUp: OutgoingRequest | null;
  /** How long a connection may take to stand. Default: 10 s. */
  readonly connectLimitMs?: number;
}

/** One writer's request in a wave. */
export interface WaveRequest {
  readonly request: OutgoingRequest;
  readonly observer?: SendObserver;
}

/** When each writer's request is let go. */
export interface Release {
  /** One for each writer, in ms from the instant of release; all 0: together. */
  readonly offsetsMs: readonly number[];
}

/** What came of one wave. Lists are indexed by writer; milliseconds on the transport's clock. */
export interface WaveResult {
  /** null for a writer that sent nothing. */
  readonly outcomes: readonly (Outcome | null)[];
  /** When the first request was let go; without any, when the wave was over. */
  readonly releasedMs: number;
  /** From the first to the last of the kept-back bytes, as they were handed to the system; wanted offsets are in it. */
  readonly clientSpreadMs: number;
  /** How far apart the requests reached the server, by the connections' measured round trips; null: none measured. */
  readonly estimatedArrivalSpreadMs: number | null;
  /** Requests that were answered before their last byte was let go. */
  readonly earlyAnswers: number;
  /** Writers whose request could not be kept back until the release; why is in the notes. */
  readonly unheld: readonly number[];
  /** Plain sentences. */
  readonly notes: readonly string[];
}

/** The open connections of one race. Owns sockets: close it. */
export interface RaceLine {
  /** What is really used. */
  readonly technique: ReleaseTechnique;
  /** Plain sentences: why not HTTP/2, what keeps requests from arriving together, what would help. */
  readonly notes: readonly string[];
  /**
   * Warm-up requests that were sent so far. More than one for each writer only where the connections' latencies seem
   * to differ and had to be measured.
   */
  readonly warmUpRequests: number;
  /**
   * Sends one request for each writer that has one (null: none) and lets them go as `release` says; one wave at a
   * time. Time-outs and aborts after a duration count from the request's own release. Failures are data.
   *
   * @throws whatever an observer throws; then nothing was sent
   */
  readonly wave: (
    requests: readonly (WaveRequest | null)[],
    release: Release,
    signal?: AbortSignal,
  ) => Promise<WaveResult>;
  /** Ends everything at once; requests under way end as aborted. */
  readonly close: () => Promise<void>;
}
