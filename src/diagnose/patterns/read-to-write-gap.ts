import { isSameClient } from "../callers.js";
import { shownBefore } from "../lines.js";
import { evidenceOf, type PatternFinding, type PatternRule, REFUSED, staleness } from "../pattern.js";
import type { Recording } from "../recording.js";
import type { Seen } from "../seen.js";

/** From here on a gap is called long: a program that reads and writes needs no 10 s. */
const LONG_MS = 10_000;

/** The last read that showed the token which a request sent. */
function readOf(seen: Seen, { book }: Recording): Seen | null {
  const texts = seen.sent.flatMap((token) => token.texts);
  const shown = book
    .sameResource(seen)
    .findLast(
      (each) =>
        each.index < seen.index &&
        each.endMs <= seen.startMs &&
        each.ending === "accepted" &&
        each.shown.some(({ text }) => texts.includes(text)),
    );
  return (
    shown ??
    shownBefore(seen, book).find(({ texts: all }) => all.some((text) => texts.includes(text)))?.seen ??
    null
  );
}

/** A long time lies between the read and the write that was refused for its token. */
export const readToWriteGap: PatternRule = (recording, refusals) => {
  const { book } = recording;
  if (!book.timesKnown) return [];
  const told = new Set<string>();
  return book.refused.flatMap((seen): readonly PatternFinding[] => {
    const certainty = staleness(seen, refusals);
    if (certainty === null) return [];
    const name = `${seen.resource} ${seen.sent.map(({ raw }) => raw).join(" ")}`;
    if (told.has(name)) return [];
    told.add(name);
    const read = readOf(seen, recording);
    if (read === null) return [];
    const gapMs = Math.round(seen.startMs - read.endMs);
    const ownWrite = book
      .sameResource(seen)
      .some(
        (each) =>
          each.writes &&
          each.ending === "accepted" &&
          each.index > read.index &&
          each.index < seen.index &&
          isSameClient(each, seen),
      );
    if (gapMs < LONG_MS || ownWrite) return [];
    return [
      {
        seen,
        certainty,
        evidence: evidenceOf([
          [read, `showed the token ${seen.sent[0]?.raw ?? ""}`],
          [seen, `sent it ${gapMs} ms later`],
        ]),
        explanation: `${gapMs} ms lie between ${read.id}, which showed the token, and ${seen.id}, which ${REFUSED[certainty]} for it (gcidem calls ${LONG_MS} ms and more long). The longer the gap, the likelier somebody writes in it.`,
      },
    ];
  });
};
