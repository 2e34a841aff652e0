import type { InvariantResult } from "../../../check/check.js";
import type { ReportRace, ReportStep, RunSection } from "../../report.js";

/** A step that is a race. */
export interface RaceStepOfRun extends ReportStep {
  readonly race: ReportRace;
}

/** The races of a run's plan, in its order. Pure. */
export function racesOf({ steps }: RunSection): readonly RaceStepOfRun[] {
  return steps.flatMap((step) => (step.race === null ? [] : [{ ...step, race: step.race }]));
}

/** The race that a step is an inner step of (`RACE/STEP`); null for any other. Pure. */
export function raceIdOf(step: string): string | null {
  const slash = step.indexOf("/");
  return slash < 0 ? null : step.slice(0, slash);
}

/** An inner step as its race calls it. Pure. */
export function innerName(step: string): string {
  return step.slice(step.indexOf("/") + 1);
}

/** Invariants of a race that were violated. Pure. */
export function violatedOf(run: RunSection, race: string): readonly InvariantResult[] {
  return run.invariants.filter(({ step, holds }) => step === race && holds === false);
}

/** The round that tells most about a race: the first violation, else the first conflict; null where there is neither. Pure. */
export function focusRound(run: RunSection, race: string): number | null {
  const violated = violatedOf(run, race).flatMap(({ violatedRounds }) => violatedRounds.slice(0, 1));
  if (violated.length > 0) return Math.min(...violated);
  return run.reproduction?.hitRounds[0] ?? null;
}

/** More rounds than this are not shown one by one. */
const MOST_ROUNDS = 3;

/** The rounds that the table shows where a run has many: the first one and those that tell most. Null: all of them. Pure. */
export function shownRounds(run: RunSection): ReadonlySet<number> | null {
  if ((run.reproduction?.rounds ?? 1) <= MOST_ROUNDS) return null;
  const races = racesOf(run);
  const focus = races.map(({ id }) => focusRound(run, id));
  const told = races.length === 0 ? [run.reproduction?.hitRounds[0] ?? 1] : focus;
  return new Set([1, ...told.flatMap((round) => round ?? [])]);
}
