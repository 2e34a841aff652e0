import { headerValue } from "../core/http.js";
import type { Exchange } from "../journal/journal.js";
import { MissingValue, type Scope } from "../plan/plan.js";
import { queryJson } from "../plan/query-json.js";
import { matchesStatus } from "../plan/status-pattern.js";
import type { Expectation } from "../scenario/scenario.js";
import type { Judgement } from "./check.js";
import { matchValue } from "./match-value.js";

/** What expectations are judged with. */
export interface JudgeContext {
  readonly scope: Scope;
  readonly redact: (text: string) => string;
}

/** Expectations that one exchange decides by itself. */
export type ExchangeExpectation = Extract<Expectation, { what: "status" | "header" | "json" | "error" }>;

/** Expectations of a whole race. */
export type RaceExpectation = Extract<Expectation, { what: "raceStatuses" | "invariant" }>;

/** True for expectations of a whole race. Pure. */
export function isRaceExpectation(expectation: Expectation): expectation is RaceExpectation {
  return expectation.what === "raceStatuses" || expectation.what === "invariant";
}

/** True for expectations that {@link judgeExchange} can judge. Pure. */
export function isExchangeExpectation(expectation: Expectation): expectation is ExchangeExpectation {
  return ["status", "header", "json", "error"].includes(expectation.what);
}

/** Without an answer nothing is violated: whether it would have held cannot be known (exit code 4, not 1). */
function noAnswer(exchange: Exchange, expected: unknown): Judgement {
  const code = exchange.error?.code ?? "no answer";
  return { expected, actual: code, ok: null, note: exchange.error?.message ?? null };
}

function judgeStatus(expectation: Expectation & { readonly what: "status" }, exchange: Exchange): Judgement {
  const { any, negated } = expectation;
  const words = any.length === 1 ? any[0] : any;
  const expected = negated ? { not: words } : words;
  if (exchange.response === null) return noAnswer(exchange, expected);
  const { status } = exchange.response;
  const meant = any.some((pattern) => matchesStatus(status, pattern));
  return { expected, actual: status, ok: meant !== negated, note: null };
}

function judgeHeader(
  expectation: Expectation & { readonly what: "header" },
  exchange: Exchange,
  context: JudgeContext,
): Judgement {
  if (exchange.response === null) return noAnswer(exchange, expectation.matcher.kind);
  const actual = headerValue(exchange.response.headers, expectation.name) ?? undefined;
  return matchValue(expectation.matcher, actual, { ...context, asText: true });
}

function judgeJson(
  expectation: Expectation & { readonly what: "json" },
  exchange: Exchange,
  context: JudgeContext,
): Judgement {
  if (exchange.response === null) return noAnswer(exchange, expectation.matcher.kind);
  const values =
    exchange.response.bodyEncoding === "utf8" ? queryJson(exchange.response.body, expectation.path) : null;
  const judged = matchValue(
    expectation.matcher,
    values === null || values.length < 2 ? values?.[0] : values,
    {
      ...context,
      asText: false,
    },
  );
  return values === null ? { ...judged, actual: "no JSON body" } : judged;
}

function judgeError(expectation: Expectation & { readonly what: "error" }, exchange: Exchange): Judgement {
  const { error } = exchange;
  const actual = error === null ? (exchange.response?.status ?? null) : error.code;
  const ok = error !== null && ["any", error.code, error.phase].some((word) => word === expectation.error);
  return { expected: expectation.error, actual, ok, note: error?.message ?? null };
}

function judge(expectation: ExchangeExpectation, exchange: Exchange, context: JudgeContext): Judgement {
  switch (expectation.what) {
    case "status":
      return judgeStatus(expectation, exchange);
    case "header":
      return judgeHeader(expectation, exchange, context);
    case "json":
      return judgeJson(expectation, exchange, context);
    case "error":
      return judgeError(expectation, exchange);
  }
}

/** Judges one expectation by one exchange. Where the scenario's own value is missing, it cannot be decided. Pure. */
export function judgeExchange(
  expectation: ExchangeExpectation,
  exchange: Exchange,
  context: JudgeContext,
): Judgement {
  try {
    return judge(expectation, exchange, context);
  } catch (error) {
    if (!(error instanceof MissingValue)) throw error;
    return { expected: null, actual: null, ok: null, note: error.message };
  }
}

/** What an expectation is called in reports. Pure. */
export function nameOf(expectation: Expectation): string {
  if (expectation.what === "header") return `header ${expectation.name}`;
  if (expectation.what === "raceStatuses")
    return `statuses ${expectation.step.slice(expectation.step.indexOf("/") + 1)}`;
  return expectation.what === "json" ? `json ${expectation.path}` : expectation.what;
}
