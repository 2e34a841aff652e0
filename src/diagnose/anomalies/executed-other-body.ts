import type { AnomalyRule } from "../anomaly.js";
import { doubt, firstOf, fromRepeats } from "../from-repeats.js";

/** One key, two bodies, both carried out. */
export const executedOtherBody: AnomalyRule = (recording) =>
  fromRepeats(recording, {
    kind: "executed",
    same: false,
    explain: (repeat, certainty) =>
      `${repeat.seen.id} carries the key of ${firstOf(repeat)} with another body, and both ${certainty === "possible" ? "may have been carried out: then" : "were carried out:"} the key held nothing back.${doubt(certainty)}`,
  });
