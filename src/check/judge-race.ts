import type { Exchange } from "../journal/journal.js";
import { matchesStatus } from "../plan/status-pattern.js";
import type { RaceStep, SendingStep, StatusPattern } from "../scenario/scenario.js";
import type { CheckResult, Judgement } from "./check.js";
import { isRaceExpectation, type JudgeContext, nameOf } from "./judge-exchange.js";
import { judgeInvariant } from "./judge-invariants.js";
import {
  countHolds,
  isReread,
  judgeStep,
  type StepContext,
  type StepLog,
  startLog,
  takeExchange,
  takeReread,
} from "./judge-step.js";
import { fromStart, type RaceRound, type RoundFinding, startOf } from "./race-round.js";

/** What is remembered of a race while the exchanges of one round pass by. */
export interface RaceLog {
  readonly race: RaceStep;
  /** A log for each writer's inner step. */
  readonly logs: Map<string, StepLog>;
  readonly raced: Exchange[];
  /** What each writer sent last. */
  readonly previous: Map<number | null, string>;
}

/** What one round of a race came to. */
export interface JudgedRace {
  readonly results: readonly CheckResult[];
  readonly findings: readonly (readonly [expectation: InvariantExpectation, finding: RoundFinding])[];
}

/** An invariant that a race names. */
export type InvariantExpectation = Extract<RaceStep["expectations"][number], { what: "invariant" }>;

/** True where a round violated what a race names. Pure. */
export function isViolation([, { holds }]: JudgedRace["findings"][number]): boolean {
  return holds === false;
}

/** Starts the log of a race that has sent nothing yet. */
export function startRaceLog(race: RaceStep): RaceLog {
  return { race, logs: new Map(), raced: [], previous: new Map() };
}

function innerStep(race: RaceStep, exchange: Exchange): SendingStep | undefined {
  return race.writers[exchange.writer ?? -1]?.find(({ id }) => id === exchange.step);
}

/** Takes the next exchange of a race; also what a writer read again of a step before the race. */
export function takeRaceExchange(log: RaceLog, exchange: Exchange, context: JudgeContext): void {
  const previous = log.previous.get(exchange.writer) ?? null;
  log.previous.set(exchange.writer, exchange.step);
  log.raced.push(exchange);
  const step = innerStep(log.race, exchange);
  if (step === undefined) return;
  const name = `${exchange.writer} ${exchange.step}`;
  const own = log.logs.get(name) ?? startLog(step);
  log.logs.set(name, own);
  if (isReread(exchange, own, previous)) takeReread(own, exchange);
  else takeExchange(own, exchange, context);
}

/** Statuses on each writer's last attempt of an inner step, as `statuses` counts them. */
function lastStatuses(log: RaceLog, inner: string): ReadonlyMap<number | string, number> {
  const counts = new Map<number | string, number>();
  for (const { step, last } of log.logs.values()) {
    if (step.id !== inner || last === null) continue;
    const outcome = last.response?.status ?? last.error?.code ?? "no answer";
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return counts;
}

function judgeStatuses(
  counts: readonly (readonly [status: StatusPattern, count: string])[],
  found: ReadonlyMap<number | string, number>,
): Judgement {
  const having = (pattern: StatusPattern): number =>
    [...found].reduce(
      (sum, [outcome, times]) =>
        typeof outcome === "number" && matchesStatus(outcome, pattern) ? sum + times : sum,
      0,
    );
  const ok = counts.every(([pattern, wanted]) => countHolds(having(pattern), wanted));
  const unanswered = [...found.keys()].some((outcome) => typeof outcome === "string");
  const note = found.size === 0 ? "no writer sent this step" : null;
  const expected = Object.fromEntries(counts);
  const decided = found.size > 0 && (ok || !unanswered);
  return { expected, actual: Object.fromEntries(found), ok: decided ? ok : null, note };
}

function judgeOwn(log: RaceLog, round: number): readonly CheckResult[] {
  const { race } = log;
  return race.expectations.flatMap((each) => {
    if (each.what !== "raceStatuses") return [];
    const judgement = judgeStatuses(each.counts, lastStatuses(log, each.step));
    return [{ step: race.id, round, exchange: null, what: nameOf(each), ...judgement, at: each.at }];
  });
}

/** A cause is expected of the writers that met one: a winner, of whom nothing is to be explained, does not speak against it. */
function withoutUnconcerned(results: readonly CheckResult[]): readonly CheckResult[] {
  const isMet = (each: CheckResult): boolean =>
    each.what !== "cause" ||
    each.actual !== null ||
    !results.some((other) => other.at === each.at && other.actual !== null);
  return results.filter(isMet);
}

/** Judges one round of a race: each writer's steps, the race's own expectations, its invariants. */
export function judgeRace(
  log: RaceLog,
  round: number,
  more: Pick<StepContext, "effects" | "diagnoses"> & {
    readonly around: Omit<RaceRound, "raced" | "exclusive">;
  },
): JudgedRace {
  const { race, raced } = log;
  const { effects, diagnoses } = more;
  const results = withoutUnconcerned(
    [...log.logs.values()].flatMap((own) =>
      judgeStep(own.step, { round, logs: new Map([[own.step.id, own]]), effects, diagnoses }),
    ),
  );
  const seen = { ...more.around, raced, exclusive: race.exclusive };
  const [startMs, told] = [startOf(seen), fromStart(seen)];
  const findings = race.expectations.flatMap((each) =>
    isRaceExpectation(each) && each.what === "invariant"
      ? [
          [
            each,
            { ...judgeInvariant(each.invariant, told), ...(startMs === null ? {} : { startMs }) },
          ] as const,
        ]
      : [],
  );
  return { results: [...results, ...judgeOwn(log, round)], findings };
}
