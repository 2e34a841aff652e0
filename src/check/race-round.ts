import type { Anomaly, HistoryAnomaly } from "../history/history.js";
import type { Exchange } from "../journal/journal.js";

/** What one round of a race shows of an invariant. */
export interface RoundFinding {
  readonly holds: boolean | null;
  readonly evidence: readonly string[];
  /** The story of a violation, or why nothing can be said; empty where it held. */
  readonly explanation: string;
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
