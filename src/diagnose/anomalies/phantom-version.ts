import type { AnomalyFinding, AnomalyRule } from "../anomaly.js";
import { toldBy, witnessesOf } from "../from-history.js";

/** A version that nobody in this recording wrote. */
export const phantomVersion: AnomalyRule = (recording) =>
  witnessesOf(recording, "phantom-version").flatMap((witness): readonly AnomalyFinding[] => {
    const [seen] = witness.seen;
    return seen === undefined ? [] : [toldBy(witness, seen, "likely")];
  });
