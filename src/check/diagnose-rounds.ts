import { diagnoseConfirmed } from "../diagnose/confirmed.js";
import type { DiagnoseOptions, Diagnosis } from "../diagnose/diagnose.js";
import type { Exchange } from "../journal/journal.js";

/** So many exchanges of a round are kept for its diagnosis: a run of any length is judged in bounded memory. */
export const DIAGNOSED_EXCHANGES = 10_000;
/** So many diagnoses of a run are kept: rounds that show the same again add nothing for a reader. */
const KEPT_DIAGNOSES = 1_000;

/** Diagnoses by the exchange that they explain. */
export type DiagnosesByExchange = ReadonlyMap<string, readonly Diagnosis[]>;

/** The diagnoses of a run, round by round. */
export interface RoundDiagnoses {
  /** Explains one round; what lies beyond {@link DIAGNOSED_EXCHANGES} is left out. */
  readonly ofRound: (exchanges: readonly Exchange[]) => DiagnosesByExchange;
  readonly all: () => readonly Diagnosis[];
}

function byExchange(diagnoses: readonly Diagnosis[]): DiagnosesByExchange {
  const found = new Map<string, Diagnosis[]>();
  for (const diagnosis of diagnoses) {
    const own = found.get(diagnosis.exchange);
    if (own === undefined) found.set(diagnosis.exchange, [diagnosis]);
    else own.push(diagnosis);
  }
  return found;
}

/** Starts with nothing explained. `options`: what is known beside the exchanges. */
export function createRoundDiagnoses(options: DiagnoseOptions = {}): RoundDiagnoses {
  const kept: Diagnosis[] = [];
  return {
    ofRound: (exchanges) => {
      const diagnoses = diagnoseConfirmed(exchanges, options);
      kept.push(...diagnoses.slice(0, KEPT_DIAGNOSES - kept.length));
      return byExchange(diagnoses);
    },
    all: () => kept,
  };
}
