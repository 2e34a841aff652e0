import type { AnomalyFinding, AnomalyRule } from "../anomaly.js";
import { toldBy, witnessesOf } from "../from-history.js";
import { countIn } from "../lines.js";
import { answerOf, askedOf, showsAsked } from "../representation.js";

/** A version was seen before its write was sent. */
export const futureRead: AnomalyRule = (recording) =>
  witnessesOf(recording, "future-read").flatMap((witness): readonly AnomalyFinding[] => {
    const [seen] = witness.seen;
    // Tokens that go by content or by the second come again, and then nothing follows from their order.
    const counts = witness.seen.every(
      ({ shown: [token] }) => token === undefined || countIn(token.text) !== null,
    );
    const [, write] = witness.seen;
    if (seen === undefined || write === undefined || !counts) return [];
    // A write that found what it asked for there already may have kept the version.
    const asked = askedOf(write);
    const changed = asked !== null && !showsAsked(answerOf(seen), asked) && answerOf(seen) !== undefined;
    return changed ? [toldBy(witness, seen, "possible")] : [];
  });
