import type { TraceEntry } from "../mock/mock.js";
import { holdsChange } from "./change.js";
import type { RunResult, WriterResult } from "./simulate-run.js";
import type { Figures, Movers } from "./strategies.js";
import type { ChangeWay, CreateWay } from "./ways.js";

/** One writer's run, seen from both sides. */
interface Account {
  readonly toldMs: number | null;
  readonly requests: number;
  readonly writes: number;
  /** How often the server carried its write out, by the trace. */
  readonly effects: number;
  /** True where its change is there at the end. */
  readonly isThere: boolean;
}

/** What one run came to: all that is kept of it. */
export interface RunCount {
  readonly accounts: readonly Account[];
  readonly staleBecauseOf: Movers;
  readonly rateLimited: number;
}

function effectsOf({ sending }: WriterResult, writes: readonly TraceEntry[]): number {
  return writes.filter(({ correlationId }) => sending.correlationIds.has(correlationId)).length;
}

/** What was created stays: only changes can be overwritten. */
function isThere(way: ChangeWay | CreateWay, { attributes }: RunResult, mark: string): boolean {
  return way.work === "create" || holdsChange(attributes, mark, way.manner.through);
}

function countMovers(trace: readonly TraceEntry[]): Movers {
  const stale = trace.filter(({ cause }) => cause === "stale-etag" || cause === "stale-version");
  const by = (mover: TraceEntry["movedBy"]): number =>
    stale.filter(({ movedBy }) => movedBy === mover).length;
  const [churn, otherWriter, ownWrite] = [by("not-ours"), by("other-writer"), by("own-write")];
  return { churn, otherWriter, ownWrite, unknown: stale.length - churn - otherWriter - ownWrite };
}

/**
 * What a run came to. Effects are counted in the mock's trace, lost updates in its state at the end; only what a writer
 * was told comes from its own side. Pure.
 */
export function countRun(way: ChangeWay | CreateWay, run: RunResult): RunCount {
  const carriedOut = run.trace.filter(({ executed, method }) => executed && method !== "GET");
  return {
    accounts: run.writers.map((writer) => ({
      toldMs: writer.toldMs,
      requests: writer.sending.requests,
      writes: writer.sending.writes,
      effects: effectsOf(writer, carriedOut),
      isThere: isThere(way, run, writer.mark),
    })),
    staleBecauseOf: countMovers(run.trace),
    rateLimited: run.trace.filter(({ status }) => status === 429).length,
  };
}

/** The nearest rank: a time that some writer really took. Null: there is none. Pure. */
function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

function sumOf<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

/** What the runs of one cell came to. Pure. */
export function sumUpRuns(runs: readonly RunCount[]): Figures {
  const accounts = runs.flatMap((run) => run.accounts);
  const told = accounts.filter(({ toldMs }) => toldMs !== null);
  const times = told.flatMap(({ toldMs }) => toldMs ?? []).sort((a, b) => a - b);
  return {
    writers: accounts.length,
    told: told.length,
    requests: sumOf(accounts, ({ requests }) => requests),
    writes: sumOf(accounts, ({ writes }) => writes),
    p50Ms: quantile(times, 0.5),
    p95Ms: quantile(times, 0.95),
    lostUpdates: told.filter((account) => !account.isThere).length,
    toldFalsely: told.filter((account) => !account.isThere && account.effects === 0).length,
    doneTwice: accounts.filter(({ effects }) => effects > 1).length,
    doneUntold: accounts.filter(({ toldMs, effects }) => toldMs === null && effects > 0).length,
    staleBecauseOf: {
      churn: sumOf(runs, ({ staleBecauseOf }) => staleBecauseOf.churn),
      otherWriter: sumOf(runs, ({ staleBecauseOf }) => staleBecauseOf.otherWriter),
      ownWrite: sumOf(runs, ({ staleBecauseOf }) => staleBecauseOf.ownWrite),
      unknown: sumOf(runs, ({ staleBecauseOf }) => staleBecauseOf.unknown),
    },
    rateLimited: sumOf(runs, ({ rateLimited }) => rateLimited),
  };
}
