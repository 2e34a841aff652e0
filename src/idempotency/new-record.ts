import type { IdempotencyPolicy } from "../policy/idempotency-policy.js";
import { firstRequest } from "./fingerprint.js";
import type { BodyPrint, KeyRecord, KeyRequest } from "./idempotency.js";

/**
 * A record stays this long after its life, so that a late repeat is told from a first use and `afterExpiry` has
 * something to refuse by.
 */
const KEPT_AFTER_EXPIRY_MS = 24 * 3_600_000;

function keepUntilMs(endMs: number | null): number | null {
  return endMs === null ? null : endMs + KEPT_AFTER_EXPIRY_MS;
}

/** When the life of a key ends; null: never. Pure. */
export function expiresAtMs(record: KeyRecord, policy: IdempotencyPolicy): number | null {
  if (policy.ttlMs === null) return null;
  return (policy.ttlFrom === "first-use" ? record.createdAtMs : record.lastUsedAtMs) + policy.ttlMs;
}

/** What a first request leaves as it starts. `leaseMs` null: its claim holds until it ends. Pure. */
export function newRecord(
  asking: { readonly request: KeyRequest; readonly policy: IdempotencyPolicy; readonly key: string },
  claim: { readonly nowMs: number; readonly leaseMs: number | null; readonly token: string },
): KeyRecord {
  const { request, policy, key } = asking;
  const { nowMs, leaseMs, token } = claim;
  return {
    key,
    account: request.account,
    first: firstRequest(request, policy.fingerprint),
    answered: null,
    earlier: null,
    state: { kind: "in-flight", leaseUntilMs: leaseMs === null ? null : nowMs + leaseMs, stuck: false },
    createdAtMs: nowMs,
    lastUsedAtMs: nowMs,
    keepUntilMs: keepUntilMs(policy.ttlMs === null ? null : nowMs + policy.ttlMs),
    token,
  };
}

/** The record after another use of its key. Pure. */
export function usedAgain(record: KeyRecord, policy: IdempotencyPolicy, nowMs: number): KeyRecord {
  const used = { ...record, lastUsedAtMs: nowMs };
  return { ...used, keepUntilMs: keepUntilMs(expiresAtMs(used, policy)) };
}

/** A request that still runs is going to have its effect, unless it is stuck or its lease is over. */
function hasEffect({ state }: KeyRecord, nowMs: number): boolean {
  if (state.kind !== "in-flight") return state.effect;
  return !state.stuck && (state.leaseUntilMs === null || state.leaseUntilMs > nowMs);
}

/**
 * True where nobody needs to keep the record any more. A store may have forgotten it by now, or not yet: which of them
 * must make no difference. Pure.
 */
export function isForgotten({ keepUntilMs: untilMs }: KeyRecord, nowMs: number): boolean {
  return untilMs !== null && untilMs <= nowMs;
}

/** Bodies of requests with this key that had their effect, as far as its record knows: its own first. Pure. */
export function effectsIn(record: KeyRecord, nowMs: number): readonly BodyPrint[] {
  if (isForgotten(record, nowMs)) return [];
  const own = hasEffect(record, nowMs) ? [(record.answered ?? record.first).body] : [];
  return record.earlier === null ? own : [...own, record.earlier];
}

/** The record once a request beside it has had its effect. Pure. */
export function withEffectBeside(
  record: KeyRecord,
  body: BodyPrint,
  { policy, nowMs }: { readonly policy: IdempotencyPolicy; readonly nowMs: number },
): KeyRecord {
  const { keepUntilMs: untilMs } = record;
  const anewMs = keepUntilMs(policy.ttlMs === null ? null : nowMs + policy.ttlMs);
  const longerMs = untilMs === null || anewMs === null ? null : Math.max(untilMs, anewMs);
  return { ...record, earlier: body, keepUntilMs: longerMs };
}
