import { countRun, type RunCount, sumUpRuns } from "./count-effects.js";
import { policyFor } from "./places.js";
import { simulateRun } from "./simulate-run.js";
import type { Cell, Comparing, Comparison } from "./strategies.js";
import { CHANGE_WAYS, type ChangeWay, CREATE_WAYS, type CreateWay } from "./ways.js";

/** Told before each cell what comes next, and how many requests the mock has answered. */
export type OnProgress = (title: string, requests: number) => void;

interface Task {
  readonly way: ChangeWay | CreateWay;
  readonly churnPerSecond: number | null;
}

/** Seeds of runs lie far apart, so that `--seed 2` is not `--seed 1` with its first run left out. */
function seedOf(seed: number, run: number): number {
  return (seed + Math.imul(run, 0x9e3779b1)) >>> 0;
}

function tasksOf({ churnsPerSecond }: Comparing): readonly Task[] {
  const changes = churnsPerSecond.flatMap((churnPerSecond) =>
    CHANGE_WAYS.map((way) => ({ way, churnPerSecond })),
  );
  return [...changes, ...CREATE_WAYS.map((way) => ({ way, churnPerSecond: null }))];
}

async function measure({ way, churnPerSecond }: Task, comparing: Comparing): Promise<Cell> {
  const { writers, deadlineMs, seed, lostShare } = comparing;
  const policy = policyFor(comparing.policy, churnPerSecond ?? 0, lostShare);
  const counts: RunCount[] = [];
  for (let run = 0; run < comparing.runs; run++) {
    const result = await simulateRun({ way, policy, writers, deadlineMs, seed: seedOf(seed, run) });
    counts.push(countRun(way, result));
  }
  return { strategy: way.id, churnPerSecond, figures: sumUpRuns(counts) };
}

/**
 * Compares all ways of writing on the mock. Each run has a mock of its own that obeys the policy and lives in virtual time;
 * nothing is sent over a network. The runs of all ways start from the same seeds. Equal input gives equal figures.
 */
export async function compareStrategies(
  comparing: Comparing,
  onProgress: OnProgress = () => {},
): Promise<Comparison> {
  const cells: Cell[] = [];
  let requests = 0;
  for (const task of tasksOf(comparing)) {
    onProgress(task.way.title, requests);
    const cell = await measure(task, comparing);
    requests += cell.figures.requests;
    cells.push(cell);
  }
  return { comparing, cells };
}
