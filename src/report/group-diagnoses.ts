import type { Cause } from "../core/causes.js";
import type { Diagnosis } from "../diagnose/diagnose.js";

/** What is said of one exchange together: the causes that one refusal may have, or one anomaly or habit. */
export interface DiagnosisGroup {
  readonly exchange: string;
  /** Best first; more than one only where a refusal is not settled. */
  readonly candidates: readonly [Diagnosis, ...Diagnosis[]];
  /** What the vendor documents of a refused request. Of other requests nothing is said here. */
  readonly documented: readonly Diagnosis[];
}

/** True where the first candidate is more than one of several that fit. Pure. */
export function isSettled({ candidates: [first] }: DiagnosisGroup): boolean {
  return first.certainty !== "possible";
}

/** Causes that are not named, and that what settles it would tell all the same: they fit less well. Pure. */
export function lessLikely({ candidates }: DiagnosisGroup): readonly Cause[] {
  const experiment = candidates.find(({ toConfirm }) => toConfirm !== null)?.toConfirm;
  const told = experiment?.meanings.flatMap(({ causes }) => causes) ?? [];
  return [...new Set(told)].filter((cause) => candidates.every((each) => each.cause !== cause));
}

function toGroups(ofOne: readonly Diagnosis[]): readonly DiagnosisGroup[] {
  const documented = ofOne.filter(({ kind }) => kind === "documented");
  const [refusal, ...rivals] = ofOne.filter(({ kind }) => kind === "refusal");
  const others = ofOne.filter(({ kind }) => kind === "anomaly" || kind === "pattern");
  const named: readonly DiagnosisGroup["candidates"][] = [
    ...(refusal === undefined ? [] : [[refusal, ...rivals] as const]),
    ...others.map((each) => [each] as const),
  ];
  return named.map((candidates) => ({
    exchange: candidates[0].exchange,
    candidates,
    documented: candidates[0].kind === "refusal" ? documented : [],
  }));
}

/** Puts together what belongs together, in the order in which exchanges are first named. Pure. */
export function groupDiagnoses(diagnoses: readonly Diagnosis[]): readonly DiagnosisGroup[] {
  const byExchange = new Map<string, Diagnosis[]>();
  for (const diagnosis of diagnoses) {
    const before = byExchange.get(diagnosis.exchange);
    if (before === undefined) byExchange.set(diagnosis.exchange, [diagnosis]);
    else before.push(diagnosis);
  }
  return [...byExchange.values()].flatMap(toGroups);
}
