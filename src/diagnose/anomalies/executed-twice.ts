import type { AnomalyFinding, AnomalyRule } from "../anomaly.js";
import { doubt, firstOf, fromRepeats } from "../from-repeats.js";
import type { Recording } from "../recording.js";
import type { Repeat } from "../repeat-story.js";
import { twoEffectsOf } from "./duplicate-delivery.js";

/** From here on the life of a key is a likelier reason than that keys are ignored. */
const LONG_MS = 60_000;

function minutes(durationMs: number): string {
  return durationMs < 2 * LONG_MS
    ? `${Math.round(durationMs / 1000)} s`
    : `${Math.round(durationMs / LONG_MS)} min`;
}

/** Why one key had two effects, as far as times and other keys tell. */
function why({ seen, priors }: Repeat, { book, repeats }: Recording): string {
  const [first] = priors;
  if (first === undefined) return "";
  if (book.timesKnown && first.endMs > seen.startMs)
    return ` ${first.id} had not been answered when ${seen.id} was sent: both may have passed a check that is not atomic, or the key is ignored.`;
  const gapMs = seen.startMs - first.endMs;
  const replays = repeats.some(({ kinds }) => kinds.length === 1 && kinds[0]?.kind === "stored");
  if (book.timesKnown && gapMs >= LONG_MS)
    return ` ${minutes(gapMs)} lie between the two: ${replays ? "the server does return stored answers elsewhere here, so the key's life was over" : "the key's life was over, or the key is ignored"}.`;
  return ` ${replays ? "The server does return stored answers elsewhere here: it had let go of this key." : "Most likely the key is ignored here."}`;
}

/** A key that was sent once has two effects: whoever sent it again, the key held nothing back. */
function deliveredTwice(recording: Recording): readonly AnomalyFinding[] {
  return recording.book.writes.flatMap((seen): readonly AnomalyFinding[] => {
    const isFirst = seen.key !== null && recording.repeatOf(seen) === undefined;
    const sign = isFirst ? twoEffectsOf(seen, recording) : null;
    if (sign === null) return [];
    const explanation = `The key of ${seen.id} was sent once here, and it seems to have had two effects: it was delivered twice, and the key held nothing back.`;
    return [{ seen, ...sign, ruledOut: [], explanation }];
  });
}

/** One key and one body had two effects. */
export const executedTwice: AnomalyRule = (recording) => [
  ...fromRepeats(recording, {
    kind: "executed",
    same: true,
    explain: (repeat, certainty) =>
      certainty === "possible"
        ? `${repeat.seen.id} repeats ${firstOf(repeat)} with the same key and the same body, and may have been carried out again.${doubt(certainty)}`
        : `${repeat.seen.id} repeats ${firstOf(repeat)} with the same key and the same body, and was carried out again.${why(repeat, recording)}`,
  }),
  ...deliveredTwice(recording),
];
