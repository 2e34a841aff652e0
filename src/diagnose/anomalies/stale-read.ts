import type { AnomalyFinding, AnomalyRule } from "../anomaly.js";
import type { Book } from "../book.js";
import type { Certainty } from "../diagnose.js";
import { toldBy, witnessesOf } from "../from-history.js";
import {
  countIn,
  isBefore,
  isWrittenBetween,
  type Sighting,
  shownAfter,
  shownBefore,
  writesBetween,
} from "../lines.js";
import { cacheSign, sameValue } from "../marks.js";
import type { Recording } from "../recording.js";
import { answerOf, askedOf, leavesOf, showsAsked } from "../representation.js";
import type { Seen } from "../seen.js";

interface Counted {
  readonly seen: Seen;
  readonly count: number;
}

/** Accepted exchanges of each path whose token counts. Even a stored answer proves that its version had been there. */
function countedByPath({ book }: Recording): ReadonlyMap<string, readonly Counted[]> {
  const paths = new Map<string, Counted[]>();
  for (const seen of book.all) {
    const count = countIn(seen.shown[0]?.text);
    if (count === null || seen.ending !== "accepted" || seen.method === "POST") continue;
    const known = paths.get(seen.path);
    if (known === undefined) paths.set(seen.path, [{ seen, count }]);
    else known.push({ seen, count });
  }
  return paths;
}

/** Paths at which something was deleted: what comes after may count from the start. */
function deletedPaths({ writes }: Book): ReadonlySet<string> {
  return new Set(writes.filter(({ method }) => method === "DELETE").map(({ path }) => path));
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

/** True unless an answer may be a stored one, which shows what was: its token then is that of the first answer. */
function isFresh(seen: Seen, repeatOf: Recording["repeatOf"]): boolean {
  const repeat = repeatOf(seen);
  if (repeat === undefined) return true;
  const [kind, ...others] = repeat.kinds;
  if (kind?.kind === "executed" && others.length === 0) return true;
  const [token] = seen.shown;
  const isNew = (prior: Seen): boolean =>
    prior.shown.length > 0 && prior.shown.every(({ text }) => text !== token?.text);
  return token !== undefined && repeat.priors.every(isNew);
}

function byCount(recording: Recording): readonly AnomalyFinding[] {
  const { book, repeatOf } = recording;
  if (!book.timesKnown) return [];
  const deleted = deletedPaths(book);
  const found: AnomalyFinding[] = [];
  for (const [path, counted] of countedByPath(recording)) {
    if (deleted.has(path)) continue;
    for (const [{ seen, count }, newer] of behind(counted)) {
      const later = counted.find(
        (each) =>
          each.seen.index > seen.index && each.count >= newer.count && repeatOf(each.seen) === undefined,
      );
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

/** A token that was there, was replaced, and is there again, though nothing that was sent can have brought it back. */
function replacedBy(
  seen: Seen,
  { book, repeatOf }: Recording,
  known: ReadonlySet<Seen>,
): readonly [before: Sighting, latest: Sighting, back: Sighting | null] | null {
  const [token] = seen.shown;
  // Of counts the order is known.
  if (token === undefined || countIn(token.text) !== null) return null;
  const [latest, ...older] = shownBefore(seen, book).filter(
    ({ seen: each }) => isFresh(each, repeatOf) && !known.has(each),
  );
  const before = older.find(({ texts }) => texts.includes(token.text));
  if (latest === undefined || latest.texts.includes(token.text) || before === undefined) return null;
  const mayRestore = ({ shown }: Seen): boolean =>
    shown.length === 0 || shown.some(({ text }) => text === token.text);
  if (writesBetween(latest.seen, seen, book).some(mayRestore)) return null;
  const later = shownAfter(seen, book).find(({ texts }) => texts.some((each) => latest.texts.includes(each)));
  const isBack = later !== undefined && writesBetween(seen, later.seen, book).length === 0;
  return isBack || latest.seen.writes ? [before, latest, isBack ? later : null] : null;
}

function byToken(recording: Recording, known: ReadonlySet<Seen>): readonly AnomalyFinding[] {
  const { book } = recording;
  if (!book.timesKnown) return [];
  const found: AnomalyFinding[] = [];
  for (const seen of book.all) {
    if (seen.writes || seen.ending !== "accepted" || known.has(seen)) continue;
    const replaced = replacedBy(seen, recording, known);
    if (replaced === null) continue;
    const [before, latest, back] = replaced;
    const token = seen.shown[0]?.text ?? "";
    const others = back === null ? ", or somebody wrote the old content once more" : "";
    found.push({
      seen,
      certainty: back === null ? "possible" : "likely",
      evidence: [
        { exchange: before.seen.id, fact: `showed ${token}` },
        { exchange: latest.seen.id, fact: `showed ${latest.texts.join(", ")} after that` },
        ...(back === null ? [] : [{ exchange: back.seen.id, fact: `shows ${back.texts.join(", ")} again` }]),
      ],
      ruledOut: [],
      explanation: `${seen.id} shows the version ${token}, though ${latest.seen.id} had shown another one since: a cache or a replica that trails answered${others}.`,
    });
  }
  return found;
}

/** What shows that a read lacks what was acknowledged. */
interface Lack {
  readonly certainty: Certainty;
  readonly by: Seen;
  readonly fact: string;
}

/** True where all that was asked for stands somewhere in the text of an answer: then nothing has to be parsed. */
function mentions({ exchange: { response } }: Seen, { texts }: Acknowledged): boolean {
  const body = response?.body ?? "";
  return texts.every((text) => body.includes(text));
}

/** True where a request is known to have got an answer from a store: it wrote nothing. */
function isStored(seen: Seen, repeatOf: Recording["repeatOf"]): boolean {
  const [only, ...others] = repeatOf(seen)?.kinds ?? [];
  return (
    only !== undefined && others.length === 0 && only.kind !== "executed" && only.certainty !== "possible"
  );
}

/** What wrote between a write and a read of it, and may have changed what the read shows. */
type Others = "none" | "running" | "over";

/** Whether one of them was over before the read. */
function othersBetween(from: Seen, to: Seen, { book, repeatOf }: Recording): Others {
  const isOther = (each: Seen): boolean => !sameValue(each, from) && !isStored(each, repeatOf);
  const isOver = (each: Seen): boolean => isBefore(each, to, book) && isOther(each);
  if (isWrittenBetween({ from, to }, book, isOver)) return "over";
  return isWrittenBetween({ from, to }, book, isOther) ? "running" : "none";
}

/** True where an answer shows other values, or nothing at all of what was asked for: a member may be unknown to the server. */
function isContradicted(read: Seen, asked: NonNullable<ReturnType<typeof askedOf>>): boolean {
  const shown = leavesOf(answerOf(read));
  const leaves = [...leavesOf(asked)];
  const isShown = (path: string, value: unknown): boolean =>
    shown.has(path) && JSON.stringify(shown.get(path)) === JSON.stringify(value);
  return (
    leaves.some(([path, value]) => shown.has(path) && !isShown(path, value)) ||
    leaves.every(([path, value]) => !isShown(path, value))
  );
}

interface Acknowledged {
  readonly write: Seen;
  /** Itself, or the first request that asked for the same under its key. */
  readonly first: Seen;
  readonly asked: NonNullable<ReturnType<typeof askedOf>>;
  /** The values that were asked for, as JSON. */
  readonly texts: readonly string[];
}

function lackOf(read: Seen, { write, first, asked }: Acknowledged, recording: Recording): Lack | null {
  const { book, reads } = recording;
  const shows = (seen: Seen): boolean => showsAsked(answerOf(seen), asked);
  const alike = (each: Seen): boolean => each.path === read.path && !each.writes;
  const later = reads.after(write).find((each) => alike(each) && isBefore(read, each, book) && shows(each));
  if (later !== undefined && writesBetween(read, later, book).length === 0)
    return { certainty: "likely", by: later, fact: "shows it, and nothing else was sent meanwhile" };
  const earlier = reads.after(write).find((each) => alike(each) && isBefore(each, read, book) && shows(each));
  if (earlier !== undefined) return { certainty: "likely", by: earlier, fact: "had shown it before" };
  if (write.path !== read.path) return null;
  if (shows(write)) return { certainty: "likely", by: write, fact: "its own answer shows it" };
  const before = reads.before(first).find(alike);
  if (before === undefined || before.exchange.response?.bodySha256 !== read.exchange.response?.bodySha256)
    return null;
  if (!isContradicted(read, asked)) return null;
  return { certainty: "possible", by: before, fact: "showed the very same before it was written" };
}

function acknowledgedBy(write: Seen, { repeatOf }: Recording): Acknowledged | null {
  if (!write.writes || write.ending !== "accepted" || write.method === "POST") return null;
  // What a cache in front answered the server may never have seen.
  if (cacheSign(write) !== null) return null;
  const repeat = repeatOf(write);
  if (repeat !== undefined && !repeat.same) return null;
  const asked = askedOf(write);
  if (asked === null) return null;
  const texts = [...leavesOf(asked).values()].map((value) => JSON.stringify(value));
  return { write, first: repeat?.priors[0] ?? write, asked, texts };
}

/** Reads after a write that do not show it, though nothing else wrote in between and reads of this kind do. */
function lackingReads(
  acknowledged: Acknowledged,
  recording: Recording,
  told: ReadonlySet<Seen>,
): readonly (readonly [read: Seen, lack: Lack])[] {
  const { write, first, asked } = acknowledged;
  const found: (readonly [Seen, Lack])[] = [];
  for (const read of recording.reads.after(write)) {
    if (told.has(read) || mentions(read, acknowledged)) continue;
    const others = othersBetween(first, read, recording);
    // What was over before this read was over before all that follow.
    if (others === "over") break;
    const answer = others === "none" ? answerOf(read) : undefined;
    if (answer === undefined || showsAsked(answer, asked)) continue;
    const lack = lackOf(read, acknowledged, recording);
    if (lack !== null) found.push([read, lack]);
  }
  return found;
}

/** A write that was acknowledged, and a read after it that does not show it, though reads of this kind do. */
function byContent(recording: Recording, known: ReadonlySet<Seen>): readonly AnomalyFinding[] {
  const told = new Set(known);
  const found: AnomalyFinding[] = [];
  for (const write of recording.book.writes) {
    const acknowledged = acknowledgedBy(write, recording);
    if (acknowledged === null) continue;
    for (const [read, { certainty, by, fact }] of lackingReads(acknowledged, recording, told)) {
      told.add(read);
      const or = certainty === "possible" ? `, or ${write.id} was not carried out` : "";
      found.push({
        seen: read,
        certainty,
        evidence: [
          { exchange: write.id, fact: `acknowledged with ${write.status}` },
          { exchange: by.id, fact },
        ],
        ruledOut: [],
        explanation: `${read.id} does not show what ${write.id} wrote, though that had been acknowledged before. Reads trail writes here${or}.`,
      });
    }
  }
  return found;
}

/** What the history contradicts, of reads that nothing else tells of. */
function byHistory(recording: Recording, known: ReadonlySet<Seen>): readonly AnomalyFinding[] {
  return witnessesOf(recording, "stale-read").flatMap((witness): readonly AnomalyFinding[] => {
    const [seen, newer] = witness.seen;
    if (seen === undefined || newer === undefined || known.has(seen) || known.has(newer)) return [];
    // A token that goes by content comes again with the content: a write in between may have brought that back.
    if (seen.writes || writesBetween(newer, seen, recording.book).length > 0) return [];
    return [toldBy(witness, seen, "possible")];
  });
}

const RULES = [byContent, byToken, byHistory] as const;

/** A read older than an acknowledged write or an earlier read. */
export const staleRead: AnomalyRule = (recording) => {
  const found = [...byCount(recording)];
  const known = new Set(found.map(({ seen }) => seen));
  for (const rule of RULES) {
    const more = rule(recording, known);
    found.push(...more);
    for (const { seen } of more) known.add(seen);
  }
  return found;
};
