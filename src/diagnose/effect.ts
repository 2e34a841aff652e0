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

/**
 * A read between an attempt that nobody answered and the refused request that shows what the attempt wrote; null where
 * none does. Texts that stood there before prove nothing. Pure.
 */
export function effectShown({ refused, book }: Case, attempt: Seen): Seen | null {
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
