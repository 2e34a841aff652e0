import type { Book } from "./book.js";
import { bareKey } from "./reads.js";
import type { Case } from "./refusal.js";
import type { Seen } from "./seen.js";
import { jsonOf } from "./words.js";

/** Shorter texts stand in many answers by chance. */
const SHORTEST = 4;

function textsIn(value: unknown, into: string[]): void {
  if (typeof value === "string") {
    if (value.length >= SHORTEST) into.push(value);
  } else if (typeof value === "object" && value !== null) {
    for (const member of Object.values(value)) textsIn(member, into);
  }
}

/** A list elsewhere that names the key of the attempt, which nothing else used: of executions, for example. */
function keyListed(attempt: Seen, book: Book): Seen | null {
  if (attempt.key === null) return null;
  const lookUps = book.lookUps(attempt.key);
  const text = JSON.stringify(bareKey(attempt.key));
  const others = book.sameKey(attempt).filter((each) => each.writes && each !== attempt);
  const isShared = others.some(({ method, path }) => method !== attempt.method || path !== attempt.path);
  const names = (each: Seen): boolean => {
    const body = each.exchange.response?.body ?? "";
    return body.includes("[") && body.includes(text) && !lookUps.includes(each);
  };
  const list = book.around(attempt).find((each) => !each.writes && each.ending === "accepted" && names(each));
  if (isShared || list === undefined || list.startMs < attempt.endMs) return null;
  const mayBeAnothers = others.some(({ ending, index }) => ending === "accepted" && index < list.index);
  return mayBeAnothers ? null : list;
}

/**
 * A read after an attempt that nobody answered that shows what the attempt wrote, or lists its key; null where none does.
 * Texts that stood there before prove nothing. Pure.
 */
export function effectShown(of: Case, attempt: Seen): Seen | null {
  return writtenShown(of, attempt) ?? keyListed(attempt, of.book);
}

function writtenShown({ refused, book }: Case, attempt: Seen): Seen | null {
  const texts: string[] = [];
  textsIn(jsonOf(attempt.exchange.request), texts);
  if (texts.length === 0) return null;
  const reads = book.sameResource(attempt).filter((each) => !each.writes && each.ending === "accepted");
  const shows = (seen: Seen): boolean =>
    texts.every((text) => seen.exchange.response?.body.includes(JSON.stringify(text)) === true);
  if (reads.some((each) => each.index < attempt.index && shows(each))) return null;
  const others = book
    .sameResource(attempt)
    .filter((each) => each.writes && each.ending === "accepted" && each.index > attempt.index);
  const until = others[0]?.startMs ?? Number.POSITIVE_INFINITY;
  return (
    reads.find(
      (each) => each.startMs >= attempt.endMs && each.startMs < until && each !== refused && shows(each),
    ) ?? null
  );
}
