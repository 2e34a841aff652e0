import type { Cause } from "../core/causes.js";
import type { Certainty, Diagnosis } from "../diagnose/diagnose.js";
import type { Judgement } from "./check.js";

/** What a scenario expects of a diagnosis. */
export interface ExpectedCause {
  readonly cause: Cause;
  /** Null: `certain` or `likely`. */
  readonly certainty: Certainty | null;
}

const RANK: Readonly<Record<Certainty, number>> = { certain: 2, likely: 1, possible: 0 };

function words({ cause, certainty }: Diagnosis): string {
  return `${cause} (${certainty})`;
}

/**
 * Judges an expected cause by the diagnoses of one exchange, the best of each kind first: it holds where it is named
 * first, with certainty enough; where it is only possible nobody can tell. Pure.
 */
export function judgeCause(expected: ExpectedCause, diagnoses: readonly Diagnosis[]): Judgement {
  const wanted = expected.certainty === null ? expected.cause : `${expected.cause} (${expected.certainty})`;
  const found = diagnoses.find(({ cause }) => cause === expected.cause);
  const rivals = diagnoses.filter(({ kind }) => found === undefined || kind === found.kind);
  const [first] = rivals;
  const shown = found === undefined ? diagnoses : rivals;
  const actual = shown.length === 0 ? null : shown.map(words).join(", ");
  if (first === undefined)
    return { expected: wanted, actual, ok: false, note: "nothing was found to explain" };
  const enough = RANK[first.certainty] >= RANK[expected.certainty ?? "likely"];
  if (found === undefined) {
    return { expected: wanted, actual, ok: false, note: first.explanation };
  }
  const isFirst = first === found || (found.kind !== "refusal" && enough);
  if (isFirst && RANK[found.certainty] >= RANK[expected.certainty ?? "likely"]) {
    return { expected: wanted, actual, ok: true, note: null };
  }
  const settle = found.toConfirm === null ? "" : `; to settle it: ${found.toConfirm.what}`;
  const open = first === found || first.certainty === "possible";
  return { expected: wanted, actual, ok: open ? null : false, note: `${words(found)}${settle}` };
}
