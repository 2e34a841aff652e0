import type { Clock } from "../core/clock.js";
import type { IdempotencyPolicy } from "../policy/idempotency-policy.js";
import { decide } from "./decide.js";
import { firstRequest, sameValue } from "./fingerprint.js";
import type { Beginning, Decision, KeyRecord, KeyRequest } from "./idempotency.js";
import { readKey } from "./key-syntax.js";
import { andThen, type MaybePromise } from "./maybe-promise.js";
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
  readonly resourceExists: (resource: string) => MaybePromise<boolean>;
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
  /** Null: look-up and claim are one step; otherwise the claim comes this much later. */
  readonly windowMs: number | null;
}

function recordFor(parts: EngineParts, asking: Asking): KeyRecord {
  return newRecord(asking, { nowMs: parts.clock.nowMs(), leaseMs: parts.leaseMs, token: parts.nextToken() });
}

const PLAINLY = { cause: null, reason: null } as const;

/** Executes with `own` as the record of the key; null: beside the record of another request. */
function executes(
  { key, id }: Asking,
  own: KeyRecord | null,
  why: Pick<Extract<Decision, { kind: "execute" }>, "cause" | "reason">,
): Beginning {
  const claim = { id, token: own?.token ?? "", recorded: own !== null };
  return { kind: "execute", key, claim, cause: why.cause, reason: why.reason };
}

interface Settled {
  readonly decision: Exclude<Decision, { kind: "wait" }>;
  readonly nowMs: number;
  /** This request's own record, where it takes the key over. */
  readonly own: KeyRecord | null;
}

function beginningOf({ decision, own }: Settled, asking: Asking): Beginning {
  return decision.kind === "execute" ? executes(asking, own, decision) : { ...decision, key: asking.key };
}

/** What a decision leaves of the record that it found; undefined: the record as it is. */
function remains(settled: Settled, asking: Asking, found: KeyRecord): KeyRecord | null | undefined {
  const { policy, request } = asking;
  switch (settled.decision.record) {
    case "take":
      return asking.windowMs === null ? settled.own : undefined;
    case "drop":
      return null;
    case "refingerprint": {
      const first = firstRequest(request, policy.fingerprint);
      return usedAgain({ ...found, first }, policy, settled.nowMs);
    }
    case "keep":
      return policy.ttlFrom === "last-use" ? usedAgain(found, policy, settled.nowMs) : undefined;
  }
}

function isGone(
  { resourceExists }: EngineParts,
  { keyOutlivesResource }: IdempotencyPolicy,
  { state }: KeyRecord,
): MaybePromise<boolean> {
  const resource = state.kind === "ended" ? state.resource : null;
  if (resource === null || keyOutlivesResource) return false;
  return andThen(resourceExists(resource), (exists) => !exists);
}

/** A decision and, where it executes, the record to claim the key with. */
type Outcome = { readonly beginning: Beginning; readonly own: KeyRecord | null };

function settle(parts: EngineParts, asking: Asking, found: KeyRecord): MaybePromise<Outcome> {
  return andThen(isGone(parts, asking.policy, found), (gone) => settleKnown(parts, asking, { found, gone }));
}

function settleKnown(
  parts: EngineParts,
  asking: Asking,
  { found, gone: resourceGone }: { readonly found: KeyRecord; readonly gone: boolean },
): MaybePromise<Outcome> {
  const { request, policy, id, waited } = asking;
  const nowMs = parts.clock.nowMs();
  const decision = decide({ request, policy, record: found, nowMs, resourceGone, waited });
  if (decision.kind === "wait") {
    return parts.waiters.untilEnded(id).then(() => claimAtOnce(parts, { ...asking, waited: true }));
  }
  const own = decision.record === "take" ? recordFor(parts, asking) : null;
  const settled = { decision, nowMs, own };
  const outcome = { beginning: beginningOf(settled, asking), own };
  const next = remains(settled, asking, found);
  if (next === undefined) return outcome;
  return andThen(parts.store.replace(id, found.token, next), (replaced) =>
    replaced ? outcome : claimAtOnce(parts, asking),
  );
}

/** Look-up and claim in one step. Somebody else's change in between starts the decision anew. */
function claimAtOnce(parts: EngineParts, asking: Asking): MaybePromise<Outcome> {
  let own: KeyRecord | null = null;
  const makeRecord = (): KeyRecord => {
    own = recordFor(parts, asking);
    return own;
  };
  return andThen(parts.store.claim(asking.id, makeRecord, parts.clock.nowMs()), (found) =>
    found === null ? { beginning: executes(asking, own, PLAINLY), own } : settle(parts, asking, found),
  );
}

async function settleLater(parts: EngineParts, asking: Asking, found: KeyRecord | null): Promise<Outcome> {
  if (found !== null) return settle(parts, asking, found);
  const own = recordFor(parts, asking);
  return { beginning: executes(asking, own, PLAINLY), own };
}

/**
 * Look-up first and claim later, with time between the two: the race that this policy is there to show. Who finds on
 * claiming that another one has claimed meanwhile executes nevertheless.
 */
async function claimAfterWindow(parts: EngineParts, asking: Asking, windowMs: number): Promise<Beginning> {
  const found = await parts.store.get(asking.id);
  const { beginning, own } = await settleLater(parts, asking, found);
  if (beginning.kind !== "execute" || own === null) return beginning;
  await parts.clock.sleep(windowMs);
  const rival = await parts.store.put(asking.id, own);
  if (rival === null || rival.token === found?.token) return beginning;
  const cause = sameValue(rival.first.body, asking.request.body) ? "executed-twice" : "executed-other-body";
  return { ...beginning, cause, reason: "another request claimed the key between look-up and claim" };
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
  const windowMs = policy.claim.kind === "atomic" ? null : policy.claim.windowMs;
  const asking = { request, policy, key, id: scopeKey(policy.scope, request, key), waited: false, windowMs };
  if (windowMs !== null) return claimAfterWindow(parts, asking, windowMs);
  return andThen(claimAtOnce(parts, asking), ({ beginning }) => beginning);
}
