import { isSameClient } from "../callers.js";
import { sendsSameToken } from "../controls.js";
import { isBefore } from "../lines.js";
import { evidenceOf, type PatternFinding, type PatternRule, staleness } from "../pattern.js";
import type { Recording } from "../recording.js";
import type { Seen } from "../seen.js";

/** The client's own write that moved the token, and after which it did not read. */
function ownWriteBefore(seen: Seen, { book }: Recording): Seen | null {
  const before = book
    .sameResource(seen)
    .filter((each) => isBefore(each, seen, book) && each.ending === "accepted");
  const write = before.findLast((each) => each.writes && each.method !== "POST" && isSameClient(each, seen));
  if (write === undefined || !sendsSameToken(write, seen)) return null;
  const reread = before.some((each) => !each.writes && each.index > write.index);
  return reread ? null : write;
}

/** A token used again after a write of one's own had moved it. */
export const noReread: PatternRule = (recording, refusals) => {
  const told = new Set<string>();
  return recording.book.refused.flatMap((seen): readonly PatternFinding[] => {
    const certainty = staleness(seen, refusals);
    if (certainty === null || told.has(seen.resource)) return [];
    const write = ownWriteBefore(seen, recording);
    if (write === null) return [];
    told.add(seen.resource);
    const token = seen.sent[0]?.raw ?? "";
    return [
      {
        seen,
        certainty: certainty === "possible" ? certainty : "likely",
        evidence: evidenceOf([
          [write, `accepted with ${token}, and so moved it`],
          [seen, `${token} again, and nothing was read in between`],
        ]),
        explanation: `${write.id} was accepted with the token ${token} and moved it; ${seen.id} used the same token once more without reading again or taking the one from the answer.`,
      },
    ];
  });
};
