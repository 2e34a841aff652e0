import type { AnomalyFinding, AnomalyRule } from "../anomaly.js";
import { areRivals, excludeEachOther, lastOf, toldBy, witnessesOf } from "../from-history.js";
import { countIn } from "../lines.js";

/** More than one compare-and-set from one version succeeded. */
export const severalWinners: AnomalyRule = (recording) => {
  const told = new Set<string>();
  return witnessesOf(recording, "several-winners").flatMap((witness): readonly AnomalyFinding[] => {
    const [a, b] = witness.seen;
    const last = lastOf(witness.seen);
    if (a === undefined || b === undefined || last === null || told.has(last.id)) return [];
    // One after the other from one client is a precondition that nobody looked at, not a race.
    if (!areRivals(a, b) || !excludeEachOther(a, b)) return [];
    told.add(last.id);
    const counts = [a, b].every(({ shown: [token] }) => countIn(token?.text) !== null);
    return [toldBy(witness, last, counts ? "certain" : "likely")];
  });
};
