import { HABIT, keysOf } from "../attempts.js";
import { evidenceOf, type PatternFinding, type PatternRule } from "../pattern.js";
import type { Recording } from "../recording.js";
import type { Seen } from "../seen.js";

function isLost({ ending }: Seen): boolean {
  return ending === "unanswered" || ending === "failed";
}

/** Somebody looked before the new key was used. */
function lookedBetween(lost: Seen, retry: Seen, { reads }: Recording): boolean {
  return reads.after(lost).some(({ index }) => index < retry.index);
}

/** After a lost answer the same request came under another key. */
export const retryWithNewKey: PatternRule = (recording) =>
  recording.attempts.flatMap((attempts): readonly PatternFinding[] => {
    if (attempts.length >= HABIT && keysOf(attempts) === attempts.length) return [];
    for (const [place, retry] of attempts.entries()) {
      const lost = attempts[place - 1];
      if (
        lost === undefined ||
        !isLost(lost) ||
        lost.key === retry.key ||
        lookedBetween(lost, retry, recording)
      )
        continue;
      const how = lost.exchange.error?.code ?? `status ${lost.status}`;
      return [
        {
          seen: retry,
          certainty: "likely",
          evidence: evidenceOf([
            [lost, `no usable answer (${how}), key ${lost.key}`],
            [retry, `the same request, key ${retry.key}`],
          ]),
          explanation: `${lost.id} got no usable answer (${how}), and ${retry.id} sent the same again under a new key. If the first attempt was carried out after all, no server can know that the second is the same: the work is done twice.`,
        },
      ];
    }
    return [];
  });
