import type { KeyEngine } from "../idempotency/engine.js";
import type { IdempotencyPolicy } from "../policy/idempotency-policy.js";
import { routePolicy } from "../policy/route-policy.js";
import { type Answer, refusalAnswer, successAnswer } from "./answer.js";
import { DEFAULT_PRINCIPAL } from "./auth.js";
import type { Fault } from "./faults.js";
import type { Passed } from "./front.js";
import { lookupView } from "./keys.js";
import { logIn, TOKEN_PATH } from "./oauth.js";
import type { Route } from "./operation.js";
import type { Note, Outcome, Passage } from "./passage.js";
import { type Decided, decideRequest, headersForKey } from "./pipeline.js";
import { messageOf, notFound, type Refusal } from "./refusal.js";
import type { MockRequest } from "./request.js";
import type { Found } from "./router.js";
import { RULES } from "./rules.js";
import type { MockState } from "./state.js";

function headerText(request: MockRequest): Passed["headers"] {
  return request.headers as Passed["headers"];
}

/** The key as it was sent where the policy looks for one. */
function sentKey(headers: Passed["headers"], { carrier }: IdempotencyPolicy): string | null {
  const name = carrier.kind === "header" ? carrier.name.toLowerCase() : "idempotency-key";
  return headers[name] ?? null;
}

function openPassage(request: MockRequest, found: Found<Route>, state: MockState): Passage {
  const policy = routePolicy(state.policy, found.route.method, request.path);
  const fault = state.faults.take(found.route.method, request.path, policy);
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
    params: found.params,
    policy,
    correlationId: state.correlationIds.uuid(),
    fault,
    login,
    caller: login.kind === "caller" ? login.caller : state.logins.callerOf(DEFAULT_PRINCIPAL),
    sentKey: sentKey(passed.headers, policy.idempotency),
    body: null,
    rate: null,
    beginning: null,
    claim: null,
    call: null,
    prepared: null,
    note: null,
  };
}

function noteOf(passage: Passage, { refusal }: Decided): Note | null {
  if (refusal !== null) {
    return { cause: refusal.cause, movedBy: refusal.movedBy ?? null, reason: refusal.reason };
  }
  if (passage.note !== null || !passage.passed.altered) return passage.note;
  return {
    cause: "altered-in-transit",
    movedBy: null,
    reason: "the middleware in front changed the request",
  };
}

function lost(fault: Fault): Note {
  return {
    cause: "response-lost",
    movedBy: null,
    reason: `${fault.kind}: the request was carried out and its answer withheld`,
  };
}

function toOutcome(passage: Passage, decided: Decided): Outcome {
  const { fault, rate, correlationId } = passage;
  const base = { rate, correlationId, key: passage.sentKey, executed: decided.executed };
  const note = noteOf(passage, decided);
  if (fault?.kind === "drop-response" || fault?.kind === "reset-after") {
    const end = fault.kind === "drop-response" ? "close" : "reset";
    return { ...base, answer: null, end, note: decided.executed ? lost(fault) : note };
  }
  const added = headersForKey(passage);
  const answer =
    added.length === 0
      ? decided.answer
      : { ...decided.answer, headers: [...decided.answer.headers, ...added] };
  return { ...base, answer, end: "answer", note };
}

function unknownRoute(request: MockRequest, state: MockState): Outcome {
  const correlationId = state.correlationIds.uuid();
  const refusal = notFound(
    "no-such-operation",
    `${request.method} ${request.path} is not an operation of this server`,
  );
  const answer = refusalAnswer(refusal, state.policy.errors, correlationId);
  const note = { cause: refusal.cause, movedBy: null, reason: refusal.reason };
  return { answer, end: "answer", rate: null, correlationId, key: null, note, executed: false };
}

function loginOutcome(request: MockRequest, state: MockState): Outcome {
  const correlationId = state.correlationIds.uuid();
  const { answer, refusedBecause } = logIn(request, state.logins, correlationId);
  const note: Note | null =
    refusedBecause === null ? null : { cause: "token-invalid", movedBy: null, reason: refusedBecause };
  return {
    answer,
    end: "answer",
    rate: null,
    correlationId,
    key: null,
    note,
    executed: refusedBecause === null,
  };
}

function recalled(answer: Answer, key: string | null): Outcome {
  const note: Note = {
    cause: "answered-by-intermediary",
    movedBy: null,
    reason: "the middleware in front knew the key",
  };
  return {
    answer,
    end: "answer",
    rate: null,
    correlationId: answer.correlationId,
    key,
    note,
    executed: false,
  };
}

async function lookUp(
  passage: Passage,
  engine: KeyEngine,
  epochOf: (atMs: number) => number,
): Promise<Answer | Refusal> {
  const key = passage.params[0] ?? "";
  const asked = engine.lookUp(key, passage.caller.account, passage.policy.idempotency);
  const latest = (asked instanceof Promise ? await asked : asked).at(-1);
  if (latest === undefined)
    return notFound("invalid-request", `no request of this account had the key ${key}`);
  return successAnswer(
    { status: 200, correlationId: passage.correlationId, headers: [] },
    lookupView(key, latest, epochOf),
  );
}

/** The look-up of a key knows no keys and no preconditions: it is let in, counted and answered. */
async function answerLookup(passage: Passage, state: MockState): Promise<Outcome> {
  const said = RULES.auth(passage, state.context) ?? RULES.rateLimit(passage, state.context);
  const offsetMs = state.clock.epochMs() - state.clock.nowMs();
  const found = said?.refusal ?? (await lookUp(passage, state.engine, (atMs) => atMs + offsetMs));
  const refusal = "cause" in found ? found : null;
  const answer =
    "cause" in found ? refusalAnswer(found, passage.policy.errors, passage.correlationId) : found;
  return toOutcome(passage, { answer, refusal, executed: false });
}

function frontKey(request: MockRequest, state: MockState): string | undefined {
  const { front } = state.policy;
  if (front?.kind !== "cache") return undefined;
  return sentKey(headerText(request), state.policy.idempotency) ?? undefined;
}

/** A bug of the mock's: the client sees a 500, the key is free again, and the trace says what it was. */
async function crashed(passage: Passage, state: MockState, error: unknown): Promise<Outcome> {
  const dropped = passage.claim === null ? undefined : state.engine.abandon(passage.claim);
  if (dropped instanceof Promise) await dropped;
  const code = "internal.server.error";
  const reason = `a bug in gcidem: ${error instanceof Error ? error.message : String(error)}`;
  const refusal: Refusal = {
    status: 500,
    code,
    message: messageOf(code, "The server failed."),
    cause: "unexplained",
    reason,
  };
  const answer = refusalAnswer(refusal, passage.policy.errors, passage.correlationId);
  return toOutcome(passage, { answer, refusal, executed: false });
}

async function answerOperation(passage: Passage, state: MockState): Promise<Outcome> {
  const { fault } = passage;
  if (fault?.kind === "reset-before") {
    const note: Note = {
      cause: "unexplained",
      movedBy: null,
      reason: "reset-before: the request was not looked at",
    };
    const { correlationId, sentKey: key } = passage;
    return { answer: null, end: "reset", rate: null, correlationId, key, note, executed: false };
  }
  try {
    return toOutcome(passage, await decideRequest(passage, state.context));
  } catch (error) {
    return crashed(passage, state, error);
  }
}

/** Decides on one request, from the middleware in front to the answer. Never throws for what a client sent. */
export async function handleRequest(request: MockRequest, state: MockState): Promise<Outcome> {
  if (request.path === TOKEN_PATH && request.method === "POST") return loginOutcome(request, state);
  const found = state.router.find(request.method, request.path);
  if (found === null) return unknownRoute(request, state);
  const { front } = state.policy;
  const key = frontKey(request, state);
  const known = state.middleware.recall(front, key, state.clock.nowMs());
  if (known !== null) return recalled(known, key ?? null);
  const passage = openPassage(request, found, state);
  if (found.route.isLookup === true) return answerLookup(passage, state);
  const outcome = await answerOperation(passage, state);
  if (outcome.answer !== null)
    state.middleware.keep(front, key, { answer: outcome.answer, nowMs: state.clock.nowMs() });
  return outcome;
}
