import type { AnomalyFinding, AnomalyRule } from "../anomaly.js";
import { toldBy, witnessesOf } from "../from-history.js";
import type { Recording } from "../recording.js";
import type { Seen } from "../seen.js";

/** True where a write was answered with this version, in whichever form, or may have made it without showing it. */
function mayBeWritten(seen: Seen, { book }: Recording): boolean {
  const texts = seen.shown.map(({ text }) => text);
  const shows = ({ shown }: Seen): boolean => shown.some(({ text }) => texts.includes(text));
  return book
    .sameResource(seen)
    .some(
      (each) =>
        each.writes &&
        each.startMs < seen.endMs &&
        (shows(each) || (each.ending !== "refused" && each.ending !== "unsent" && each.shown.length === 0)),
    );
}

/** A version that nobody in this recording wrote. */
export const phantomVersion: AnomalyRule = (recording) =>
  witnessesOf(recording, "phantom-version").flatMap((witness): readonly AnomalyFinding[] => {
    const [seen] = witness.seen;
    return seen === undefined || mayBeWritten(seen, recording) ? [] : [toldBy(witness, seen, "likely")];
  });
