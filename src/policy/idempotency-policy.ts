/** A method that may change something. */
export type WriteMethod = "POST" | "PUT" | "PATCH" | "DELETE";

/** All write methods, in the order in which they are listed to people. */
export const WRITE_METHODS: readonly WriteMethod[] = ["POST", "PUT", "PATCH", "DELETE"];

/** Where a key travels. A body field is a top-level member of a JSON body. */
type KeyCarrier =
  | { readonly kind: "header"; readonly name: string }
  | { readonly kind: "query"; readonly name: string }
  | { readonly kind: "body"; readonly name: string };

/** Parts of a key's identity. Keys that differ in one of them are different keys. */
export type ScopePart = "account" | "principal" | "method" | "path" | "query";

/** Which part of the body must be the same when a key comes again. */
export type BodyFingerprint =
  | { readonly kind: "none" }
  | { readonly kind: "bytes" }
  /** Member order counts, white space does not. */
  | { readonly kind: "serialised" }
  | { readonly kind: "canonical-json" }
  /** Which members there are, at every level, but not their values. */
  | { readonly kind: "member-names" }
  /** Top-level member names, or JSON Pointers (RFC 6901) that start with a slash. */
  | { readonly kind: "fields"; readonly fields: readonly string[] };

/** I6: what must be the same when a key comes again. */
export interface FingerprintPolicy {
  readonly body: BodyFingerprint;
  /** `ieee`: 1 is 1.0. `textual`: 1 differs from 1.0. */
  readonly numbers: "ieee" | "textual";
  readonly method: boolean;
  readonly path: boolean;
  readonly query: boolean;
  /** Header names, lower case. */
  readonly headers: readonly string[];
}

/** I7: what happens to a key that comes with another fingerprint. */
export interface MismatchPolicy {
  readonly outcome: "refuse" | "replay-first" | "execute-again";
  readonly status: number;
  readonly code: string;
  readonly reveals: "nothing" | "first-request";
}

/** I8: what happens to a key whose first request is not answered yet. */
export interface InFlightPolicy {
  readonly outcome: "refuse" | "wait" | "execute";
  readonly status: number;
  /** Length of the Retry-After; null: no such header. */
  readonly retryAfterMs: number | null;
}

/** Whether looking a value up and setting it is one step. `windowMs` lies between the two. */
export type Atomicity =
  | { readonly kind: "atomic" }
  | { readonly kind: "check-then-set"; readonly windowMs: number };

/** I11: how a first request ended. `validation` is a 4xx that came before anything was tried. */
export type OutcomeClass = "validation" | "2xx" | "4xx" | "429" | "5xx";

/** What a same-key request gets after such an outcome. */
export type AfterOutcome = "replay" | "forget" | "conflict";

/** I12 to I14: what a replay looks like. */
export interface ReplayPolicy {
  readonly content: "snapshot" | "current-state";
  readonly status: "original" | 200;
  /** Name of the header that marks an answer; null: no mark. */
  readonly marker: string | null;
  readonly where: "replays" | "always";
  readonly correlationId: "new" | "original" | "both";
}

/** What a server promises about idempotency keys. */
export interface IdempotencyPolicy {
  readonly support: "honoured" | "ignored" | "required" | "rejected";
  readonly carrier: KeyCarrier;
  readonly syntax: "bare" | "quoted" | "normalised";
  readonly maxLength: number;
  readonly missing: { readonly status: number };
  readonly malformed: { readonly status: number };
  readonly methods: readonly WriteMethod[];
  /** Empty: one key space for the whole server. */
  readonly scope: readonly ScopePart[];
  readonly fingerprint: FingerprintPolicy;
  readonly mismatch: MismatchPolicy;
  /** What the record is after a mismatch. */
  readonly mismatchKeeps: "original" | "overwritten" | "dropped";
  readonly inFlight: InFlightPolicy;
  /** I9: which is looked at first when a key in flight comes again; `neither` never compares fingerprints in flight. */
  readonly inFlightOrder: "fingerprint-first" | "lock-first" | "neither";
  readonly claim: Atomicity;
  readonly outcomes: Readonly<Record<OutcomeClass, AfterOutcome>>;
  readonly replay: ReplayPolicy;
  /** I15: null is for ever. */
  readonly ttlMs: number | null;
  readonly ttlFrom: "first-use" | "last-use";
  readonly afterExpiry: { readonly kind: "execute" } | { readonly kind: "refuse"; readonly status: number };
  readonly onDisconnect: "completes" | "releases" | "sticks";
  readonly keyOutlivesResource: boolean;
  /** The key header comes back on every answer. */
  readonly echo: boolean;
  /** Path at which a key can be looked up, such as `/idempotency-keys/{key}`; null: none. */
  readonly lookup: string | null;
}
