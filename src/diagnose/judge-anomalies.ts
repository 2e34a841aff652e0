import type { Anomaly } from "../core/causes.js";
import { ANOMALY_RULES } from "./anomalies.js";
import type { AnomalyFinding } from "./anomaly.js";
import type { Certainty, Diagnosis } from "./diagnose.js";
import type { Recording } from "./recording.js";
import { ANOMALY_TEXTS } from "./texts/anomaly-texts.js";

const RANK: Readonly<Record<Certainty, number>> = { certain: 0, likely: 1, possible: 2 };

function toDiagnosis(cause: Anomaly, found: AnomalyFinding): Diagnosis {
  const { seen, certainty, evidence, ruledOut, explanation, missing } = found;
  return {
    kind: "anomaly",
    cause,
    certainty,
    exchange: seen.id,
    movedBy: null,
    evidence,
    ruledOut,
    explanation,
    remedy: ANOMALY_TEXTS[cause].remedy,
    toConfirm: null,
    missing: missing ?? [],
  };
}

/** Names every success that is not what it seems, in the order of sending; for one exchange the surest first. Pure. */
export function diagnoseAnomalies(recording: Recording): readonly Diagnosis[] {
  const entries = Object.entries(ANOMALY_RULES) as [Anomaly, (typeof ANOMALY_RULES)[Anomaly]][];
  return entries
    .flatMap(([cause, find]) => find(recording).map((found) => ({ cause, found })))
    .sort(
      (a, b) => a.found.seen.index - b.found.seen.index || RANK[a.found.certainty] - RANK[b.found.certainty],
    )
    .map(({ cause, found }) => toDiagnosis(cause, found));
}
