import type { Clock } from "../core/clock.js";
import type { IdempotencyPolicy } from "../policy/idempotency-policy.js";
import { decide } from "./decide.js";
import { firstRequest, printBody, sameValue } from "./fingerprint.js";
import type { Beginning, Decision, KeyRecord, KeyRequest } from "./idempotency.js";
import { readKey } from "./key-syntax.js";
import { andThen, type MaybePromise } from "./maybe-promise.js";
import { effectsIn, newRecord, usedAgain } from "./new-record.js";
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

function recordFor(parts: EngineParts, asking: Asking, nowMs: number): KeyRecord {
  return newRecord(asking, { nowMs, leaseMs: parts.leaseMs, token: parts.nextToken() });
}

const PLAINLY = { cause: null, reason: null } as const;

/** Executes with a record of its own. */
function executes(
  { key, id }: Asking,
  own: KeyRecord,
  why: Pick<Extract<Decision, { kind: "execute" }>, "cause" | "reason">,
): Beginning {
  const claim = { id, token: own.token, beside: null };
  return { kind: "execute", key, claim, cause: why.cause, reason: why.reason };
}

interface Settled {
  readonly decision: Exclude<Decision, { kind: "wait" }>;
  readonly nowMs: number;
  readonly found: KeyRecord;
  /** This request's own record, where it takes the key over. */
  readonly own: KeyRecord | null;
}

function beginningOf({ decision, own, found }: Settled, asking: Asking): Beginning {
  const { key, id, request, policy } = asking;
  if (decision.kind !== "execute") return { ...decision, key };
  if (own !== null) return executes(asking, own, decision);
  const claim = { id, token: found.token, beside: printBody(request.body, policy.fingerprint) };
  return { kind: "execute", key, claim, cause: decision.cause, reason: decision.reason };
}

/** A key that its server let go of binds nothing. Its record says what was done under it, for the trace. */
function letGo(found: KeyRecord): KeyRecord {
  const effect = found.state.kind !== "in-flight" && found.state.effect;
  return { ...found, state: { kind: "released", effect } };
}

/** What a decision leaves of the record that it found; null: the record as it is. */
function remains({ decision, nowMs, found, own }: Settled, asking: Asking): KeyRecord | null {
  const { policy, request } = asking;
  switch (decision.record) {
    case "take":
      return asking.windowMs === null ? own : null;
    case "drop":
      return letGo(found);
    case "refingerprint": {
      const first = firstRequest(request, policy.fingerprint);
      return usedAgain({ ...found, first, answered: found.answered ?? found.first }, policy, nowMs);
    }
    case "use":
      return policy.ttlFrom === "last-use" ? usedAgain(found, policy, nowMs) : null;
    case "leave":
      return null;
  }
}

function recordAfter(parts: EngineParts, asking: Asking, found: KeyRecord): KeyRecord {
  const nowMs = parts.clock.nowMs();
  const [earlier = null] = effectsIn(found, nowMs);
  return { ...recordFor(parts, asking, nowMs), earlier };
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
  const own = decision.record === "take" ? recordAfter(parts, asking, found) : null;
  const settled = { decision, nowMs, found, own };
  const outcome = { beginning: beginningOf(settled, asking), own };
  const next = remains(settled, asking);
  if (next === null) return outcome;
  return andThen(parts.store.replace(id, found.token, next), (replaced) =>
    replaced ? outcome : claimAtOnce(parts, asking),
  );
}

/** Look-up and claim in one step. Somebody else's change in between starts the decision anew. */
function claimAtOnce(parts: EngineParts, asking: Asking): MaybePromise<Outcome> {
  const nowMs = parts.clock.nowMs();
  let made: KeyRecord | null = null;
  const makeRecord = (): KeyRecord => {
    made ??= recordFor(parts, asking, nowMs);
    return made;
  };
  return andThen(parts.store.claim(asking.id, makeRecord, nowMs), (found) => {
    if (found !== null) return settle(parts, asking, found);
    const own = makeRecord();
    return { beginning: executes(asking, own, PLAINLY), own };
  });
}

async function settleLater(parts: EngineParts, asking: Asking, found: KeyRecord | null): Promise<Outcome> {
  if (found !== null) return settle(parts, asking, found);
  const own = recordFor(parts, asking, parts.clock.nowMs());
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
