import type { Found } from "../core/router.js";
import type { KeyLookup } from "../idempotency/idempotency.js";
import { andThen, type MaybePromise } from "../idempotency/maybe-promise.js";
import { ConstitutionChanged, NothingDone, StoreUnavailable } from "../idempotency/shared-state.js";
import type { RoutePolicy } from "../policy/policy.js";
import { type Answer, jsonAnswer, refusalAnswer } from "./answer.js";
import { DEFAULT_PRINCIPAL } from "./auth.js";
import { errorForm } from "./error-body.js";
import type { Fault } from "./faults.js";
import type { Passed } from "./front.js";
import { lookupView, sentKey } from "./keys.js";
import { logIn, TOKEN_PATH } from "./oauth.js";
import type { Route } from "./operation.js";
import { plainly, repeated, toOutcome } from "./outcome.js";
import type { Note, Outcome, Passage } from "./passage.js";
import { type Decided, decideRequest } from "./pipeline.js";
import { messageOf, notFound, type Refusal } from "./refusal.js";
import type { MockRequest } from "./request.js";
import { RULES } from "./rules.js";
import { decideShared, lookUpShared } from "./shared-passage.js";
import type { MockState } from "./state.js";

function headerText(request: MockRequest): Passed["headers"] {
  return request.headers as Passed["headers"];
}

/** The key of a request that no middleware in front has touched. */
function ownKey(request: MockRequest, { policy }: MockState): string | null {
  return sentKey(request, { headers: headerText(request), body: request.body }, policy.idempotency);
}

/** What arrived, and what is to go wrong with it. */
interface Arrival {
  readonly request: MockRequest;
  readonly found: Found<Route>;
  readonly policy: RoutePolicy;
  readonly fault: Fault | null;
}

function openPassage({ request, found, policy, fault }: Arrival, state: MockState): Passage {
  const passed = state.middleware.rewrite(state.policy.front, {
    headers: headerText(request),
    body: request.body,
    altered: false,
  });
  if (fault?.kind === "expire-token") state.logins.expire(passed.headers.authorization);
  const login = state.logins.check(passed.headers.authorization);
  return {
    request,
    passed,
    route: found.route,
    path: found.path,
    params: found.params,
    policy,
    org: state.org,
    correlationId: state.correlationIds.uuid(),
    fault,
    login,
    caller: login.kind === "caller" ? login.caller : state.logins.callerOf(DEFAULT_PRINCIPAL),
    sentKey: sentKey(request, passed, policy.idempotency),
    body: null,
    rate: null,
    beginning: null,
    claim: null,
    call: null,
    prepared: null,
    note: null,
  };
}

function unknownRoute(request: MockRequest, state: MockState): Outcome {
  const correlationId = state.correlationIds.uuid();
  const refusal = notFound(
    "no-such-operation",
    `${request.method} ${request.path} is not an operation of this server`,
  );
  const answer = refusalAnswer(refusal, state.policy.errors, correlationId);
  const note = { cause: refusal.cause, movedBy: null, reason: refusal.reason };
  return plainly({ answer, correlationId, key: null, note, executed: false });
}

function loginOutcome(request: MockRequest, state: MockState): Outcome {
  const correlationId = state.correlationIds.uuid();
  const { answer, refusedBecause } = logIn(request, state.logins, correlationId);
  const note: Note | null =
    refusedBecause === null ? null : { cause: "token-invalid", movedBy: null, reason: refusedBecause };
  return plainly({ answer, correlationId, key: null, note, executed: refusedBecause === null });
}

function recalled(answer: Answer, key: string | null): Outcome {
  const note: Note = {
    cause: "answered-by-intermediary",
    movedBy: null,
    reason: "the middleware in front knew the key",
  };
  return plainly({ answer, correlationId: answer.correlationId, key, note, executed: false });
}

function showLookup(passage: Passage, found: readonly KeyLookup[], state: MockState): Decided {
  const key = passage.params[0] ?? "";
  const latest = found.at(-1);
  if (latest === undefined) {
    return refused(passage, notFound("invalid-request", `no request of this account had the key ${key}`));
  }
  const offsetMs = state.clock.epochMs() - state.clock.nowMs();
  const view = lookupView(key, latest, (atMs) => atMs + offsetMs);
  return { answer: jsonAnswer(200, passage.correlationId, view), refusal: null, executed: false };
}

/** The look-up of a key knows no keys and no preconditions: it is let in, counted and answered. */
function lookUp(passage: Passage, state: MockState): MaybePromise<Decided> {
  const refuse = (): Decided | null => {
    const said = RULES.auth(passage, state.context) ?? RULES.rateLimit(passage, state.context);
    return said === null ? null : refused(passage, said.refusal);
  };
  if (state.sharing !== null) {
    return lookUpShared(passage, state.context, state.sharing).then(
      (found) => refuse() ?? showLookup(passage, found, state),
    );
  }
  const no = refuse();
  if (no !== null) return no;
  const { account } = passage.caller;
  const asked = state.engine.lookUp(passage.params[0] ?? "", account, passage.policy.idempotency);
  return andThen(asked, (found) => showLookup(passage, found, state));
}

function refused(passage: Passage, refusal: Refusal): Decided {
  return {
    answer: refusalAnswer(
      refusal,
      errorForm(passage.policy.errors, passage.route.errors),
      passage.correlationId,
    ),
    refusal,
    executed: false,
  };
}

/** Mostly nobody knows what the store did with the request, so the client is told to ask again with the same key. */
function storeGone(error: StoreUnavailable): Refusal {
  const code = "service.unavailable";
  const what =
    error instanceof NothingDone
      ? "The request was not carried out."
      : "The server's store cannot be reached. The request may have been carried out.";
  return {
    status: 503,
    code,
    message: messageOf(code, what),
    retryAfterSeconds: 1,
    cause: "unexplained",
    reason: error.message,
  };
}

/** The answer to a request that could not even be begun. */
export function refuseUnbegun(request: MockRequest, state: MockState, error: StoreUnavailable): Outcome {
  const correlationId = state.correlationIds.uuid();
  const refusal = storeGone(new NothingDone(error.message));
  const answer = refusalAnswer(refusal, state.policy.errors, correlationId);
  const note = { cause: refusal.cause, movedBy: null, reason: refusal.reason };
  const key = ownKey(request, state);
  return plainly({ answer, correlationId, key, note, executed: false });
}

/** A bug of the mock's: the client sees a 500, the key is free again, and the trace says what it was. */
function crashed(passage: Passage, state: MockState, error: unknown): MaybePromise<Decided> {
  if (error instanceof ConstitutionChanged) throw error;
  if (error instanceof StoreUnavailable) return refused(passage, storeGone(error));
  const code = "internal.server.error";
  const reason = `a bug in gcidem: ${error instanceof Error ? error.message : String(error)}`;
  const message = messageOf(code, "The server failed.");
  const decided = refused(passage, { status: 500, code, message, cause: "unexplained", reason });
  return passage.claim === null ? decided : andThen(state.engine.abandon(passage.claim), () => decided);
}

function decideByRoute(passage: Passage, state: MockState): MaybePromise<Decided> {
  if (passage.route.isLookup === true) return lookUp(passage, state);
  const { sharing, context } = state;
  return sharing === null ? decideRequest(passage, context) : decideShared(passage, context, sharing);
}

function decide(passage: Passage, state: MockState): MaybePromise<Decided> {
  try {
    const decided = decideByRoute(passage, state);
    return decided instanceof Promise ? decided.catch((error) => crashed(passage, state, error)) : decided;
  } catch (error) {
    return crashed(passage, state, error);
  }
}

function frontKey(request: MockRequest, state: MockState): string | undefined {
  if (state.policy.front?.kind !== "cache") return undefined;
  return ownKey(request, state) ?? undefined;
}

function unseen(passage: Passage): Outcome {
  const note: Note = {
    cause: "unexplained",
    movedBy: null,
    reason: "reset-before: the request was not looked at",
  };
  const { correlationId, sentKey: key } = passage;
  return plainly({ answer: null, correlationId, key, note, executed: false });
}

function takeThrough(arrival: Arrival, state: MockState): MaybePromise<Outcome> {
  const passage = openPassage(arrival, state);
  if (arrival.fault?.kind === "reset-before") return unseen(passage);
  return andThen(decide(passage, state), (decided) => toOutcome(passage, decided));
}

/** The network delivers the request twice; the client gets the second answer, as behind a proxy that tries again. */
function deliverTwice(arrival: Arrival, state: MockState): MaybePromise<Outcome> {
  const again = { ...arrival, fault: null };
  return andThen(takeThrough(again, state), (earlier) =>
    andThen(takeThrough(again, state), (outcome) => repeated(outcome, earlier)),
  );
}

function answerOperation(request: MockRequest, found: Found<Route>, state: MockState): MaybePromise<Outcome> {
  const { front } = state.policy;
  const key = frontKey(request, state);
  const known = key === undefined ? null : state.middleware.recall(front, key, state.clock.nowMs());
  if (known !== null) return recalled(known, key ?? null);
  const policy = state.policyOf(found);
  const fault = state.faults.take(found.route.method, request.path, policy);
  const arrival: Arrival = { request, found, policy, fault };
  const taken =
    fault?.kind === "duplicate-delivery" ? deliverTwice(arrival, state) : takeThrough(arrival, state);
  if (key === undefined) return taken;
  return andThen(taken, (outcome) => {
    const { answer } = outcome;
    if (answer !== null) state.middleware.keep(front, key, { answer, nowMs: state.clock.nowMs() });
    return outcome;
  });
}

/** Decides on one request, from the middleware in front to the answer. Never throws for what a client sent. */
export function handleRequest(request: MockRequest, state: MockState): MaybePromise<Outcome> {
  if (request.path === TOKEN_PATH && request.method === "POST") return loginOutcome(request, state);
  const found = state.router.find(request.method, request.path);
  return found === null ? unknownRoute(request, state) : answerOperation(request, found, state);
}
