import type { AnomalyFinding, AnomalyRule } from "../anomaly.js";
import { sameAnswer, sameValue } from "../marks.js";
import type { Repeat } from "../repeat-story.js";

function difference({ seen, source }: Repeat): string | null {
  if (source === null) return null;
  if (seen.status !== source.status) return `status ${seen.status} instead of ${source.status}`;
  const lacks = [seen, source].some(({ exchange }) => exchange.response?.missing !== undefined);
  return lacks || sameAnswer(seen, source) ? null : "another body";
}

/** A stored answer that is not the first one. */
export const replayDiffers: AnomalyRule = ({ repeats }) =>
  repeats.flatMap((repeat): readonly AnomalyFinding[] => {
    const { seen, source, kinds, evidence } = repeat;
    const [only, ...others] = kinds;
    if (source === null || only?.kind !== "stored" || only.certainty === "possible" || others.length > 0)
      return [];
    const found = sameValue(seen, source) ? difference(repeat) : null;
    if (found === null) return [];
    return [
      {
        seen,
        certainty: only.certainty,
        evidence: [{ exchange: source.id, fact: `answered ${source.status} first` }, ...evidence],
        ruledOut: [],
        explanation: `${seen.id} repeats ${source.id} and had no second effect, and yet the answer is not the first one: ${found}. The server shows what is there now, or a fixed status, instead of what it said first.`,
      },
    ];
  });
