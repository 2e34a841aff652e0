import { isConflictStatus, isWrite } from "../core/http.js";
import { isConfirming } from "../journal/confirming.js";
import { holdExchange } from "../journal/hold-exchange.js";
import { isExclusive } from "../journal/is-exclusive.js";
import { BUDGET_SPENT, type Exchange, type JournalView } from "../journal/journal.js";
import { isSending } from "../plan/build-plan.js";
import { EFFECTS_STEP, type RunPlan } from "../plan/plan.js";
import type { SendingStep } from "../scenario/scenario.js";
import { createBoundScopes } from "./bound-scope.js";
import type { CheckedRun, CheckResult } from "./check.js";
import { createRoundDiagnoses, DIAGNOSED_EXCHANGES, type RoundDiagnoses } from "./diagnose-rounds.js";
import { answersEvidence, tokensEvidence } from "./effect-evidence.js";
import { countedEffects, type EffectContext } from "./judge-effects.js";
import type { JudgeContext } from "./judge-exchange.js";
import { isViolation, judgeRace, type RaceLog, startRaceLog, takeRaceExchange } from "./judge-race.js";
import { isReread, judgeStep, type StepLog, startLog, takeExchange, takeReread } from "./judge-step.js";
import { createInvariantLogs, createResults, type InvariantLogs } from "./sum-up-rounds.js";

/** What is counted over all exchanges. */
interface Tally {
  exchanges: number;
  writes: number;
  conflicts: number;
  failures: number;
  refused: number;
}

function newTally(): Tally {
  return { exchanges: 0, writes: 0, conflicts: 0, failures: 0, refused: 0 };
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

function isAboutEffects({ expectations }: SendingStep): boolean {
  return expectations.some(({ what }) => what === "replayOf" || what === "executed");
}

/** Expectations about effects and invariants may be proved by any exchange of their round. */
function needsAll(plan: RunPlan): boolean {
  return plan.steps.some(({ step }) =>
    step.kind === "race"
      ? step.expectations.some(({ what }) => what === "invariant")
      : isSending(step) && isAboutEffects(step),
  );
}

/** How the scenario's own values are redacted before they are compared; identity for a journal read back. */
export type Redact = (text: string) => string;

/** What is remembered of one round while its exchanges pass by. */
interface Round {
  readonly number: number;
  readonly logs: ReadonlyMap<string, StepLog>;
  readonly races: ReadonlyMap<string, RaceLog>;
  readonly all: Exchange[];
  /** The first of them, for the diagnosis. */
  readonly first: Exchange[];
  /** The race that is under way, or was last. */
  race: RaceLog | null;
  previous: string | null;
  conflicts: number;
}

function startRound(plan: RunPlan, number: number): Round {
  const steps = plan.steps.map(({ step }) => step);
  const races = steps.filter((step) => step.kind === "race");
  return {
    number,
    logs: new Map(steps.filter(isSending).map((step) => [step.id, startLog(step)])),
    races: new Map(races.map((race) => [race.id, startRaceLog(race)])),
    all: [],
    first: [],
    race: null,
    previous: null,
    conflicts: 0,
  };
}

/** The race that a writer's exchange belongs to: what it reads again outside of its race belongs to the one under way. */
function raceOf(round: Round, { step }: Exchange): RaceLog | null {
  const slash = step.indexOf("/");
  return slash < 0 ? round.race : (round.races.get(step.slice(0, slash)) ?? null);
}

function takeRaced(round: Round, exchange: Exchange, context: JudgeContext): void {
  const race = raceOf(round, exchange);
  if (race !== null) takeRaceExchange(race, exchange, context);
  round.race = race;
  const outer = round.logs.get(exchange.step);
  if (outer !== undefined) takeReread(outer, exchange);
}

function takeInRound(round: Round, exchange: Exchange, context: JudgeContext): void {
  if (exchange.response !== null && isConflictStatus(exchange.response.status)) round.conflicts += 1;
  if (exchange.writer !== null) {
    takeRaced(round, exchange, context);
    return;
  }
  const log = round.logs.get(exchange.step);
  if (log !== undefined && isReread(exchange, log, round.previous)) takeReread(log, exchange);
  else if (log !== undefined) takeExchange(log, exchange, context);
  round.previous = exchange.step;
}

/** What was sent to confirm a cause is evidence for that, and nothing that the scenario did. */
function takeConfirming(round: Round, confirming: Tally, exchange: Exchange): void {
  count(confirming, exchange);
  round.first.push(exchange);
}

/** What all rounds come to. */
interface Rounds {
  readonly results: ReturnType<typeof createResults>;
  readonly invariants: InvariantLogs;
  readonly diagnoses: RoundDiagnoses;
  readonly hitRounds: number[];
  readonly unanswered: string[];
  readonly unauthorised: string[];
  pairs: readonly (readonly [string, string])[] | null;
}

function raceEffects({ raced }: RaceLog, effects: EffectContext): number | null {
  const [first] = raced;
  const last = raced.at(-1);
  return first === undefined || last === undefined ? null : countedEffects(first, last, effects);
}

/** What a round that was ended early can still show: that something was violated, not that too little came. */
function ofCutRound(
  results: readonly CheckResult[],
  { round, cut }: { readonly round: number; readonly cut: string },
): readonly CheckResult[] {
  const open = results.map((each) =>
    each.ok === false && /^(statuses|attempts)/.test(each.what) ? { ...each, ok: null, note: cut } : each,
  );
  return round === 1 ? open : open.filter(({ ok }) => ok !== null);
}

/** Why a run's last round ended before all of it was sent; null where it did not. */
function cutOf({ ended }: JournalView, round: number, skipped: CheckedRun["skipped"]): string | null {
  if (ended?.interrupted === true) return "the run was interrupted before all of it was sent";
  const isSpent = skipped.some((each) => each.round === round && each.reason === BUDGET_SPENT);
  return isSpent ? `${BUDGET_SPENT} before all of it was sent` : null;
}

function endRound(
  round: Round,
  plan: RunPlan,
  { rounds, cut = null }: { readonly rounds: Rounds; readonly cut?: string | null },
): void {
  const add = (results: readonly CheckResult[]): void =>
    rounds.results.add(cut === null ? results : ofCutRound(results, { round: round.number, cut }));
  const effects = { all: round.all, countPath: plan.scenario.effects?.count ?? null };
  const diagnoses = rounds.diagnoses.ofRound(round.first);
  let violated = false;
  for (const { step } of plan.steps) {
    if (isSending(step)) add(judgeStep(step, { round: round.number, logs: round.logs, effects, diagnoses }));
    const race = step.kind === "race" ? round.races.get(step.id) : undefined;
    if (race === undefined) continue;
    const around = { exchanges: round.all, effects: raceEffects(race, effects) };
    const judged = judgeRace(race, round.number, { effects, diagnoses, around });
    add(judged.results);
    const findings = cut !== null && round.number > 1 ? judged.findings.filter(isViolation) : judged.findings;
    violated = rounds.invariants.add(race.race, round.number, findings) || violated;
  }
  if (violated || round.conflicts > 0) rounds.hitRounds.push(round.number);
  rounds.pairs ??= pairsOf(plan, round.logs);
  const inner = [...round.races.values()].flatMap(({ logs }) => [...logs.values()]);
  for (const log of [...round.logs.values(), ...inner]) {
    rounds.unanswered.push(...log.unanswered);
    rounds.unauthorised.push(...log.unauthorised);
  }
}

/**
 * Judges a run by its journal alone, in one pass. Memory grows with the scenario and its keys; with the exchanges of one
 * round only where an expectation is about effects or an invariant, which any of them may prove.
 */
export function evaluateChecks(plan: RunPlan, journal: JournalView, redact: Redact = String): CheckedRun {
  const bound = createBoundScopes();
  const [tally, confirming] = [newTally(), newTally()];
  const [firsts, storedAnswers] = [new Map<string, string>(), {} as Record<string, string>];
  const skipped: CheckedRun["skipped"][number][] = [];
  const uncounted: string[] = [];
  const keepAll = needsAll(plan);
  let undiagnosed = 0;
  const rounds: Rounds = {
    results: createResults(),
    invariants: createInvariantLogs(),
    diagnoses: createRoundDiagnoses({ exclusive: isExclusive(journal.started) }),
    hitRounds: [],
    unanswered: [],
    unauthorised: [],
    pairs: null,
  };
  let round = startRound(plan, 1);
  const enter = (number: number): void => {
    if (number === round.number) return;
    endRound(round, plan, { rounds });
    firsts.clear();
    round = startRound(plan, number);
  };
  const take = (exchange: Exchange): void => {
    enter(exchange.round);
    count(tally, exchange);
    if (isConfirming(exchange)) {
      takeConfirming(round, confirming, exchange);
      return;
    }
    const stored = storedAnswerOf(firsts, exchange, journal);
    if (stored !== null) storedAnswers[exchange.id] = stored;
    if (keepAll) round.all.push(exchange);
    if (round.first.length < DIAGNOSED_EXCHANGES) round.first.push(holdExchange(exchange));
    else undiagnosed += 1;
    if (exchange.step === EFFECTS_STEP && exchange.error !== null && exchange.error.phase !== "refused") {
      uncounted.push(exchange.id);
    }
    takeInRound(round, exchange, { scope: bound.of(exchange.writer), redact });
  };
  for (const entry of journal.entries()) {
    if (entry.type === "bound") {
      enter(entry.round);
      bound.learn(entry.values, entry.writer);
    }
    if (entry.type === "step-skipped")
      skipped.push({ step: entry.step, round: entry.round, reason: entry.reason });
    if (entry.type === "exchange") take(entry.exchange);
  }
  const cut = cutOf(journal, round.number, skipped);
  endRound(round, plan, { rounds, cut });
  const counts = cut === null || round.number === 1 || rounds.hitRounds.includes(round.number);
  return {
    results: rounds.results.all(),
    invariants: rounds.invariants.all(),
    diagnoses: rounds.diagnoses.all(),
    undiagnosed,
    hitRounds: rounds.hitRounds,
    rounds: counts ? round.number : round.number - 1,
    skipped,
    counts: tally,
    ...(confirming.exchanges === 0 ? {} : { confirming }),
    storedAnswers,
    pairs: rounds.pairs ?? [],
    unanswered: [...rounds.unanswered, ...uncounted],
    unauthorised: rounds.unauthorised,
  };
}
