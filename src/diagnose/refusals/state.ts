import type { Case } from "../refusal.js";
import type { Seen } from "../seen.js";

/** Words of the state of a resource in an answer or in a request. Pure. */
export function statesIn({ exchange }: Seen): readonly string[] {
  const texts = [exchange.response?.body ?? "", exchange.request.body];
  return texts.flatMap((text) =>
    [...text.matchAll(/"(?:state|status)"\s*:\s*"([^"]{1,40})"/g)].map(([, word = ""]) => word.toLowerCase()),
  );
}

/** The last exchange about the resource before the refusal, and the first after it, that tells a state out of a set. */
export function stateNear(
  { refused, book }: Case,
  words: RegExp,
): { readonly before: Seen | null; readonly after: Seen | null } {
  const tells = (each: Seen): boolean =>
    each !== refused && each.ending === "accepted" && statesIn(each).length > 0;
  const about = book.sameResource(refused).filter(tells);
  const before = about.findLast(({ index }) => index < refused.index) ?? null;
  const after = about.find(({ startMs }) => startMs >= refused.endMs) ?? null;
  const has = (each: Seen | null): boolean =>
    each !== null && statesIn(each).some((word) => words.test(word));
  return { before: has(before) ? before : null, after: has(after) ? after : null };
}
