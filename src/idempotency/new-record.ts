import type { IdempotencyPolicy } from "../policy/idempotency-policy.js";
import { firstRequest } from "./fingerprint.js";
import type { KeyRecord, KeyRequest } from "./idempotency.js";

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
