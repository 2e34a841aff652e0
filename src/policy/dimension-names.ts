/**
 * Every dimension, in the order in which people read of them: the field of a policy file, with a dot inside its two large
 * parts.
 */
export const DIMENSION_NAMES = [
  "idempotency.support",
  "idempotency.carrier",
  "idempotency.methods",
  "idempotency.syntax",
  "idempotency.maxLength",
  "idempotency.missing",
  "idempotency.malformed",
  "idempotency.scope",
  "idempotency.fingerprint",
  "idempotency.mismatch",
  "idempotency.mismatchKeeps",
  "idempotency.inFlight",
  "idempotency.inFlightOrder",
  "idempotency.claim",
  "idempotency.outcomes",
  "idempotency.replay",
  "idempotency.ttl",
  "idempotency.ttlFrom",
  "idempotency.afterExpiry",
  "idempotency.onDisconnect",
  "idempotency.keyOutlivesResource",
  "idempotency.echo",
  "idempotency.lookup",
  "concurrency.validator",
  "concurrency.meaning",
  "concurrency.granularity",
  "concurrency.noOpWrite",
  "concurrency.tokenInWriteResponse",
  "concurrency.readFrom",
  "concurrency.precedence",
  "concurrency.comparison",
  "concurrency.stale",
  "concurrency.absent",
  "concurrency.malformed",
  "concurrency.createOnly",
  "concurrency.check",
  "concurrency.patchMerges",
  "concurrency.readLag",
  "churn",
  "locks",
  "terminal",
  "unique",
  "references",
  "rateLimit",
  "latency",
  "success",
  "errors",
  "permissions",
  "order",
  "paths",
  "front",
  "faults",
] as const;

/** A dimension as people name it. */
export type DimensionName = (typeof DIMENSION_NAMES)[number];

/** What can be open besides the dimensions: no field of a policy answers it. */
export const OPEN_TOPICS = ["request.members", "permissions.user"] as const;
