import type { Pattern } from "../core/causes.js";
import type { Diagnosis } from "./diagnose.js";
import type { PatternFinding, Refusals } from "./pattern.js";
import { PATTERN_RULES } from "./patterns.js";
import type { Recording } from "./recording.js";
import { PATTERN_TEXTS } from "./texts/pattern-texts.js";

function toDiagnosis(cause: Pattern, { seen, certainty, evidence, explanation }: PatternFinding): Diagnosis {
  return {
    kind: "pattern",
    cause,
    certainty,
    exchange: seen.id,
    movedBy: null,
    evidence,
    ruledOut: [],
    explanation,
    remedy: PATTERN_TEXTS[cause].remedy,
    toConfirm: null,
    missing: [],
  };
}

/** Names the habits of the clients, each once for each thing or key, in the order in which they show. Pure. */
export function diagnosePatterns(recording: Recording, refusals: Refusals): readonly Diagnosis[] {
  const entries = Object.entries(PATTERN_RULES) as [Pattern, (typeof PATTERN_RULES)[Pattern]][];
  return entries
    .flatMap(([cause, find]) => find(recording, refusals).map((found) => ({ cause, found })))
    .sort((a, b) => a.found.seen.index - b.found.seen.index)
    .map(({ cause, found }) => toDiagnosis(cause, found));
}
