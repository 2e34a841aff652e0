import type { Clock } from "../core/clock.js";
import type { IdempotencyPolicy } from "../policy/idempotency-policy.js";
import { decide } from "./decide.js";
import { firstRequest } from "./fingerprint.js";
import type { Beginning, Decision, KeyRecord, KeyRequest } from "./idempotency.js";
import { readKey } from "./key-syntax.js";
import { type MaybePromise, then } from "./maybe-promise.js";
import { newRecord, usedAgain } from "./new-record.js";
import { scopeKey } from "./scope.js";
import type { KeyStore } from "./store.js";
import type { Waiters } from "./waiters.js";

/** What the engine decides with. */
export interface EngineParts {
  readonly clock: Pick<Clock, "nowMs" | "sleep">;
  readonly store: KeyStore;
  readonly leaseMs: number | null;
  readonly nextToken: () => string;
  readonly resourceExists: (resource: string) => boolean;
  readonly waiters: Waiters;
}

/** One request on its way to a decision. */
interface Asking {
  readonly request: KeyRequest;
  readonly policy: IdempotencyPolicy;
  readonly key: string;
  /** The record's name in the store. */
  readonly id: string;
  readonly waited: boolean;
}

function recordFor(parts: EngineParts, asking: Asking): KeyRecord {
  return newRecord(asking, { nowMs: parts.clock.nowMs(), leaseMs: parts.leaseMs, token: parts.nextToken() });
}

function firstUse({ key, id }: Asking, record: KeyRecord): Beginning {
  return { kind: "execute", key, claim: { id, record, recorded: true }, cause: null, reason: null };
}

function beginningOf(
  decision: Exclude<Decision, { kind: "wait" }>,
  { key, id }: Asking,
  fresh: KeyRecord,
): Beginning {
  if (decision.kind !== "execute") return { ...decision, key };
  const { cause, reason } = decision;
  return {
    kind: "execute",
    key,
    claim: { id, record: fresh, recorded: decision.record === "take" },
    cause,
    reason,
  };
}

/** What a decision leaves of the record that it found; undefined: the record as it is. */
function remains(decision: Decision, asking: Asking, records: Found): KeyRecord | null | undefined {
  const { policy, request } = asking;
  const { found, fresh } = records;
  const nowMs = fresh.createdAtMs;
  switch (decision.record) {
    case "take":
      return fresh;
    case "drop":
      return null;
    case "refingerprint":
      return usedAgain({ ...found, first: firstRequest(request, policy.fingerprint) }, policy, nowMs);
    case "keep":
      return policy.ttlFrom === "last-use" ? usedAgain(found, policy, nowMs) : undefined;
  }
}

interface Found {
  readonly found: KeyRecord;
  /** This request's own record, should it execute. */
  readonly fresh: KeyRecord;
}

function isGone({ resourceExists }: EngineParts, { state }: KeyRecord): boolean {
  const resource = state.kind === "ended" ? state.resource : null;
  return resource !== null && !resourceExists(resource);
}

function settle(parts: EngineParts, asking: Asking, records: Found): MaybePromise<Beginning> {
  const { request, policy, id, waited } = asking;
  const { found, fresh } = records;
  const nowMs = fresh.createdAtMs;
  const decision = decide({
    request,
    policy,
    record: found,
    nowMs,
    resourceGone: isGone(parts, found),
    waited,
  });
  if (decision.kind === "wait") {
    return parts.waiters.untilEnded(id).then(() => claimAtOnce(parts, { ...asking, waited: true }));
  }
  const next = remains(decision, asking, records);
  if (next === undefined) return beginningOf(decision, asking, fresh);
  return then(parts.store.replace(id, found.token, next), (replaced) =>
    replaced ? beginningOf(decision, asking, fresh) : claimAtOnce(parts, asking),
  );
}

/** Look-up and claim in one step. Somebody else's change in between starts the decision anew. */
function claimAtOnce(parts: EngineParts, asking: Asking): MaybePromise<Beginning> {
  const fresh = recordFor(parts, asking);
  return then(parts.store.claim(asking.id, fresh, fresh.createdAtMs), (found) =>
    found === null ? firstUse(asking, fresh) : settle(parts, asking, { found, fresh }),
  );
}

/** Look-up first and claim later, with time between the two: the race that this policy is there to show. */
async function claimAfterWindow(parts: EngineParts, asking: Asking, windowMs: number): Promise<Beginning> {
  const fresh = recordFor(parts, asking);
  const found = await parts.store.get(asking.id);
  const beginning = found === null ? firstUse(asking, fresh) : await settle(parts, asking, { found, fresh });
  if (beginning.kind !== "execute") return beginning;
  await parts.clock.sleep(windowMs);
  if (beginning.claim.recorded) await parts.store.put(asking.id, beginning.claim.record);
  return beginning;
}

/** The key of a request, or what happens to a request without a usable one. */
function judgeReading(request: KeyRequest, policy: IdempotencyPolicy): string | Beginning {
  const reading = readKey(policy, request);
  const refusal = { kind: "refuse", key: null, code: null, retryAfterMs: null, reveals: null } as const;
  if (reading.kind === "absent") {
    if (policy.support !== "required") return { kind: "ignore", key: null };
    const { status } = policy.missing;
    return { ...refusal, status, cause: "key-missing", reason: "the key is required and none came" };
  }
  const { status } = policy.malformed;
  if (policy.support === "rejected") {
    return { ...refusal, status, cause: "key-malformed", reason: "this server takes no keys" };
  }
  if (reading.kind === "key") return reading.key;
  const reason = `found ${reading.found}, expected ${reading.expected}`;
  return { ...refusal, status, cause: "key-malformed", reason };
}

/** Decides what happens to a request, and claims its key where it is to be carried out. */
export function beginRequest(
  parts: EngineParts,
  request: KeyRequest,
  policy: IdempotencyPolicy,
): MaybePromise<Beginning> {
  const counts = policy.methods.some((method) => method === request.method);
  if (policy.support === "ignored" || !counts) return { kind: "ignore", key: null };
  const key = judgeReading(request, policy);
  if (typeof key !== "string") return key;
  const asking = { request, policy, key, id: scopeKey(policy.scope, request, key), waited: false };
  return policy.claim.kind === "atomic"
    ? claimAtOnce(parts, asking)
    : claimAfterWindow(parts, asking, policy.claim.windowMs);
}
