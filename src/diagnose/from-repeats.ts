import type { Anomaly } from "../core/causes.js";
import type { AnomalyFinding } from "./anomaly.js";
import type { Certainty, RuledOut } from "./diagnose.js";
import type { Recording } from "./recording.js";
import type { Repeat, RepeatKind } from "./repeat-story.js";

/** What an anomaly of a repeated key looks for. */
export interface RepeatPattern {
  readonly kind: RepeatKind;
  /** Whether the same value had been asked for; null: it does not matter. */
  readonly same: boolean | null;
  readonly explain: (repeat: Repeat, certainty: Certainty) => string;
}

const NAMES: Readonly<Record<RepeatKind, readonly [same: Anomaly, other: Anomaly]>> = {
  stored: ["stored-answer-returned", "replay-of-other-body"],
  executed: ["executed-twice", "executed-other-body"],
  cached: ["answered-by-intermediary", "answered-by-intermediary"],
};

function rivals({ kinds, same, evidence }: Repeat, kind: RepeatKind): readonly RuledOut[] {
  if (kinds.length !== 1) return [];
  const because = evidence[0]?.fact ?? "nothing here speaks for it";
  return (Object.keys(NAMES) as RepeatKind[])
    .filter((other) => other !== kind)
    .map((other) => ({ cause: NAMES[other][same ? 0 : 1], because }));
}

/** The earlier request that a repeat goes back to, by its id. Pure. */
export function firstOf({ source, priors }: Repeat): string {
  return source?.id ?? priors[0]?.id ?? "an earlier request";
}

/** Words for what nothing here settles; empty where it is settled. Pure. */
export function doubt(certainty: Certainty): string {
  return certainty === "possible" ? " Nothing here settles it: a read or a count of effects would." : "";
}

/** Findings for all repeats of one kind. Pure. */
export function fromRepeats(
  { repeats }: Recording,
  { kind, same, explain }: RepeatPattern,
): readonly AnomalyFinding[] {
  return repeats.flatMap((repeat): readonly AnomalyFinding[] => {
    const found = repeat.kinds.find((each) => each.kind === kind);
    if (found === undefined || (same !== null && repeat.same !== same)) return [];
    const { certainty } = found;
    const missing =
      certainty === "possible" ? ["a read or a count of effects before and after the second request"] : [];
    return [
      {
        seen: repeat.seen,
        certainty,
        evidence: repeat.evidence,
        ruledOut: rivals(repeat, kind),
        explanation: explain(repeat, certainty),
        missing,
      },
    ];
  });
}
