import type { Cause } from "../core/causes.js";

/** A version as a server names it: an ETag's text, a number, a nonce planted in the body. Versions must never recur. */
export type Version = string | number;

/** One request on one resource, as a client saw it. Times are milliseconds of one monotonic clock. */
export interface Operation {
  readonly id: string;
  /** Operations on different resources are judged apart. Absent: the one resource of the history. */
  readonly resource?: string;
  /** Who sent it. */
  readonly process: string | number;
  /** When it was sent. */
  readonly call: number;
  /** When its answer was there; null: it never came, so the effect may come at any later time. */
  readonly ret: number | null;
  /** `cas`: a write on condition that `expected` is the current version. */
  readonly kind: "read" | "write" | "cas";
  /** Null: nobody knows (time-out, reset, 502, 504). */
  readonly ok: boolean | null;
  readonly expected?: Version;
  /** What a write made, or what a read returned. */
  readonly version?: Version;
  /** The id of a new thing that the server made for this very request: a second one under the same key is a second effect. */
  readonly created?: Version;
  /** The current version as a refusal told it: then the refusal is a read as well. */
  readonly saw?: Version;
  /** Idempotency key with its scope. Requests with one key and one body are one operation. */
  readonly key?: string;
  readonly bodyDigest?: string;
  readonly status?: number;
}

/** What a history decides: ids of causes.md. */
export type HistoryAnomaly = Extract<
  Cause,
  | "lost-update"
  | "stale-read"
  | "future-read"
  | "order"
  | "phantom-version"
  | "duplicate-version"
  | "several-winners"
  | "executed-twice"
  | "executed-other-body"
  | "replay-of-other-body"
  | "replay-differs"
  | "spurious-conflict"
  | "conflict-not-replay"
>;

/** A proof that something went wrong, in one to three operations. */
export interface Anomaly {
  readonly name: HistoryAnomaly;
  /** Ids, in the order in which the explanation tells them. */
  readonly operations: readonly string[];
  readonly explanation: string;
}

/** `unknown`: neither an order of the operations nor a contradiction was found. */
export interface Verdict {
  readonly result: "held" | "violated" | "unknown";
  readonly anomalies: readonly Anomaly[];
  /** Why the result is unknown; null otherwise. */
  readonly reason: string | null;
}

/** How a history is judged. */
export interface CheckOptions {
  /** False: others write the resources too, so versions of unknown origin are theirs. Default true. */
  readonly exclusive?: boolean;
  /** Resources of an exclusive history that others write all the same. */
  readonly shared?: ReadonlySet<string>;
  /** The version before the first operation, of every resource; absent: the one version that nobody wrote. */
  readonly initial?: Version;
  /** How long the search may take where versions do not order the writes, in milliseconds of a usual machine. Default 1,000. */
  readonly budgetMs?: number;
}
