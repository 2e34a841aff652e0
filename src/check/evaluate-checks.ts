import { isConflictStatus, isWrite } from "../core/http.js";
import type { Exchange, JournalView } from "../journal/journal.js";
import { isSending } from "../plan/build-plan.js";
import { EFFECTS_STEP, type RunPlan } from "../plan/plan.js";
import type { SendingStep } from "../scenario/scenario.js";
import { createBoundScope } from "./bound-scope.js";
import type { CheckedRun, CheckResult } from "./check.js";
import { answersEvidence, tokensEvidence } from "./effect-evidence.js";
import { judgeStep, type StepLog, startLog, takeExchange, takeReread } from "./judge-step.js";

/** What is counted over all exchanges. */
interface Tally {
  exchanges: number;
  writes: number;
  conflicts: number;
  failures: number;
  refused: number;
}

function count(tally: Tally, exchange: Exchange): void {
  const names = exchange.request.headers.map(([name]) => name);
  const sent = exchange.error?.phase !== "refused";
  tally.exchanges += 1;
  if (sent && isWrite(exchange.request.method, names)) tally.writes += 1;
  if (exchange.response !== null && isConflictStatus(exchange.response.status)) tally.conflicts += 1;
  if (!sent) tally.refused += 1;
  else if (exchange.response === null) tally.failures += 1;
}

/** The exchange whose stored answer this one is. `firsts` holds the first exchange's id of each key and URL. */
function storedAnswerOf(
  firsts: Map<string, string>,
  exchange: Exchange,
  journal: JournalView,
): string | null {
  if (exchange.idempotencyKey === null || exchange.response === null || exchange.response.status >= 300)
    return null;
  const identity = `${exchange.request.method} ${exchange.request.url} ${exchange.idempotencyKey}`;
  const first = firsts.get(identity);
  if (first === undefined) {
    firsts.set(identity, exchange.id);
    return null;
  }
  const around = { base: journal.exchange(first), other: exchange, all: [] };
  const second = answersEvidence(around.base, exchange).second ?? tokensEvidence(around).second;
  return second === false ? first : null;
}

/** A request that could not even be made: there is nothing of it to show beside another. */
function isUnmade(log: StepLog | undefined): boolean {
  return log?.last?.error?.phase === "refused" && log.last.request.headers.length === 0;
}

function pairsOf(plan: RunPlan, logs: ReadonlyMap<string, StepLog>): readonly (readonly [string, string])[] {
  const wanted = plan.steps.flatMap(({ step }): readonly (readonly [string, string])[] => {
    if (step.kind === "repeat") return [[step.of, step.id]];
    const [base, ...others] = step.kind === "compare" ? step.steps : [];
    return base === undefined ? [] : others.map((other) => [base, other] as const);
  });
  const seen = new Set<string>();
  return wanted.flatMap(([base, other]) => {
    const pair = [logs.get(base)?.last?.id, logs.get(other)?.last?.id] as const;
    const [baseId, otherId] = pair;
    if (baseId === undefined || otherId === undefined || seen.has(pair.join(" "))) return [];
    if (isUnmade(logs.get(base)) || isUnmade(logs.get(other))) return [];
    seen.add(pair.join(" "));
    return [[baseId, otherId] as const];
  });
}

function needsAll(steps: readonly SendingStep[]): boolean {
  return steps.some(({ expectations }) =>
    expectations.some(({ what }) => what === "replayOf" || what === "executed"),
  );
}

/** A further attempt between another step's attempts; a step's own attempts have at most its own reread between them. */
function isReread(exchange: Exchange, { step }: StepLog, previous: string | null): boolean {
  return exchange.attempt > 1 && previous !== step.id && previous !== (step.retry?.reread ?? null);
}

/** How the scenario's own values are redacted before they are compared; identity for a journal read back. */
export type Redact = (text: string) => string;

/**
 * Judges a run by its journal alone, in one pass. Memory grows with the scenario and its keys; with the exchanges only
 * where an expectation is about effects, which any of them may prove.
 */
export function evaluateChecks(plan: RunPlan, journal: JournalView, redact: Redact = String): CheckedRun {
  const steps = plan.steps.map(({ step }) => step).filter(isSending);
  const bound = createBoundScope();
  const context = { scope: bound.scope, redact };
  const logs = new Map<string, StepLog>(steps.map((step) => [step.id, startLog(step)]));
  const tally: Tally = { exchanges: 0, writes: 0, conflicts: 0, failures: 0, refused: 0 };
  const firsts = new Map<string, string>();
  const storedAnswers: Record<string, string> = {};
  const skipped: CheckedRun["skipped"][number][] = [];
  const all: Exchange[] = [];
  const keepAll = needsAll(steps);

  const uncounted: string[] = [];
  let previous: string | null = null;
  const take = (exchange: Exchange): void => {
    count(tally, exchange);
    const stored = storedAnswerOf(firsts, exchange, journal);
    if (stored !== null) storedAnswers[exchange.id] = stored;
    if (keepAll) all.push(exchange);
    if (exchange.step === EFFECTS_STEP && exchange.error !== null && exchange.error.phase !== "refused") {
      uncounted.push(exchange.id);
    }
    const log = logs.get(exchange.step);
    if (log !== undefined && isReread(exchange, log, previous)) takeReread(log, exchange);
    else if (log !== undefined) takeExchange(log, exchange, context);
    previous = exchange.step;
  };
  for (const entry of journal.entries()) {
    if (entry.type === "bound") bound.learn(entry.values);
    if (entry.type === "step-skipped")
      skipped.push({ step: entry.step, round: entry.round, reason: entry.reason });
    if (entry.type === "exchange") take(entry.exchange);
  }

  const effects = { all, countPath: plan.scenario.effects?.count ?? null };
  const results: readonly CheckResult[] = steps.flatMap((step) => judgeStep(step, { logs, effects }));
  const every = [...logs.values()];
  return {
    results,
    skipped,
    counts: tally,
    storedAnswers,
    pairs: pairsOf(plan, logs),
    unanswered: [...every.flatMap(({ unanswered }) => unanswered), ...uncounted],
    unauthorised: every.flatMap(({ unauthorised }) => unauthorised),
  };
}
