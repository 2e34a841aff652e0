import type { AnomalyRule } from "../anomaly.js";
import { doubt, firstOf, fromRepeats } from "../from-repeats.js";

/** The key decided alone, and the second body was never looked at. */
export const replayOfOtherBody: AnomalyRule = (recording) =>
  fromRepeats(recording, {
    kind: "stored",
    same: false,
    explain: (repeat, certainty) =>
      `${repeat.seen.id} sent another body than ${firstOf(repeat)} under the same key and ${certainty === "possible" ? "may have got" : "got"} the answer to that one. What ${repeat.seen.id} asked for ${certainty === "possible" ? "then was" : "was"} not written, although the answer is a success.${doubt(certainty)}`,
  });
