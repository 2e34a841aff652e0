import type { Book } from "./book.js";
import type { Seen } from "./seen.js";

/** An exchange that showed which version is there. */
export interface Sighting {
  readonly seen: Seen;
  readonly texts: readonly string[];
}

/** Larger numbers are times or hashes, of which nothing follows from one to the next. */
const LARGEST_COUNT = 1_000_000_000;

/** The count in a token such as `7` or `7-9f3a`; null where it is none. Pure. */
export function countIn(text: string | undefined): number | null {
  const found = text === undefined ? null : /^(\d{1,10})(?:-[\w]{2,64})?$/.exec(text)?.[1];
  const count = found === null || found === undefined ? null : Number(found);
  return count !== null && count < LARGEST_COUNT ? count : null;
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

type Paths = ReadonlyMap<string, readonly Seen[]>;

/** Indexed once for each book: every rule asks, for nearly every write. */
const indexed = new WeakMap<Book, Paths>();

function pathName(seen: Seen, path: string): string {
  return `${seen.resource} ${path}`;
}

function pathsOf(book: Book): Paths {
  const known = indexed.get(book);
  if (known !== undefined) return known;
  const paths = new Map<string, Seen[]>();
  for (const seen of book.all) {
    if (seen.ending !== "accepted" || seen.shown.length === 0) continue;
    const name = pathName(seen, seen.path);
    const line = paths.get(name);
    if (line === undefined) paths.set(name, [seen]);
    else line.push(seen);
  }
  indexed.set(book, paths);
  return paths;
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
  const line = pathsOf(book).get(pathName(seen, path)) ?? [];
  const end = placeAfter(line, seen.index);
  return line
    .slice(Math.max(0, end - NEAR_SIGHTINGS), end)
    .filter((each) => each !== seen && isBefore(each, seen, book))
    .sort((a, b) => b.endMs - a.endMs || b.index - a.index)
    .map(sightingOf);
}

/**
 * True where the latest sighting before an exchange shows one of these tokens, and the path has seen nothing accepted
 * since: the usual case, told without looking any further. Pure.
 */
export function isLatest(texts: readonly string[], seen: Seen, book: Book): boolean {
  const line = pathsOf(book).get(pathName(seen, seen.path)) ?? [];
  const last = line[placeAfter(line, seen.index - 1) - 1];
  if (last === undefined || !isBefore(last, seen, book)) return false;
  const around = book.sameResource(seen);
  const untold = around.some(
    (each) => each.index > last.index && each.index < seen.index && each.writes && each.ending !== "refused",
  );
  return !untold && last.shown.some(({ text }) => texts.includes(text));
}

/** What was shown of the same path by exchanges sent after one was answered or given up, the earliest first. Pure. */
export function shownAfter(seen: Seen, book: Book): readonly Sighting[] {
  const line = pathsOf(book).get(pathName(seen, seen.path)) ?? [];
  const start = placeAfter(line, seen.index);
  return line
    .slice(start, start + NEAR_SIGHTINGS)
    .filter((each) => isBefore(seen, each, book))
    .map(sightingOf);
}

/** Writes to the same thing, by any path, that may have changed it after one exchange and before another. Pure. */
export function writesBetween(from: Seen, to: Seen, book: Book): readonly Seen[] {
  return book
    .sameResource(to)
    .filter(
      (each) =>
        each !== from &&
        each !== to &&
        mayHaveWritten(each) &&
        !isBefore(each, from, book) &&
        !isBefore(to, each, book),
    );
}
