import type { AnomalyRule } from "../anomaly.js";
import { doubt, firstOf, fromRepeats } from "../from-repeats.js";

/** A replay that a user may take for an update. */
export const storedAnswerReturned: AnomalyRule = (recording) =>
  fromRepeats(recording, {
    kind: "stored",
    same: true,
    explain: (repeat, certainty) =>
      `${repeat.seen.id} repeats ${firstOf(repeat)} under the same key and ${certainty === "possible" ? "may have got its stored answer: then" : "got its stored answer:"} nothing was written a second time. For a retry that is what a key is for, and no error; it is one only if this was meant as a new write.${doubt(certainty)}`,
  });
