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

/** What was shown of one path before an exchange was sent, the latest first. Pure. */
export function shownBefore(seen: Seen, book: Book, path: string = seen.path): readonly Sighting[] {
  return book
    .sameResource(seen)
    .filter(
      (each) =>
        each !== seen &&
        each.path === path &&
        each.ending === "accepted" &&
        each.shown.length > 0 &&
        isBefore(each, seen, book),
    )
    .sort((a, b) => b.endMs - a.endMs || b.index - a.index)
    .map(sightingOf);
}

/** What was shown of the same path by exchanges sent after one was answered or given up, the earliest first. Pure. */
export function shownAfter(seen: Seen, book: Book): readonly Sighting[] {
  return book
    .sameResource(seen)
    .filter(
      (each) =>
        each !== seen &&
        each.path === seen.path &&
        each.ending === "accepted" &&
        each.shown.length > 0 &&
        isBefore(seen, each, book),
    )
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
