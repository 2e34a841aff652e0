import { sameValue } from "../marks.js";
import { evidenceOf, grouped, type PatternFinding, type PatternRule } from "../pattern.js";
import type { Recording } from "../recording.js";
import type { Seen } from "../seen.js";

function isOtherWork(a: Seen, b: Seen): boolean {
  return a.exchange.request.url !== b.exchange.request.url || a.method !== b.method || !sameValue(a, b);
}

function isOtherWriter(a: Seen, b: Seen, { isSameCaller }: Recording): boolean {
  const [earlier, later] = a.index < b.index ? [a, b] : [b, a];
  return a.exchange.writer !== b.exchange.writer || !isSameCaller(earlier, later);
}

/** A request that was turned away at the door has used no key up. */
const TURNED_AWAY: readonly (number | null)[] = [401, 403, 404, 405, 429];

function usesKey({ ending, status }: Seen): boolean {
  return ending !== "refused" || !TURNED_AWAY.includes(status);
}

/** Several writers use one key for work of their own. */
export const sharedKey: PatternRule = (recording) =>
  grouped(recording.book.writes.filter(usesKey), ({ key }) => key).flatMap(
    (same): readonly PatternFinding[] => {
      const [first] = same;
      if (first === undefined) return [];
      const others = same.filter((each) => isOtherWriter(first, each, recording) && isOtherWork(first, each));
      const [other] = others;
      if (other === undefined) return [];
      return [
        {
          seen: other,
          certainty: "likely",
          evidence: evidenceOf([
            [first, `key ${first.key}`],
            ...others.map((each): [Seen, string] => [each, "the same key, another writer, other work"]),
          ]),
          explanation: `${first.id} and ${other.id} come from different writers, ask for different things and carry one key (${first.key}). Depending on the server one of them is refused, or gets the other's answer.`,
        },
      ];
    },
  );
