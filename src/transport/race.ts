import type { Outcome, OutgoingRequest, SendObserver } from "./transport.js";

/** How requests are made to arrive together. */
export type ReleaseTechnique = "h2" | "last-byte" | "warm" | "naive";

/** A race that is about to be run. */
export interface RaceOptions {
  /** Any URL on the origin. */
  readonly url: string;
  readonly writers: number;
  readonly technique: "auto" | ReleaseTechnique;
  /** A harmless request, sent once by every writer before the race; its answers are thrown away. */
  readonly warmUp: OutgoingRequest | null;
}

/** One writer's request of a barrier. */
export interface WaveRequest {
  readonly request: OutgoingRequest;
  readonly observer?: SendObserver;
}

/** What came of the requests of one barrier. */
export interface WaveResult {
  readonly outcomes: readonly (Outcome | null)[];
  readonly releasedMs: number;
  /** First to last held byte handed to the system. */
  readonly clientSpreadMs: number;
  /** Null: there is nothing to estimate by. */
  readonly estimatedArrivalSpreadMs: number | null;
  /** Requests that were answered before they were released. */
  readonly earlyAnswers: number;
  /** Writers whose request could not be held. */
  readonly unheld: readonly number[];
  readonly notes: readonly string[];
}

/** Open connections of the writers of one race. Owns sockets: close it. */
export interface RaceLine {
  /** What is really used. */
  readonly technique: ReleaseTechnique;
  readonly notes: readonly string[];
  readonly wave: (
    requests: readonly (WaveRequest | null)[],
    release: { readonly offsetsMs: readonly number[] },
    signal?: AbortSignal,
  ) => Promise<WaveResult>;
  readonly close: () => Promise<void>;
}
