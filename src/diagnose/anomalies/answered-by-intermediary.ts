import { headerValue } from "../../core/http.js";
import type { AnomalyFinding, AnomalyRule } from "../anomaly.js";
import { doubt, firstOf, fromRepeats } from "../from-repeats.js";
import { cacheSign } from "../marks.js";
import type { Recording } from "../recording.js";
import type { Seen } from "../seen.js";

/** The first answer with each correlation ID. */
function firstAnswers(all: readonly Seen[]): ReadonlyMap<string, Seen> {
  const first = new Map<string, Seen>();
  for (const seen of all) {
    const id = seen.exchange.correlationId;
    if (id !== null && !first.has(id)) first.set(id, seen);
  }
  return first;
}

function isCacheable({ method, exchange }: Seen): boolean {
  return method === "GET" && headerValue(exchange.response?.headers ?? [], "age") === "0";
}

/** An answer that did not come from the server, told by headers alone. */
function byHeaders({ book, repeatOf }: Recording): readonly AnomalyFinding[] {
  const first = firstAnswers(book.all);
  return book.all.flatMap((seen): readonly AnomalyFinding[] => {
    if (seen.ending !== "accepted") return [];
    const id = seen.exchange.correlationId;
    const before = id === null ? undefined : first.get(id);
    const again = before === undefined || before === seen ? null : before;
    const cached = cacheSign(seen);
    if (again === null && cached === null) return [];
    if (repeatOf(seen) !== undefined || isCacheable(seen)) return [];
    if (again !== null && cached === null && seen.writes !== again.writes) return [];
    return [
      {
        seen,
        certainty: again !== null && cached !== null ? "certain" : cached !== null ? "likely" : "possible",
        evidence: [
          ...(again === null ? [] : [{ exchange: again.id, fact: `the same correlation ID: ${id}` }]),
          ...(cached === null ? [] : [{ exchange: seen.id, fact: `${cached}, which only a cache sets` }]),
        ],
        ruledOut: [],
        explanation: `${seen.id} was answered by something between client and server, from a store of its own: the server may never have seen it.`,
      },
    ];
  });
}

/** A cache in front answered, not the server. */
export const answeredByIntermediary: AnomalyRule = (recording) => [
  ...fromRepeats(recording, {
    kind: "cached",
    same: null,
    explain: (repeat, certainty) =>
      `${repeat.seen.id} carries the key of ${firstOf(repeat)}, and something between client and server returned that answer: the server never saw ${repeat.seen.id}, and compared nothing.${doubt(certainty)}`,
  }),
  ...byHeaders(recording),
];
