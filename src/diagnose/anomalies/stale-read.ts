import type { AnomalyFinding, AnomalyRule } from "../anomaly.js";
import type { Book } from "../book.js";
import { toldBy, witnessesOf } from "../from-history.js";
import { countIn, isBefore, writesBetween } from "../lines.js";
import { sameValue } from "../marks.js";
import type { Recording } from "../recording.js";
import { answerOf, askedOf, showsAsked } from "../representation.js";
import type { Seen } from "../seen.js";

interface Counted {
  readonly seen: Seen;
  readonly count: number;
}

/** Accepted exchanges of each path whose token counts; a stored answer shows what was, and is left out. */
function countedByPath({ book, repeatOf }: Recording): ReadonlyMap<string, readonly Counted[]> {
  const paths = new Map<string, Counted[]>();
  for (const seen of book.all) {
    const count = countIn(seen.shown[0]?.text);
    if (
      count === null ||
      seen.ending !== "accepted" ||
      seen.method === "POST" ||
      repeatOf(seen) !== undefined
    )
      continue;
    const known = paths.get(seen.path);
    if (known === undefined) paths.set(seen.path, [{ seen, count }]);
    else known.push({ seen, count });
  }
  return paths;
}

/** Paths at which something was deleted: what comes after may count from the start. */
function deletedPaths({ all }: Book): ReadonlySet<string> {
  return new Set(all.filter(({ method }) => method === "DELETE").map(({ path }) => path));
}

/** Reads that show less than something that was over before they were sent, with that. */
function behind(counted: readonly Counted[]): readonly (readonly [read: Counted, newer: Counted])[] {
  const byEnd = [...counted].sort((a, b) => a.seen.endMs - b.seen.endMs);
  const found: (readonly [Counted, Counted])[] = [];
  let next = 0;
  let newest: Counted | null = null;
  for (const each of counted) {
    for (
      let over = byEnd[next];
      over !== undefined && over.seen.endMs <= each.seen.startMs;
      over = byEnd[++next]
    )
      if (newest === null || over.count > newest.count) newest = over;
    if (!each.seen.writes && newest !== null && each.count < newest.count) found.push([each, newest]);
  }
  return found;
}

function byCount(recording: Recording): readonly AnomalyFinding[] {
  const { book } = recording;
  if (!book.timesKnown) return [];
  const deleted = deletedPaths(book);
  const found: AnomalyFinding[] = [];
  for (const [path, counted] of countedByPath(recording)) {
    if (deleted.has(path)) continue;
    for (const [{ seen, count }, newer] of behind(counted)) {
      const later = counted.find((each) => each.seen.index > seen.index && each.count >= newer.count);
      found.push({
        seen,
        certainty: later === undefined ? "likely" : "certain",
        evidence: [
          { exchange: newer.seen.id, fact: `showed version ${newer.count}` },
          ...(later === undefined ? [] : [{ exchange: later.seen.id, fact: `shows ${later.count} again` }]),
        ],
        ruledOut: [],
        explanation: `${seen.id} shows version ${count}, but ${newer.seen.id} had shown version ${newer.count} before ${seen.id} was sent: a cache or a replica that trails answered.`,
      });
    }
  }
  return found;
}

/** A write, a read that does not show it, and a later read that does, with nothing else written meanwhile. */
function byContent(recording: Recording, known: ReadonlySet<Seen>): readonly AnomalyFinding[] {
  const { book, reads, repeatOf } = recording;
  return book.all.flatMap((write): readonly AnomalyFinding[] => {
    if (
      !write.writes ||
      write.ending !== "accepted" ||
      write.method === "POST" ||
      repeatOf(write) !== undefined
    )
      return [];
    const [first, ...rest] = reads.after(write).filter(({ path }) => path === write.path);
    // Where reads show a version, that decides.
    const asked = first === undefined || first.shown.length > 0 ? null : askedOf(write);
    if (asked === null) return [];
    if (first === undefined || known.has(first) || showsAsked(answerOf(first), asked)) return [];
    const later = rest.find((read) => isBefore(first, read, book) && showsAsked(answerOf(read), asked));
    if (
      later === undefined ||
      writesBetween(write, later, book).some((each) => each !== write && !sameValue(each, write))
    )
      return [];
    if (writesBetween(first, later, book).length > 0) return [];
    return [
      {
        seen: first,
        certainty: "likely",
        evidence: [
          { exchange: write.id, fact: `acknowledged with ${write.status}` },
          { exchange: later.id, fact: "shows what was written, and nothing else was sent meanwhile" },
        ],
        ruledOut: [],
        explanation: `${first.id} does not show what ${write.id} wrote, though that had been acknowledged before; ${later.id} shows it. Reads trail writes here.`,
      },
    ];
  });
}

/** A read older than an acknowledged write or an earlier read. */
export const staleRead: AnomalyRule = (recording) => {
  const counted = byCount(recording);
  const known = new Set(counted.map(({ seen }) => seen));
  const told = witnessesOf(recording, "stale-read").flatMap((witness): readonly AnomalyFinding[] => {
    const [seen, newer] = witness.seen;
    if (seen === undefined || newer === undefined || known.has(seen) || seen.writes) return [];
    // A token that goes by content comes again with the content: a write in between may have brought that back.
    if (writesBetween(newer, seen, recording.book).length > 0) return [];
    return [toldBy(witness, seen, "possible")];
  });
  const all = new Set([...known, ...told.map(({ seen }) => seen)]);
  return [...counted, ...told, ...byContent(recording, all)];
};
