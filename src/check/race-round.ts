import type { Anomaly, HistoryAnomaly, Operation } from "../history/history.js";
import type { Exchange } from "../journal/journal.js";

/** What one round of a race shows of an invariant. */
export interface RoundFinding {
  readonly holds: boolean | null;
  readonly evidence: readonly string[];
  /** The story of a violation, times from the race's start; or why nothing can be said; empty where it held. */
  readonly explanation: string;
  /** That start, in ms from the run's start. */
  readonly startMs?: number;
}

/** The server let nobody in, had nothing there, or was asked too much: whatever rule is looked for was never reached. */
const BEFORE_ANY_RULE: ReadonlySet<number | undefined> = new Set([401, 403, 404, 405, 410, 429]);

/** True where each of these was refused before any rule of writes or keys was asked. Pure. */
export function wereTurnedAway(operations: readonly Pick<Operation, "ok" | "status">[]): boolean {
  return operations.every(({ ok, status }) => ok === false && BEFORE_ANY_RULE.has(status));
}

/** What one round of a race left to judge by. */
export interface RaceRound {
  /** Everything that was sent in the round, in order; also what came before and after the race. */
  readonly exchanges: readonly Exchange[];
  /** Of these, what the writers of the race sent. */
  readonly raced: readonly Exchange[];
  readonly exclusive: boolean;
  /** How many effects the scenario's own count saw come about; null: it has none. */
  readonly effects: number | null;
}

function releaseOf({ timings }: Exchange): number {
  return timings.releasedMs ?? timings.sentMs ?? timings.startMs;
}

/** When the first request of a race was let go, in ms from the run's start; null where it sent nothing. Pure. */
export function startOf({ raced }: Pick<RaceRound, "raced">): number | null {
  if (raced.length === 0) return null;
  return raced.reduce((least, each) => Math.min(least, releaseOf(each)), Number.POSITIVE_INFINITY);
}

function shifted(exchange: Exchange, byMs: number): Exchange {
  const { timings } = exchange;
  const moved = (ms: number | null): number | null => (ms === null ? null : ms - byMs);
  return {
    ...exchange,
    timings: {
      ...timings,
      startMs: timings.startMs - byMs,
      sentMs: moved(timings.sentMs),
      releasedMs: moved(timings.releasedMs),
      firstByteMs: moved(timings.firstByteMs),
      endMs: moved(timings.endMs),
    },
  };
}

/** The same round with times from the race's start, as its picture and its stories tell them. Pure. */
export function fromStart(round: RaceRound): RaceRound {
  const startMs = startOf(round);
  if (startMs === null) return round;
  const moved = new Map(round.exchanges.map((each) => [each, shifted(each, startMs)]));
  return {
    ...round,
    exchanges: [...moved.values()],
    raced: round.raced.map((each) => moved.get(each) ?? shifted(each, startMs)),
  };
}

/** Looked for and not found. */
export const HELD: RoundFinding = { holds: true, evidence: [], explanation: "" };

/** The first of these anomalies is the violation; null where there is none. Pure. */
export function violated(anomalies: readonly Anomaly[]): RoundFinding | null {
  const [first] = anomalies;
  if (first === undefined) return null;
  return { holds: false, evidence: first.operations, explanation: first.explanation };
}

/** Nothing can be said, and why. Pure. */
export function undecided(explanation: string): RoundFinding {
  return { holds: null, evidence: [], explanation };
}

/** Of these anomalies those of some names. Pure. */
export function among(anomalies: readonly Anomaly[], names: readonly HistoryAnomaly[]): readonly Anomaly[] {
  return anomalies.filter(({ name }) => names.includes(name));
}
