import type { WriteMethod } from "../policy/idempotency-policy.js";
import type { OrderWord, RoutePolicy } from "../policy/policy.js";
import type { Logins } from "./auth.js";
import type { Call, Prepared, StateSince } from "./operation.js";
import type { Passage, RuleAnswer } from "./passage.js";
import { checkPrecondition } from "./preconditions.js";
import { countedToken, type RateLimiter, rateRefusal } from "./rate-limit.js";
import { messageOf, notFound, type Refusal } from "./refusal.js";
import { type ParsedBody, parseBody } from "./request.js";
import type { TokenHolder } from "./tokens.js";

/** What the rules look at besides the request. */
export interface RuleContext {
  readonly logins: Logins;
  readonly limiter: RateLimiter;
  /** Makes the call as of now. */
  readonly newCall: (passage: Passage) => Call;
}

/** A rule of `order`, but for `key`. */
export type Rule = Exclude<OrderWord, "key">;

const PASS: RuleAnswer = null;

function refused(refusal: Refusal, tried: boolean): RuleAnswer {
  return { refusal, tried };
}

function mayCall(passage: Passage): boolean {
  const { scope, method } = passage.route;
  const { scopes } = passage.caller;
  if (scope === null || scopes === null || scopes.includes(scope)) return true;
  return method === "GET" && scopes.includes(`${scope}:readonly`);
}

function missingPermission(passage: Passage): Refusal {
  const { scope, permission } = passage.route;
  const missing = permission ?? scope ?? "";
  const reason = `${passage.caller.name} lacks the scope ${scope ?? ""}`;
  if (passage.policy.permissions.missingScope === 409) {
    const code = "general.conflict";
    return { status: 409, code, message: messageOf(code, ""), cause: "permission-shown-as-409", reason };
  }
  return {
    status: 403,
    code: "missing.permissions",
    message: `Unable to perform the requested action. You are missing the following permission(s): ${missing}`,
    cause: "permission-missing",
    reason,
  };
}

function auth(passage: Passage): RuleAnswer {
  if (passage.login.kind === "refused") return refused(passage.login.refusal, true);
  return mayCall(passage) ? PASS : refused(missingPermission(passage), true);
}

function rateLimit(passage: Passage, { limiter }: RuleContext): RuleAnswer {
  const { policy, fault } = passage;
  const limit = policy.rateLimit;
  if (limit !== null) passage.rate ??= limiter.take(countedToken(passage), limit);
  if (fault?.kind === "429")
    return refused(rateRefusal({ retryAfter: true }, passage.rate?.resetSeconds ?? 1, "a fault"), true);
  if (limit === null || passage.rate === null || passage.rate.count <= limit.perMinute) return PASS;
  const reason = `request ${passage.rate.count} of this token within a minute; ${limit.perMinute} are allowed`;
  return refused(rateRefusal(limit, passage.rate.resetSeconds, reason), true);
}

function bodyOf(passage: Passage): ParsedBody {
  passage.body ??= parseBody(passage.passed.body, passage.passed.headers["content-type"]);
  return passage.body;
}

/** The body as JSON; undefined where there is none or it cannot be used. */
export function bodyValue(passage: Passage): unknown {
  const body = bodyOf(passage);
  return body.kind === "json" ? body.value : undefined;
}

/** Finds what the request is about, as of now. Null: there is no such resource. */
export function prepare(passage: Passage, context: RuleContext): Prepared | null {
  if (passage.prepared !== null) return passage.prepared;
  passage.call = context.newCall(passage);
  passage.prepared = passage.route.prepare(passage.call);
  return passage.prepared;
}

function nothingThere(passage: Passage): RuleAnswer {
  return refused(notFound("invalid-request", `nothing is at ${passage.request.path}`), false);
}

function isRead(passage: Passage): boolean {
  return passage.route.method === "GET";
}

function validation(passage: Passage, context: RuleContext): RuleAnswer {
  const prepared = prepare(passage, context);
  if (prepared === null) return nothingThere(passage);
  if (isRead(passage) || prepared.validate === undefined) return PASS;
  const body = bodyOf(passage);
  if (body.kind === "wrong-type") return refused(unsupportedType(body.contentType), false);
  if (body.kind === "malformed") return refused(badRequest(body.reason), false);
  const refusal = prepared.validate(body.value);
  return refusal === null ? PASS : refused(refusal, refusal.status !== 400);
}

function unsupportedType(contentType: string): Refusal {
  return {
    status: 415,
    code: "unsupported.media.type",
    message: "The media type of the request body is not supported.",
    cause: "invalid-request",
    reason: `the content type is ${contentType}`,
  };
}

function badRequest(reason: string): Refusal {
  return {
    status: 400,
    code: "bad.request",
    message: messageOf("bad.request", ""),
    cause: "invalid-request",
    reason,
  };
}

/** What a token speaks of: with `granularity: parent` the conversation. Null: nothing yet. */
export function tokenHolder(passage: Passage, prepared: Prepared): TokenHolder | null {
  const { subject } = prepared;
  if (subject === null) return null;
  return passage.policy.concurrency.granularity === "parent" ? (subject.parent() ?? subject) : subject;
}

/** C14: the members that a write touches; null: all, as where tokens cover the whole. */
export function touchedMembers(
  { policy }: Passage,
  prepared: Prepared,
  body: unknown,
): readonly string[] | null {
  return policy.concurrency.granularity === "field" ? (prepared.members?.(body) ?? null) : null;
}

function precondition(passage: Passage, context: RuleContext): RuleAnswer {
  const prepared = prepare(passage, context);
  if (prepared === null || passage.call === null) return nothingThere(passage);
  if (isRead(passage) || passage.policy.concurrency.validator.kind === "none") return PASS;
  const { headers } = passage.passed;
  const { call } = passage;
  const body = bodyValue(passage);
  const holder = tokenHolder(passage, prepared);
  const verdict = checkPrecondition(
    {
      method: passage.route.method as WriteMethod,
      noun: prepared.subject?.noun ?? "resource",
      staleMessage: prepared.subject?.staleMessage ?? null,
      ifMatch: headers["if-match"] ?? null,
      ifNoneMatch: headers["if-none-match"] ?? null,
      body,
      query: (name) => call.query.get(name),
      holder,
      history: holder?.versioned ?? prepared.history?.() ?? null,
      members: touchedMembers(passage, prepared, body),
      asker: call.asker,
    },
    passage.policy.concurrency,
  );
  if (verdict.kind === "ignored")
    passage.note = { cause: "precondition-ignored", movedBy: verdict.movedBy, reason: verdict.reason };
  return verdict.kind === "refused" ? refused(verdict.refusal, true) : PASS;
}

function lockRefusal(found: StateSince, passage: Passage, nowMs: number): Refusal | null {
  const { terminal, locks } = passage.policy;
  if (terminal?.states.includes(found.state) === true) {
    const code = "general.conflict";
    const reason = `the state is ${found.state}, which it never leaves`;
    return { status: terminal.status, code, message: messageOf(code, ""), cause: "state-terminal", reason };
  }
  if (locks === null || !locks.states.includes(found.state)) return null;
  if (locks.forMs !== null && nowMs - found.sinceMs >= locks.forMs) return null;
  const reason = `the state is ${found.state}`;
  return {
    status: locks.status,
    code: locks.code,
    message: "The resource is locked.",
    cause: "state-locked",
    reason,
  };
}

function lock(passage: Passage, context: RuleContext): RuleAnswer {
  const prepared = prepare(passage, context);
  if (prepared === null || passage.call === null) return nothingThere(passage);
  if (isRead(passage) || prepared.subject === null) return PASS;
  if (passage.policy.locks === null && passage.policy.terminal === null) return PASS;
  const { nowMs } = passage.call.instant;
  for (const found of prepared.subject.states()) {
    const refusal = lockRefusal(found, passage, nowMs);
    if (refusal === null) continue;
    const moves = refusal.cause === "state-locked" && prepared.setsState?.(bodyValue(passage)) === true;
    if (!moves) return refused(refusal, true);
  }
  return PASS;
}

/** Asks one rule of `order`. */
export type Check = (passage: Passage, context: RuleContext) => RuleAnswer;

/** What each rule of `order` says. */
export const RULES: Readonly<Record<Rule, Check>> = {
  auth,
  rateLimit,
  validation,
  precondition,
  lock,
};

/** Rules whose word holds only as long as nothing else is written. */
export const STATE_RULES: ReadonlySet<OrderWord> = new Set(["validation", "precondition", "lock"]);

/** The rules among some words of an order. Pure. */
export function checksIn(order: readonly OrderWord[]): readonly Check[] {
  return order.filter((word) => word !== "key").map((rule) => RULES[rule]);
}

/** What a policy's order comes to. */
export interface Plan {
  readonly beforeKey: readonly Check[];
  /** Those among them that look at the state, which may have moved since they were asked. */
  readonly againAfterKey: readonly Check[];
  readonly afterKey: readonly Check[];
}

const plans = new WeakMap<readonly OrderWord[], Plan>();

/** The same object for the same order. Pure. */
export function planOf({ order }: Pick<RoutePolicy, "order">): Plan {
  const known = plans.get(order);
  if (known !== undefined) return known;
  const keyAt = order.indexOf("key");
  const before = order.slice(0, keyAt);
  const plan: Plan = {
    beforeKey: checksIn(before),
    againAfterKey: checksIn(before.filter((word) => STATE_RULES.has(word))),
    afterKey: checksIn(order.slice(keyAt + 1)),
  };
  plans.set(order, plan);
  return plan;
}
