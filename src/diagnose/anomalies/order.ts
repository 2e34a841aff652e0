import type { AnomalyFinding, AnomalyRule } from "../anomaly.js";
import { toldBy, witnessesOf } from "../from-history.js";
import { countIn } from "../lines.js";

/** Acknowledged writes and reads admit no order. */
export const order: AnomalyRule = (recording) =>
  witnessesOf(recording, "order").flatMap((witness): readonly AnomalyFinding[] => {
    const [seen] = witness.seen;
    // Tokens that go by content or by the second come again, and then nothing follows from their order.
    const counts = witness.seen.every(
      ({ shown: [token] }) => token === undefined || countIn(token.text) !== null,
    );
    return seen === undefined || !counts ? [] : [toldBy(witness, seen, "likely")];
  });
