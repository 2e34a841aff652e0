import type { AnomalyFinding, AnomalyRule } from "../anomaly.js";
import { lastOf, toldBy, witnessesOf } from "../from-history.js";
import { answerOf, askedOf, contestedBy, showsAsked } from "../representation.js";
import type { Seen } from "../seen.js";

/** A write that changed nothing keeps the version: only one that is seen to have written counts. */
function wrote(seen: Seen): boolean {
  return showsAsked(answerOf(seen), askedOf(seen));
}

/** Two writes of other content made one version. */
export const duplicateVersion: AnomalyRule = (recording) =>
  witnessesOf(recording, "duplicate-version").flatMap((witness): readonly AnomalyFinding[] => {
    const [a, b] = witness.seen;
    const last = lastOf(witness.seen);
    if (a === undefined || b === undefined || last === null) return [];
    if (contestedBy(a, b) === null || !wrote(a) || !wrote(b)) return [];
    return [toldBy(witness, last, "likely")];
  });
