import type { IdempotencyPolicy } from "../policy/idempotency-policy.js";
import type { EngineParts } from "./begin.js";
import type { Claim, Ending, KeyRecord, KeyState } from "./idempotency.js";
import { andThen, type MaybePromise } from "./maybe-promise.js";
import { withEffectBeside } from "./new-record.js";
import type { NextRecord } from "./store.js";

type Parts = Pick<EngineParts, "store" | "waiters" | "clock">;

/** How a claim ends. */
export interface ClaimEnding {
  readonly ending: Ending;
  readonly policy: IdempotencyPolicy;
}

/** How a claim ends. The time is asked for only where it is needed. */
export interface ClaimEnd extends ClaimEnding {
  readonly nowMs: () => number;
}

/** The state of a claim's own key once its request has ended; null where it stays as it is. */
function stateAfter(state: KeyState, claim: Claim, { ending, policy }: ClaimEnd): KeyState | null {
  const { outcome, answer, delivered, effect } = ending;
  if (claim.left === "stuck" || state.kind === "ended") return null;
  if (claim.left === "released" || state.kind === "released") return { kind: "released", effect };
  const kept = policy.outcomes[outcome] === "replay" ? answer : null;
  const { status, resource } = answer;
  return { kind: "ended", outcome, status, delivered, effect, resource, answer: kept };
}

/**
 * What the end of a claim's request makes of the record that it holds or ran beside. A key that was released or got stuck
 * when the client left stays so, and so does one that a mismatch dropped. Pure.
 */
export function recordAfter(claim: Claim, end: ClaimEnd): NextRecord {
  return (record) => {
    if (claim.beside !== null) {
      const { policy, nowMs } = end;
      return end.ending.effect ? withEffectBeside(record, claim.beside, { policy, nowMs: nowMs() }) : null;
    }
    const state = stateAfter(record.state, claim, end);
    return state === null ? null : withState(record, state);
  };
}

/** Member by member, for speed: see `toRequest` of the mock's server. */
function withState(record: KeyRecord, state: KeyState): KeyRecord {
  const { key, account, first, answered, earlier, createdAtMs, lastUsedAtMs, keepUntilMs, token } = record;
  return { key, account, first, answered, earlier, state, createdAtMs, lastUsedAtMs, keepUntilMs, token };
}

function change({ store, waiters }: Parts, claim: Claim, next: NextRecord): MaybePromise<void> {
  return andThen(store.change(claim.id, claim.token, next), () => waiters.wake(claim.id));
}

/** Ends a claim: the answer is kept where the policy replays such outcomes. */
export function completeClaim(
  parts: Parts,
  claim: Claim,
  { ending, policy }: ClaimEnding,
): MaybePromise<void> {
  return change(parts, claim, recordAfter(claim, { ending, policy, nowMs: parts.clock.nowMs }));
}

/** Ends a claim without a trace. */
export function abandonClaim({ store, waiters }: Parts, claim: Claim): MaybePromise<void> {
  if (claim.beside !== null) return undefined;
  return andThen(store.replace(claim.id, claim.token, null), () => waiters.wake(claim.id));
}

/** Who has ended has said the last word, whatever its client does afterwards. */
function unlessEnded(state: KeyState): NextRecord {
  return (record) => (record.state.kind === "in-flight" ? withState(record, state) : null);
}

/** Does to a claim what the policy says of a lost connection. */
export function loseClient(parts: Parts, claim: Claim, policy: IdempotencyPolicy): MaybePromise<void> {
  if (claim.beside !== null || policy.onDisconnect === "completes") return undefined;
  if (policy.onDisconnect === "releases") {
    claim.left = "released";
    return change(parts, claim, unlessEnded({ kind: "released", effect: false }));
  }
  claim.left = "stuck";
  return change(parts, claim, unlessEnded({ kind: "in-flight", leaseUntilMs: null, stuck: true }));
}
