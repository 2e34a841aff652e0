import type { Book } from "./book.js";
import { isSameClient } from "./callers.js";
import { queryOf } from "./controls.js";
import { lacksBody } from "./marks.js";
import type { Seen } from "./seen.js";

/** So many requests after an attempt are looked at for the next one. */
const NEAR_ATTEMPTS = 40;

function mayBeRetried({ ending, status }: Seen): boolean {
  return (
    ending === "unanswered" ||
    ending === "failed" ||
    (ending === "refused" && status !== 400 && status !== 404)
  );
}

/** What was sent, but for a key that lies in it. */
function bytesOf({ key, exchange }: Seen): string {
  const { body, bodyEncoding, bodySha256 } = exchange.request;
  if (key === null || bodyEncoding !== "utf8" || !body.includes(`"${key}"`)) return bodySha256;
  return body.replaceAll(`"${key}"`, '""');
}

function nextAttempt(of: Seen, book: Book): Seen | null {
  let left = NEAR_ATTEMPTS;
  for (const each of book.sameOperation(of)) {
    if (each.index <= of.index) continue;
    if (left-- === 0) return null;
    const isSame = each.path === of.path && queryOf(each) === queryOf(of) && bytesOf(each) === bytesOf(of);
    if (isSame && isSameClient(of, each) && each.startMs >= of.endMs) return each;
  }
  return null;
}

/** Requests with keys that were sent again until one was accepted: each list is one operation of the user's. Pure. */
export function attemptsIn(book: Book): readonly (readonly Seen[])[] {
  const taken = new Set<Seen>();
  const chains: (readonly Seen[])[] = [];
  for (const seen of book.writes) {
    if (seen.key === null || lacksBody(seen) || taken.has(seen) || !mayBeRetried(seen)) continue;
    const chain = [seen];
    for (let last = seen; mayBeRetried(last); ) {
      const next = nextAttempt(last, book);
      if (next === null || next.key === null) break;
      chain.push(next);
      taken.add(next);
      last = next;
    }
    if (chain.length > 1) chains.push(chain);
  }
  return chains;
}

/** How many keys the attempts have. Pure. */
export function keysOf(attempts: readonly Seen[]): number {
  return new Set(attempts.map(({ key }) => key)).size;
}

/** From so many attempts on, each with a key of its own, it is a habit. */
export const HABIT = 3;
