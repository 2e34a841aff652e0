import type { Book } from "./book.js";
import type { Place, Seen } from "./seen.js";

/** An exchange that showed which version is there. */
export interface Sighting {
  readonly seen: Seen;
  readonly texts: readonly string[];
}

/** Larger numbers are times or hashes, of which nothing follows from one to the next. */
const LARGEST_COUNT = 1_000_000_000;

const COUNT = /^\d{1,10}(?:-\w{2,64})?$/;

/** The count in a token such as `7` or `7-9f3a`; null where it is none. Pure. */
export function countIn(text: string | undefined): number | null {
  if (text === undefined || !COUNT.test(text)) return null;
  const count = Number.parseInt(text, 10);
  return count < LARGEST_COUNT ? count : null;
}

function sightingOf(seen: Seen): Sighting {
  return { seen, texts: seen.shown.map(({ text }) => text) };
}

/** True where an exchange was over before another was sent, as far as anybody knows. Pure. */
export function isBefore(a: Seen, b: Seen, { timesKnown }: Pick<Book, "timesKnown">): boolean {
  return timesKnown ? a.endMs <= b.startMs : a.index < b.index;
}

/** True where an accepted exchange may have changed something. Pure. */
export function mayHaveWritten({ writes, ending }: Seen): boolean {
  return writes && ending !== "refused" && ending !== "unsent";
}

/** By path and resource. */
type Lines = ReadonlyMap<string, ReadonlyMap<string, readonly Seen[]>>;

/** Indexed once for each book: every rule asks, for nearly every write. */
const indexed = new WeakMap<Book, Lines>();

function linesOf(book: Book): Lines {
  const known = indexed.get(book);
  if (known !== undefined) return known;
  const lines = new Map<string, Map<string, Seen[]>>();
  for (const seen of book.all) {
    const ofPath = lines.get(seen.path) ?? new Map<string, Seen[]>();
    const line = ofPath.get(seen.resource) ?? [];
    if (line.length === 0) lines.set(seen.path, ofPath.set(seen.resource, line));
    seen.kept.ofLine = { group: line, at: line.length };
    if (seen.ending === "accepted" && seen.shown.length > 0) line.push(seen);
  }
  indexed.set(book, lines);
  return lines;
}

const NOWHERE: Place = { group: [], at: 0 };

/** The line of the exchange's own path, and its place in it. */
function ownPlace({ kept }: Seen, book: Book): Place {
  if (kept.ofLine === undefined) linesOf(book);
  return kept.ofLine ?? NOWHERE;
}

function placeIn(seen: Seen, path: string, book: Book): Place {
  if (path === seen.path) return ownPlace(seen, book);
  const group = linesOf(book).get(path)?.get(seen.resource);
  return group === undefined ? NOWHERE : { group, at: placeAfter(group, seen.index) };
}

/** The first of a line that was sent after a place. */
function placeAfter(line: readonly Seen[], index: number): number {
  let [low, high] = [0, line.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((line[middle]?.index ?? 0) > index) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** So many sightings on either side of an exchange are looked at. */
const NEAR_SIGHTINGS = 16;

/** What was shown of one path before an exchange was sent, the latest first. Pure. */
export function shownBefore(seen: Seen, book: Book, path: string = seen.path): readonly Sighting[] {
  const { group, at } = placeIn(seen, path, book);
  return group
    .slice(Math.max(0, at - NEAR_SIGHTINGS), at)
    .filter((each) => each !== seen && isBefore(each, seen, book))
    .sort((a, b) => b.endMs - a.endMs || b.index - a.index)
    .map(sightingOf);
}

/** The latest that was shown of the exchange's own path before it was sent; null where nothing was. Pure. */
export function latestBefore(seen: Seen, book: Book): Sighting | null {
  const { group, at } = ownPlace(seen, book);
  let latest: Seen | null = null;
  for (let place = at - 1; place >= Math.max(0, at - NEAR_SIGHTINGS); place--) {
    const each = group[place];
    if (each !== undefined && isBefore(each, seen, book) && (latest === null || each.endMs > latest.endMs))
      latest = each;
  }
  return latest === null ? null : sightingOf(latest);
}

/**
 * True where the latest sighting before an exchange shows one of these tokens, and the path has seen nothing accepted
 * since: the usual case, told without looking any further. Pure.
 */
export function isLatest(texts: readonly string[], seen: Seen, book: Book): boolean {
  const { group, at } = ownPlace(seen, book);
  const last = group[at - 1];
  if (last === undefined || !isBefore(last, seen, book)) return false;
  if (!last.shown.some(({ text }) => texts.includes(text))) return false;
  return !book
    .sameResource(seen)
    .some(
      (each) =>
        each.index > last.index && each.index < seen.index && each.writes && each.ending !== "refused",
    );
}

/** What was shown of the same path by exchanges sent after one was answered or given up, the earliest first. Pure. */
export function shownAfter(seen: Seen, book: Book): readonly Sighting[] {
  const { group, at } = ownPlace(seen, book);
  const from = group[at] === seen ? at + 1 : at;
  return group
    .slice(from, from + NEAR_SIGHTINGS)
    .filter((each) => isBefore(seen, each, book))
    .map(sightingOf);
}

/** An exchange, and a later one. */
interface Between {
  readonly from: Seen;
  readonly to: Seen;
}

function isWriteBetween(each: Seen, { from, to }: Between, book: Book): boolean {
  return (
    mayHaveWritten(each) &&
    each !== from &&
    each !== to &&
    !isBefore(each, from, book) &&
    !isBefore(to, each, book)
  );
}

/** Writes to the same thing, by any path, that may have changed it after one exchange and before another. Pure. */
export function writesBetween(from: Seen, to: Seen, book: Book): readonly Seen[] {
  const between = { from, to };
  const found: Seen[] = [];
  for (const each of book.sameResource(to)) {
    // They are in the order of sending: whatever follows was sent later still.
    if (each.index > to.index && isBefore(to, each, book)) break;
    if (isWriteBetween(each, between, book)) found.push(each);
  }
  return found;
}

/** True where one of {@link writesBetween} is as asked: mostly the last one is, and the others need not be looked at. Pure. */
export function isWrittenBetween(between: Between, book: Book, isIt: (write: Seen) => boolean): boolean {
  const about = book.sameResource(between.to);
  const place = about.indexOf(between.to);
  const fits = (each: Seen): boolean => isWriteBetween(each, between, book) && isIt(each);
  for (let at = place - 1; at >= 0; at--) {
    const each = about[at];
    if (each !== undefined && fits(each)) return true;
  }
  for (let at = place + 1; at < about.length; at++) {
    const each = about[at];
    if (each === undefined || isBefore(between.to, each, book)) break;
    if (fits(each)) return true;
  }
  return false;
}
