import type { Refusal } from "../core/causes.js";
import type { IdempotencyPolicy, OutcomeClass } from "../policy/idempotency-policy.js";
import { type Comparison, compareWithFirst, sameValue } from "./fingerprint.js";
import type { Decision, KeyRecord, KeyRefusal, KeyRequest, RecordChange } from "./idempotency.js";
import { effectsIn, expiresAtMs, isForgotten } from "./new-record.js";

/** A request whose key has a record already. */
export interface Facts {
  readonly request: KeyRequest;
  readonly record: KeyRecord;
  readonly policy: IdempotencyPolicy;
  readonly nowMs: number;
  /** True where the resource that the stored answer speaks of is gone. */
  readonly resourceGone: boolean;
  /** True where this request has waited for the first one to end. */
  readonly waited: boolean;
}

type InFlight = Extract<KeyRecord["state"], { readonly kind: "in-flight" }>;
type Ended = Extract<KeyRecord["state"], { readonly kind: "ended" }>;

/** The class of outcome of a status; `tried` is false where validation refused before anything happened. Pure. */
export function outcomeClass(status: number, tried: boolean): OutcomeClass {
  if (status >= 500) return "5xx";
  if (status === 429) return "429";
  if (status < 400) return "2xx";
  return tried ? "4xx" : "validation";
}

function refuse(
  status: number,
  cause: Refusal,
  reason: string,
): Omit<KeyRefusal, "record"> & { readonly record: RecordChange } {
  return {
    kind: "refuse",
    status,
    code: null,
    retryAfterMs: null,
    cause,
    reason,
    reveals: null,
    record: "use",
  };
}

/** Carries the request out though its key has a record; the cause says what that does where there was an effect. */
function executeAnew(facts: Facts, change: RecordChange, reason: string): Decision {
  const earlier = effectsIn(facts.record, facts.nowMs);
  if (earlier.length === 0) return { kind: "execute", cause: null, reason: null, record: change };
  const same = earlier.some((body) => sameValue(body, facts.request.body));
  return { kind: "execute", cause: same ? "executed-twice" : "executed-other-body", reason, record: change };
}

const MISMATCH_CAUSES: Readonly<Record<Exclude<Comparison, "same">, Refusal>> = {
  "other-resource": "key-reused-other-resource",
  "body-changed": "key-reused-body-changed",
  "bytes-changed": "key-reused-bytes-changed",
  // No cause names headers alone; like other bytes it is a request that was not stored and resent as it was.
  "headers-changed": "key-reused-bytes-changed",
};

const MISMATCH_REASONS: Readonly<Record<Exclude<Comparison, "same">, string>> = {
  "other-resource": "the key was first used for another method, path or query",
  "body-changed": "the key was first used with another body",
  "bytes-changed": "the key was first used with the same JSON value in other bytes",
  "headers-changed": "the key was first used with other values of the headers that count",
};

const MISMATCH_CHANGES: Readonly<Record<IdempotencyPolicy["mismatchKeeps"], RecordChange>> = {
  original: "use",
  overwritten: "refingerprint",
  dropped: "drop",
};

const EXECUTED_CHANGES: Readonly<Record<IdempotencyPolicy["mismatchKeeps"], RecordChange>> = {
  original: "use",
  overwritten: "take",
  dropped: "drop",
};

function replay(facts: Facts, state: Ended): Decision | null {
  const { answer } = state;
  if (answer === null) return null;
  const status = facts.policy.replay.status === "original" ? answer.status : 200;
  const answered = facts.record.answered ?? facts.record.first;
  const same = sameValue(answered.body, facts.request.body);
  return {
    kind: "replay",
    answer,
    status,
    outcome: state.outcome,
    answered,
    cause: same ? "stored-answer-returned" : "replay-of-other-body",
    reason: same
      ? "the answer to the first request with this key; nothing was written"
      : "the answer to the first request with this key, which had another body; nothing was written",
    record: "use",
  };
}

function decideMismatch(facts: Facts, found: Exclude<Comparison, "same">): Decision {
  const { policy, record } = facts;
  const { mismatch, mismatchKeeps } = policy;
  if (mismatch.outcome === "execute-again") {
    return executeAnew(facts, EXECUTED_CHANGES[mismatchKeeps], MISMATCH_REASONS[found]);
  }
  if (mismatch.outcome === "replay-first") {
    const decision = decideState(facts);
    return record.state.kind === "ended"
      ? { ...decision, record: MISMATCH_CHANGES[mismatchKeeps] }
      : decision;
  }
  return {
    ...refuse(mismatch.status, MISMATCH_CAUSES[found], MISMATCH_REASONS[found]),
    code: mismatch.code,
    reveals: mismatch.reveals === "first-request" ? record.first : null,
    record: MISMATCH_CHANGES[mismatchKeeps],
  };
}

function decideInFlight(facts: Facts, state: InFlight): Decision {
  const { inFlight } = facts.policy;
  const running = "the first request with this key is still running";
  if (inFlight.outcome === "execute") return executeAnew(facts, "use", running);
  const refusal = refuse(inFlight.status, "key-in-flight", running);
  // Nobody will ever end a stuck key, so waiting for it would never end either.
  if (state.stuck) {
    return {
      ...refusal,
      cause: "key-stuck",
      reason: "the first request with this key was cut off and never released it",
    };
  }
  if (inFlight.outcome === "wait") return { kind: "wait", record: "use" };
  return { ...refusal, retryAfterMs: inFlight.retryAfterMs };
}

function decideConflict(facts: Facts, state: Ended): Decision {
  const { status } = facts.policy.inFlight;
  if (state.outcome === "5xx" || !state.delivered) {
    const how = state.delivered ? `answered ${state.status}` : "got no answer";
    return refuse(status, "key-bound-to-unacknowledged-attempt", `the first request with this key ${how}`);
  }
  return refuse(
    status,
    "conflict-not-replay",
    `the first request with this key answered ${state.status} and is not replayed`,
  );
}

/** What a key in this state gets, the fingerprint aside. */
function decideState(facts: Facts): Decision {
  const { state } = facts.record;
  if (state.kind === "released") return executeAnew(facts, "take", RELEASED);
  if (state.kind === "in-flight") return decideInFlight(facts, state);
  const replayed = facts.policy.outcomes[state.outcome] === "replay" ? replay(facts, state) : null;
  return replayed ?? decideConflict(facts, state);
}

const RELEASED = "the server had let go of this key";

/** Why a record no longer binds its key; null while it does. */
function whyOver(facts: Facts): string | null {
  const { record, policy, nowMs } = facts;
  const { state } = record;
  if (state.kind === "released") return RELEASED;
  if (state.kind === "ended" && policy.outcomes[state.outcome] === "forget") {
    return `the server forgets keys whose first request answered ${state.status}`;
  }
  if (state.kind === "in-flight" && state.leaseUntilMs !== null && state.leaseUntilMs <= nowMs) {
    return "the lease of the first request with this key has run out";
  }
  return facts.resourceGone && !policy.keyOutlivesResource ? "what the key made has been deleted" : null;
}

function comparesNow({ policy, record, waited }: Facts): boolean {
  if (policy.inFlightOrder === "neither" && waited) return false;
  return record.state.kind === "ended" || policy.inFlightOrder === "fingerprint-first";
}

function decideExpired(facts: Facts): Decision {
  const { afterExpiry } = facts.policy;
  if (afterExpiry.kind === "execute") return executeAnew(facts, "take", "the life of this key is over");
  // No cause names an expired key; as with a server that never replays, the remedy is to look the result up.
  const reason = "the life of this key is over and it may not come again";
  return { ...refuse(afterExpiry.status, "conflict-not-replay", reason), record: "leave" };
}

/**
 * What the key rule says of a request whose key has a record: replay, refuse, wait, or execute nevertheless, and what
 * becomes of the record. Pure: the same facts give the same decision.
 */
export function decide(facts: Facts): Decision {
  const { record, nowMs } = facts;
  if (isForgotten(record, nowMs)) return { kind: "execute", cause: null, reason: null, record: "take" };
  // What binds nothing has no life that could be over.
  const over = whyOver(facts);
  if (over !== null) return executeAnew(facts, "take", over);
  const expiryMs = expiresAtMs(record, facts.policy);
  if (expiryMs !== null && expiryMs <= nowMs) return decideExpired(facts);
  if (!comparesNow(facts)) return decideState(facts);
  const found = compareWithFirst(record.first, facts.request, facts.policy.fingerprint);
  return found === "same" ? decideState(facts) : decideMismatch(facts, found);
}
