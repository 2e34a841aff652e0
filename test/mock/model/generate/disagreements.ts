import type { IdempotencyPolicy } from "../../../../src/policy/idempotency-policy.js";
import type { ModelPolicy } from "../spec/rules.js";

type Keys = Partial<IdempotencyPolicy>;

// until: a mismatch that is answered with the first answer leaves the record as it was, whatever mismatchKeeps says.
function firstAnswerKeepsRecord(keys: Keys, { mismatchKeeps }: IdempotencyPolicy): Keys {
  if (keys.mismatch?.outcome !== "replay-first" || mismatchKeeps === "original") return keys;
  return { ...keys, mismatch: { ...keys.mismatch, outcome: "refuse" } };
}

// until: a key whose life is over and that is refused for it lives again where its life counts from its last use, and
// is refused also where its first answer was to be forgotten.
function expiryExecutes(keys: Keys, base: IdempotencyPolicy): Keys {
  const forgets = Object.values(base.outcomes).includes("forget");
  if (keys.afterExpiry === undefined || (base.ttlFrom === "first-use" && !forgets)) return keys;
  return { ...keys, afterExpiry: { kind: "execute" } };
}

function without(keys: Keys, base: IdempotencyPolicy): Keys {
  return expiryExecutes(firstAnswerKeepsRecord(keys, base), base);
}

/** The policy without what the mock is known to do otherwise; each has a test in known-disagreements.test.ts. */
export function withoutDisagreements(policy: ModelPolicy): ModelPolicy {
  const { idempotency, override } = policy;
  // until: a refusal that is told in a 200 is kept under its key as a success.
  const errors = policy.errors === "graphql" && idempotency.support !== "ignored" ? "generic" : policy.errors;
  return {
    ...policy,
    errors,
    idempotency: { ...idempotency, ...without(idempotency, idempotency) },
    override:
      override === null ? null : { ...override, idempotency: without(override.idempotency, idempotency) },
  };
}
