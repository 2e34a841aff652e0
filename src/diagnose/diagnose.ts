import type { Cause, Mover } from "../core/causes.js";
import type { JsonNode } from "../core/json.js";

/** What a diagnosis speaks of (causes.md): a rule that said no, a success that is none, a habit of the client, or a fact. */
type DiagnosisKind = "refusal" | "anomaly" | "pattern" | "documented";

/**
 * `certain`: an exchange contradicts each rival. `likely`: the server's own type or code says it. `possible`: it fits,
 * and so do others; `toConfirm` settles it.
 */
export type Certainty = "certain" | "likely" | "possible";

/** A fact, and the exchange that shows it; null for a fact of the vendor's documents. */
export interface Evidence {
  readonly exchange: string | null;
  readonly fact: string;
}

/** A rival, and what contradicts it. */
export interface RuledOut {
  readonly cause: Cause;
  readonly because: string;
}

/** One request of an experiment, in the words of a scenario's step. */
export interface ExperimentStep {
  readonly id: string;
  /** `METHOD /path?query`. */
  readonly request: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly idempotencyKey?: string;
  readonly ifMatch?: string;
  /** One of both, where the request has a body. */
  readonly json?: JsonNode;
  readonly text?: string;
  /** Parameters of the query that take their values from templates: `{ requestId: "$(uuid())" }`. */
  readonly queryFrom?: Readonly<Record<string, string>>;
  /** Parts of the path in braces, such as `{made}`, that take their values from templates: `{ made: "$(made.id)" }`. */
  readonly pathFrom?: Readonly<Record<string, string>>;
  /** Members of `json` that take their values from templates: `{ version: "$(read.version)" }`. */
  readonly jsonFrom?: Readonly<Record<string, string>>;
  /** A pause before it is sent. */
  readonly waitMs?: number;
  /** Names bound from the answer: `header ETag`, a JSONPath. */
  readonly capture?: Readonly<Record<string, string>>;
}

/** What one outcome of an experiment would mean. */
interface Meaning {
  /** As a reader sees it: `2xx`, `409 again`, `409, and the version had moved`. */
  readonly outcome: string;
  readonly causes: readonly Cause[];
}

/** The request that would settle an open diagnosis. */
export interface Experiment {
  /** One sentence: what to do, in words. */
  readonly what: string;
  readonly steps: readonly ExperimentStep[];
  readonly meanings: readonly Meaning[];
  /** How many requests of the steps read and how many write. */
  readonly reads: number;
  readonly writes: number;
}

/** Why one exchange came out as it did, or what it hides. */
export interface Diagnosis {
  readonly kind: DiagnosisKind;
  readonly cause: Cause;
  readonly certainty: Certainty;
  /** Id of the exchange that is explained. */
  readonly exchange: string;
  /** Who moved the token, for `stale-*`; null for any other cause. */
  readonly movedBy: Mover | null;
  readonly evidence: readonly Evidence[];
  readonly ruledOut: readonly RuledOut[];
  /** What happened and why, in plain words. */
  readonly explanation: string;
  /** What to change in the client. */
  readonly remedy: string;
  /** Null where nothing is open, or nothing that a client may send would settle it. */
  readonly toConfirm: Experiment | null;
  /** What the exchanges lack that would have helped; empty where nothing does. */
  readonly missing: readonly string[];
}

/** What a caller knows beside the exchanges. */
export interface DiagnoseOptions {
  /**
   * The order in which exchanges were sent and answered is known. False for logs that tell no start times: then no
   * overlap is concluded. Default true.
   */
  readonly timesKnown?: boolean;
  /**
   * Bodies have the bytes that were sent. False for logs that write JSON anew (the vendor's SDK sorts members): then
   * values may be compared, spelling may not. Default true.
   */
  readonly bodiesExact?: boolean;
  /** Some requests of a recording could not be read, and may have been a key's first. Default false. */
  readonly requestsLost?: boolean;
  /**
   * Nobody else writes these resources, conversations aside, which the platform writes by itself. Only then is a version
   * that nobody here made an anomaly. Default false.
   */
  readonly exclusive?: boolean;
}
