import type { Clock } from "../core/clock.js";
import type { Random } from "../core/random.js";
import type { KeyEngine } from "../idempotency/engine.js";
import type { Beginning } from "../idempotency/idempotency.js";
import { andThen, type MaybePromise } from "../idempotency/maybe-promise.js";
import { type Answer, refusalAnswer } from "./answer.js";
import { answerRead, answerWrite, refreshed } from "./carry-out.js";
import { errorForm } from "./error-body.js";
import { type Fault, failure, spuriousConflict } from "./faults.js";
import type { IgnoredKeys } from "./ignored-keys.js";
import { beginKey, settleKey } from "./key-stage.js";
import { keyHeaders, replayAnswer, toRefusal } from "./keys.js";
import type { Org } from "./org.js";
import type { Passage } from "./passage.js";
import { notFound, type Refusal } from "./refusal.js";
import { type Check, planOf, prepare, type RuleContext } from "./rules.js";

/** What the rules work on. */
export interface PipelineContext extends RuleContext {
  readonly clock: Clock;
  readonly engine: KeyEngine;
  readonly ignoredKeys: IgnoredKeys;
  /** The org; where servers share their state, what the view of one request is made from. */
  readonly org: Org;
  /** Draws the jitter of latency. */
  readonly jitter: Random;
  /** The operation at a path, and what holds for it. Null: none. */
  readonly operationAt: (method: string, path: string) => OperationAt | null;
}

/** What of a passage depends on its method and path alone. */
type OperationAt = Pick<Passage, "route" | "path" | "params" | "policy">;

/** What became of a request: the answer, the refusal if it was one, and whether it had its effect. */
export interface Decided {
  readonly answer: Answer;
  readonly refusal: Refusal | null;
  readonly executed: boolean;
}

/** A request decided on, with what its claim has to be told. */
export interface Ready extends Decided {
  readonly tried: boolean;
}

function refuse(
  passage: Passage,
  refusal: Refusal,
  how: { readonly tried: boolean; readonly executed?: boolean },
): Ready {
  const form = errorForm(passage.policy.errors, passage.route.errors);
  const answer = refusalAnswer(refusal, form, passage.correlationId);
  return { answer, refusal, executed: how.executed ?? false, tried: how.tried };
}

function settle(passage: Passage, context: PipelineContext, ready: Ready): MaybePromise<Decided> {
  if (ready.executed) noteIgnoredKey(passage, context);
  if (passage.claim === null) return ready;
  return andThen(settleKey(passage, context.engine, ready), () => ready);
}

/**
 * The time that the work takes. It lies behind the key's claim, so that a second request with the key meets the first
 * one still running, and before the rules that look at the state, so that they see what moved meanwhile.
 */
export function workMs(passage: Passage, { jitter }: PipelineContext): number {
  const { baseMs, jitterMs } = passage.policy.latency;
  const delayMs = passage.fault?.kind === "delay" ? passage.fault.forMs : 0;
  return baseMs + (jitterMs > 0 ? jitter.fraction() * jitterMs : 0) + delayMs;
}

/** The first of some rules that says no. */
export function firstNo(passage: Passage, context: PipelineContext, checks: readonly Check[]): Ready | null {
  for (const check of checks) {
    const said = check(passage, context);
    if (said !== null) return refuse(passage, said.refusal, said);
  }
  return null;
}

type Replay = Extract<Beginning, { kind: "replay" }>;

/** The request that a stored answer was given to, as if it came now: a policy may take a request elsewhere for it. */
function asAnswered(passage: Passage, context: PipelineContext, { answered }: Replay): Passage | null {
  const { method, path } = answered;
  if (method === passage.route.method && path === passage.path) return passage;
  const operation = context.operationAt(method, path);
  return operation === null ? null : { ...passage, ...operation, call: null, prepared: null };
}

/** I12 `current-state`: of a refusal there is no state to show. */
function withStateOfNow(
  passage: Passage,
  context: PipelineContext,
  { replay, stored }: { readonly replay: Replay; readonly stored: Answer },
): Answer {
  if (passage.policy.idempotency.replay.content === "snapshot" || replay.outcome !== "2xx") return stored;
  const first = asAnswered(passage, context, replay);
  const prepared = first === null ? null : prepare(first, context);
  return first === null || prepared === null ? stored : refreshed(first, prepared, stored);
}

function replayed(passage: Passage, context: PipelineContext, replay: Replay): Decided {
  const stored = replayAnswer(replay, passage.policy.idempotency, passage.correlationId);
  passage.note = { cause: replay.cause, movedBy: null, reason: replay.reason };
  const answer = withStateOfNow(passage, context, { replay, stored });
  return { answer, refusal: null, executed: false };
}

/** The key rule's own answer. Null: the request goes on, with a claim where its key counts. */
export function answeredByKey(
  passage: Passage,
  context: PipelineContext,
  beginning: Beginning,
): Decided | null {
  if (beginning.kind === "replay") return replayed(passage, context, beginning);
  return beginning.kind === "refuse" ? refuse(passage, toRefusal(beginning), { tried: false }) : null;
}

function faultRefusal(fault: Fault | null, kind: Fault["kind"]): Refusal | null {
  return fault?.kind === kind ? failure(fault.status, kind === "5xx-after") : null;
}

/** What the effect of a request means whose key this server passes over, for the trace. */
export function noteIgnoredKey(passage: Passage, { ignoredKeys }: PipelineContext): void {
  if (passage.beginning?.kind !== "ignore" || passage.sentKey === null) return;
  const operation = `${passage.route.method} ${passage.request.path}`;
  const cause = ignoredKeys.note(operation, passage.sentKey, passage.passed.body);
  if (cause !== null)
    passage.note ??= { cause, movedBy: null, reason: "this server does not look at the key" };
}

/** Carries the request out, in this turn of the event loop. */
export function carryOut(passage: Passage, context: PipelineContext): Ready {
  const before = faultRefusal(passage.fault, "5xx-before");
  if (before !== null) return refuse(passage, before, { tried: true });
  const prepared = prepare(passage, context);
  if (prepared === null) {
    const gone = notFound("invalid-request", `nothing is at ${passage.request.path} any more`);
    return refuse(passage, gone, { tried: false });
  }
  if (passage.route.method === "GET") {
    return { answer: answerRead(passage, prepared), refusal: null, executed: false, tried: true };
  }
  if (passage.fault?.kind === "spurious-conflict") {
    return refuse(passage, spuriousConflict(passage.policy), { tried: true });
  }
  const answer = answerWrite(passage, prepared);
  const after = faultRefusal(passage.fault, "5xx-after");
  if (after !== null) return refuse(passage, after, { tried: true, executed: true });
  return { answer, refusal: null, executed: true, tried: true };
}

/** C11 `check-then-set`: time in which another writer can come between the check and the write; 0 for none. */
export function windowMs({ policy, route }: Passage): number {
  const { check } = policy.concurrency;
  return check.kind === "atomic" || route.method === "GET" ? 0 : check.windowMs;
}

function carryOutAndSettle(passage: Passage, context: PipelineContext): MaybePromise<Decided> {
  const openMs = windowMs(passage);
  if (openMs === 0) return settle(passage, context, carryOut(passage, context));
  return context.clock.sleep(openMs).then(() => {
    passage.prepared = null;
    return settle(passage, context, carryOut(passage, context));
  });
}

/** What the rules say of the state as it is now; null: nothing against the request. */
export function refusedByState(passage: Passage, context: PipelineContext): Ready | null {
  const { againAfterKey, afterKey } = planOf(passage.policy);
  passage.prepared = null;
  return firstNo(passage, context, againAfterKey) ?? firstNo(passage, context, afterKey);
}

/** From the last wait on: the rules that look at the state, and the write. */
function decideByState(passage: Passage, context: PipelineContext): MaybePromise<Decided> {
  const refused = refusedByState(passage, context);
  return refused === null ? carryOutAndSettle(passage, context) : settle(passage, context, refused);
}

/**
 * Takes a request through the rules in the policy's order and carries it out. Where nothing has to wait, this is one
 * turn of the event loop; from the last wait on it always is, and that is what makes check and write atomic.
 */
export function decideRequest(passage: Passage, context: PipelineContext): MaybePromise<Decided> {
  const early = firstNo(passage, context, planOf(passage.policy).beforeKey);
  if (early !== null) return early;
  return andThen(beginKey(passage, context.engine), (beginning) => {
    const byKey = answeredByKey(passage, context, beginning);
    if (byKey !== null) return byKey;
    const sleepMs = workMs(passage, context);
    if (sleepMs === 0) return decideByState(passage, context);
    return context.clock.sleep(sleepMs).then(() => decideByState(passage, context));
  });
}

/** Headers that a key adds to whatever is answered, be it a refusal of the key itself. */
export function headersForKey(passage: Passage): ReturnType<typeof keyHeaders> {
  const { beginning, policy, sentKey } = passage;
  const counted = beginning !== null && beginning.kind !== "ignore" && sentKey !== null;
  return counted ? keyHeaders(policy.idempotency, sentKey, beginning.kind === "replay") : [];
}
