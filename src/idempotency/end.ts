import type { IdempotencyPolicy } from "../policy/idempotency-policy.js";
import type { EngineParts } from "./begin.js";
import type { Claim, Ending, KeyState } from "./idempotency.js";
import { andThen, type MaybePromise } from "./maybe-promise.js";

type Parts = Pick<EngineParts, "store" | "waiters">;

function endWith({ store, waiters }: Parts, claim: Claim, state: KeyState): MaybePromise<void> {
  if (!claim.recorded) return undefined;
  return andThen(store.setState(claim.id, claim.token, state), () => waiters.wake(claim.id));
}

/** The state of a claim's key once its request has ended; null where it stays as it is. Pure. */
export function stateAfter(
  claim: Claim,
  { ending, policy }: { readonly ending: Ending; readonly policy: IdempotencyPolicy },
): KeyState | null {
  const { outcome, answer, delivered, effect } = ending;
  if (!claim.recorded || claim.left === "stuck") return null;
  if (claim.left === "released") return { kind: "released", effect };
  const kept = policy.outcomes[outcome] === "replay" ? answer : null;
  const { status, resource } = answer;
  return { kind: "ended", outcome, status, delivered, effect, resource, answer: kept };
}

/**
 * Ends a claim: the answer is kept where the policy replays such outcomes. A key that was released or got stuck when the
 * client left stays so.
 */
export function completeClaim(
  parts: Parts,
  claim: Claim,
  how: { readonly ending: Ending; readonly policy: IdempotencyPolicy },
): MaybePromise<void> {
  const state = stateAfter(claim, how);
  return state === null ? undefined : endWith(parts, claim, state);
}

/** Ends a claim without a trace. */
export function abandonClaim({ store, waiters }: Parts, claim: Claim): MaybePromise<void> {
  if (!claim.recorded) return undefined;
  return andThen(store.replace(claim.id, claim.token, null), () => waiters.wake(claim.id));
}

/** Does to a claim what the policy says of a lost connection. */
export function loseClient(parts: Parts, claim: Claim, policy: IdempotencyPolicy): MaybePromise<void> {
  if (policy.onDisconnect === "releases") {
    claim.left = "released";
    return endWith(parts, claim, { kind: "released", effect: false });
  }
  if (policy.onDisconnect === "sticks") {
    claim.left = "stuck";
    return endWith(parts, claim, { kind: "in-flight", leaseUntilMs: null, stuck: true });
  }
  return undefined;
}
