import type { Cause } from "../../../src/core/causes.js";
import type { Case } from "./judge/judge-scenario.js";
import { GRADED_REFUSALS } from "./judge/truth.js";
import { TRACED_ANOMALIES } from "./scenes/anomalies.js";
import type { Job } from "./worker.js";

/** What a grade has to look at. */
export interface Wanted {
  /** Conflicts in all. */
  readonly conflicts: number;
  /** Exchanges of which each id is the truth. */
  readonly ofEach: number;
}

/** Conflicts of a whole grade, and cases of each id in it. */
export const WHOLE: Wanted = { conflicts: 20_000, ofEach: 200 };

/** A smaller grade of the same kind. Pure. */
export function smaller(conflicts: number): Wanted {
  const ofEach = Math.max(8, Math.round((WHOLE.ofEach * conflicts) / WHOLE.conflicts));
  return { conflicts, ofEach: Math.min(ofEach, WHOLE.ofEach) };
}

/** Everything that scenarios are drawn for, in the order of their first seeds. */
export const TARGETS: readonly (Cause | "random")[] = ["random", ...GRADED_REFUSALS, ...TRACED_ANOMALIES];

const SEEDS_APART = 1_000_000;

/** The first seed of a target. Pure. */
export function firstSeed(target: Job["target"]): number {
  const place = target === "habits" ? TARGETS.length : TARGETS.indexOf(target);
  return (place + 1) * SEEDS_APART;
}

const SMALLEST_BATCH = 8;
const BATCHES = 25;
const RANDOM_TIMES = 6;

/** How many scenarios of a target one round has. Pure. */
export function batchOf(target: Job["target"], { ofEach }: Wanted): number {
  const batch = Math.max(SMALLEST_BATCH, Math.round((2 * ofEach) / BATCHES));
  return target === "random" ? RANDOM_TIMES * batch : batch;
}

/** What the next round runs, by what the rounds before found; empty once all is there. Pure. */
export function nextTargets(cases: readonly Case[], wanted: Wanted): readonly (Cause | "random")[] {
  const conflicts = cases.filter(({ conflict }) => conflict).length;
  if (conflicts < wanted.conflicts) return TARGETS;
  const counts = new Map<Cause, number>();
  for (const { truth } of cases)
    if (truth.cause !== null) counts.set(truth.cause, (counts.get(truth.cause) ?? 0) + 1);
  return TARGETS.filter((target) => target !== "random" && (counts.get(target) ?? 0) < wanted.ofEach);
}
