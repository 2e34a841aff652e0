import { isSameClient } from "../callers.js";
import { isSameRequest } from "../controls.js";
import { lacksBody } from "../marks.js";
import { counted, evidenceOf, type PatternFinding, type PatternRule } from "../pattern.js";
import type { Seen } from "../seen.js";

/** The longest pause of a library that sends a write again by itself (the vendor's CLI: 60 s). */
const LONGEST_PAUSE_MS = 60_000;
/** With a key in its header Go's net/http sends a write again by itself, at once. */
const AT_ONCE_MS = 100;

function isLost({ ending }: Seen): boolean {
  return ending === "unanswered" || ending === "failed";
}

/** Identical requests, the earlier ones without a usable answer. */
export const clientResent: PatternRule = ({ book }) => {
  const told = new Set<Seen>();
  return book.writes.flatMap((seen): readonly PatternFinding[] => {
    if (!isLost(seen) || told.has(seen) || lacksBody(seen)) return [];
    const chain = [seen];
    for (const each of book.sameOperation(seen)) {
      const last = chain.at(-1) ?? seen;
      if (
        each.index <= last.index ||
        !isLost(last) ||
        !isSameRequest(last, each) ||
        !isSameClient(last, each)
      )
        continue;
      const pauseMs = each.startMs - last.endMs;
      if (book.timesKnown && (pauseMs < 0 || pauseMs > (seen.key === null ? LONGEST_PAUSE_MS : AT_ONCE_MS)))
        break;
      chain.push(each);
    }
    const [, again] = chain;
    if (again === undefined || (!book.timesKnown && seen.key !== null)) return [];
    for (const each of chain) told.add(each);
    return [
      {
        seen: again,
        certainty: chain.length > 2 || !book.timesKnown ? "likely" : "possible",
        evidence: evidenceOf(
          chain.map((each): [Seen, string] => [
            each,
            isLost(each)
              ? `no usable answer (${each.exchange.error?.code ?? each.status})`
              : `answered ${each.status}`,
          ]),
        ),
        explanation: `${counted(chain.length, "identical request")} follow one another, each after one that got no usable answer. Libraries do that by themselves, without the program knowing: urllib3 in the vendor's Python SDK up to ten times, Go's net/http once for requests with a key. Each may have its effect.`,
      },
    ];
  });
};
