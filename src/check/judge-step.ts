import type { Exchange } from "../journal/journal.js";
import { matchesStatus } from "../plan/status-pattern.js";
import type { Expectation, SendingStep, StatusPattern } from "../scenario/scenario.js";
import type { CheckResult, Judgement } from "./check.js";
import type { DiagnosesByExchange } from "./diagnose-rounds.js";
import { judgeCause } from "./judge-cause.js";
import { type EffectContext, judgeExecuted, judgeReplay } from "./judge-effects.js";
import {
  type ExchangeExpectation,
  isExchangeExpectation,
  isRaceExpectation,
  type JudgeContext,
  judgeExchange,
  nameOf,
  type RaceExpectation,
} from "./judge-exchange.js";

/** What is remembered of a step while its exchanges pass by. A step with `times` runs through many attempts' series. */
export interface StepLog {
  readonly step: SendingStep;
  last: Exchange | null;
  /** Statuses of the current series of attempts. */
  attempts: readonly (number | string)[];
  readonly histogram: Map<number | string, number>;
  /** The judgement of each expectation so far: the first that failed, else the first undecided, else the last. */
  readonly judged: Map<Expectation, Found>;
  /** Judgements of the latest attempt, not final while another may follow. */
  pending: readonly (readonly [Expectation, Found])[];
  unanswered: readonly string[];
  unauthorised: readonly string[];
}

interface Found {
  readonly judgement: Judgement;
  readonly exchange: string;
}

/** Starts the log of a step that has sent nothing yet. */
export function startLog(step: SendingStep): StepLog {
  return {
    step,
    last: null,
    attempts: [],
    histogram: new Map(),
    judged: new Map(),
    pending: [],
    unanswered: [],
    unauthorised: [],
  };
}

function outcomeOf(exchange: Exchange): number | string {
  return exchange.response?.status ?? exchange.error?.code ?? "no answer";
}

function keepWorst(log: StepLog, expectation: Expectation, found: Found): void {
  const rank = (ok: boolean | null): number => (ok === false ? 2 : ok === null ? 1 : 0);
  const before = log.judged.get(expectation);
  if (before === undefined || rank(found.judgement.ok) >= rank(before.judgement.ok)) {
    if (before?.judgement.ok === false) return;
    log.judged.set(expectation, found);
  }
}

/** An exchange that no later attempt makes good: without an answer, or refused for its credentials. */
function noteTrouble(log: StepLog, exchange: Exchange): void {
  const status = exchange.response?.status;
  if (exchange.error !== null && exchange.error.phase !== "refused" && !expectsError(log.step)) {
    log.unanswered = [...log.unanswered, exchange.id];
  }
  if ((status === 401 || status === 403) && !expectsStatus(log.step, status)) {
    log.unauthorised = [...log.unauthorised, exchange.id];
  }
}

/** The series is over: what its last attempt came to counts. */
function closeSeries(log: StepLog): void {
  for (const [expectation, found] of log.pending) keepWorst(log, expectation, found);
  const { last } = log;
  if (last === null) return;
  noteTrouble(log, last);
}

/** Judged as it passes, while the names still have the values that they had then. */
function judgeAttempt(log: StepLog, exchange: Exchange, context: JudgeContext): void {
  log.pending = log.step.expectations
    .filter(isExchangeExpectation)
    .map(
      (each) => [each, { judgement: judgeExchange(each, exchange, context), exchange: exchange.id }] as const,
    );
}

function expectsError(step: SendingStep): boolean {
  return step.expectations.some(({ what }) => what === "error");
}

function expectsStatus(step: SendingStep, status: number): boolean {
  return step.expectations.some((each) => {
    if (each.what === "statuses") return each.counts.some(([pattern]) => matchesStatus(status, pattern));
    if (each.what === "attempts")
      return each.statuses.some((pattern) => pattern !== "network" && matchesStatus(status, pattern));
    return (
      each.what === "status" && each.any.some((pattern) => matchesStatus(status, pattern)) !== each.negated
    );
  });
}

/**
 * Takes the next exchange of a step. A new series starts with attempt 1, so the series before it is over and its last
 * attempt counts.
 */
export function takeExchange(log: StepLog, exchange: Exchange, context: JudgeContext): void {
  if (exchange.attempt === 1) closeSeries(log);
  log.attempts = exchange.attempt === 1 ? [outcomeOf(exchange)] : [...log.attempts, outcomeOf(exchange)];
  log.last = exchange;
  judgeAttempt(log, exchange, context);
  const outcome = outcomeOf(exchange);
  log.histogram.set(outcome, (log.histogram.get(outcome) ?? 0) + 1);
}

/**
 * True for a further attempt between another step's attempts; a step's own attempts have at most its own reread between
 * them. `previous`: the step that its sender sent before. Pure.
 */
export function isReread(exchange: Exchange, { step }: StepLog, previous: string | null): boolean {
  return exchange.attempt > 1 && previous !== step.id && previous !== (step.retry?.reread ?? null);
}

/**
 * Takes an exchange of a step that ran again because another step's retry asked for it (`reread`). Its expectations
 * were about its own turn: the world has moved on since, which is why it is read again.
 */
export function takeReread(log: StepLog, exchange: Exchange): void {
  noteTrouble(log, exchange);
}

function judgeAttempts(expectation: Expectation & { readonly what: "attempts" }, log: StepLog): Judgement {
  const { statuses } = expectation;
  const ok =
    statuses.length === log.attempts.length &&
    statuses.every((pattern, index) => {
      const outcome = log.attempts[index];
      if (pattern === "network") return typeof outcome === "string";
      return typeof outcome === "number" && matchesStatus(outcome, pattern);
    });
  // A last attempt without an answer leaves open how the series would have ended.
  const unanswered = typeof log.attempts.at(-1) === "string";
  return { expected: statuses, actual: log.attempts, ok: ok || !unanswered ? ok : null, note: null };
}

/** `3`, `>=1`, `<=5`, `>0`, `<9`: how many answers. */
export function countHolds(found: number, wanted: string): boolean {
  const [, sign = "", digits = "0"] = /^(>=|<=|>|<)?\s*(\d+)$/.exec(wanted) ?? [];
  const number = Number(digits);
  if (sign === ">=") return found >= number;
  if (sign === "<=") return found <= number;
  if (sign === ">") return found > number;
  return sign === "<" ? found < number : found === number;
}

function judgeStatuses(expectation: Expectation & { readonly what: "statuses" }, log: StepLog): Judgement {
  const found = (pattern: StatusPattern): number =>
    [...log.histogram].reduce((sum, [outcome, times]) => {
      return typeof outcome === "number" && matchesStatus(outcome, pattern) ? sum + times : sum;
    }, 0);
  const ok = expectation.counts.every(([pattern, wanted]) => countHolds(found(pattern), wanted));
  const unanswered = [...log.histogram.keys()].some((outcome) => typeof outcome === "string");
  return {
    expected: Object.fromEntries(expectation.counts),
    actual: Object.fromEntries(log.histogram),
    ok: ok || !unanswered ? ok : null,
    note: null,
  };
}

/** Expectations that need more than one exchange of a step. A race's own are judged by `judge-race.ts`. */
type StepExpectation = Exclude<Expectation, ExchangeExpectation | RaceExpectation>;

/** What a step's expectations are judged with once all exchanges have passed. */
export interface StepContext {
  readonly round: number;
  readonly logs: ReadonlyMap<string, StepLog>;
  readonly effects: EffectContext;
  readonly diagnoses: DiagnosesByExchange;
}

function judgeWhole(expectation: StepExpectation, log: StepLog, context: StepContext): Judgement {
  const { logs, effects } = context;
  if (expectation.what === "cause") {
    return judgeCause(expectation, context.diagnoses.get(log.last?.id ?? "") ?? []);
  }
  if (expectation.what === "attempts") return judgeAttempts(expectation, log);
  if (expectation.what === "statuses") return judgeStatuses(expectation, log);
  const last = log.last === null ? undefined : effects.all.find(({ id }) => id === log.last?.id);
  if (last === undefined) return NOT_SENT;
  if (expectation.what === "executed") return judgeExecuted(expectation.executed, last, effects);
  const base = effects.all.find(({ id }) => id === logs.get(expectation.step)?.last?.id);
  return base === undefined ? NOT_SENT : judgeReplay(base, last, effects);
}

const NOT_SENT: Judgement = { expected: null, actual: null, ok: null, note: "the step sent nothing" };

/** Judges all expectations of one step, in the order of the file. */
export function judgeStep(step: SendingStep, all: StepContext): readonly CheckResult[] {
  const log = all.logs.get(step.id) ?? startLog(step);
  closeSeries(log);
  return step.expectations.flatMap((expectation) => {
    if (isRaceExpectation(expectation)) return [];
    const found = isExchangeExpectation(expectation) ? log.judged.get(expectation) : undefined;
    const judgement =
      log.last === null
        ? NOT_SENT
        : isExchangeExpectation(expectation)
          ? (found?.judgement ?? NOT_SENT)
          : judgeWhole(expectation, log, all);
    const exchange = found?.exchange ?? log.last?.id ?? null;
    const named = { step: step.id, round: all.round, exchange, what: nameOf(expectation) };
    return [{ ...named, ...judgement, at: expectation.at }];
  });
}
