/** The rule of the server that said no: exactly one for each refused request (causes.md). */
const REFUSALS = [
  "key-reused-body-changed",
  "key-reused-bytes-changed",
  "key-reused-other-resource",
  "key-in-flight",
  "key-bound-to-unacknowledged-attempt",
  "key-stuck",
  "conflict-not-replay",
  "key-missing",
  "key-malformed",
  "key-first-use-unseen",
  "stale-etag",
  "stale-version",
  "etag-weak",
  "etag-malformed",
  "etag-other-resource",
  "precondition-missing",
  "state-locked",
  "state-terminal",
  "duplicate-entity",
  "referenced-entity",
  "permission-shown-as-409",
  "permission-missing",
  "token-expired",
  "token-invalid",
  "rate-limited",
  "invalid-request",
  "no-such-operation",
  "spurious-conflict",
  "unexplained",
] as const;

/** A success that is not what it seems. */
const ANOMALIES = [
  "stored-answer-returned",
  "replay-of-other-body",
  "executed-other-body",
  "executed-twice",
  "replay-differs",
  "precondition-ignored",
  "lost-update",
  "stale-read",
  "response-lost",
  "altered-in-transit",
  "duplicate-delivery",
  "answered-by-intermediary",
  "phantom-version",
  "duplicate-version",
  "future-read",
  "order",
  "several-winners",
] as const;

/** What the client did. */
const PATTERNS = [
  "blind-retry",
  "retry-after-ignored",
  "client-resent",
  "retry-with-new-key",
  "key-per-attempt",
  "shared-key",
  "weak-key",
  "no-reread",
  "read-to-write-gap",
] as const;

/** What the vendor documents about an operation, said without sending anything. */
const DOCUMENTED_FACTS = [
  "no-such-operation",
  "header-not-declared",
  "field-not-declared",
  "success-without-body",
  "user-required",
] as const;

/** The id of a refusal. */
export type Refusal = (typeof REFUSALS)[number];
/** The id of an anomaly. */
export type Anomaly = (typeof ANOMALIES)[number];
/** The id of a client's pattern. */
export type Pattern = (typeof PATTERNS)[number];
/** The id of a documented fact. */
export type DocumentedFact = (typeof DOCUMENTED_FACTS)[number];
/** Any cause that gcidem can name. */
export type Cause = Refusal | Anomaly | Pattern | DocumentedFact;

/** Every id that a scenario's `expect.cause` may name. */
export const CAUSES: readonly Cause[] = [
  ...new Set<Cause>([...REFUSALS, ...ANOMALIES, ...PATTERNS, ...DOCUMENTED_FACTS]),
];

/** The same ids by what they speak of. */
export const CAUSES_BY_KIND: Readonly<
  Record<"refusal" | "anomaly" | "pattern" | "documented", readonly Cause[]>
> = {
  refusal: REFUSALS,
  anomaly: ANOMALIES,
  pattern: PATTERNS,
  documented: DOCUMENTED_FACTS,
};

/** Who moved a token that turned out stale. */
export type Mover = "own-write" | "other-writer" | "not-ours" | "unknown";
