import { headerValue } from "../../core/http.js";
import type { AnomalyFinding, AnomalyRule } from "../anomaly.js";
import { doubt, firstOf, fromRepeats } from "../from-repeats.js";
import { cacheSign } from "../marks.js";
import type { Recording } from "../recording.js";
import type { Seen } from "../seen.js";

function isCacheable({ method, exchange }: Seen): boolean {
  return method === "GET" && headerValue(exchange.response?.headers ?? [], "age") === "0";
}

/** An answer that did not come from the server, told by headers alone: the first answer with a correlation ID is the server's. */
function byHeaders({ book, repeatOf }: Recording): readonly AnomalyFinding[] {
  const first = new Map<string, Seen>();
  const found: AnomalyFinding[] = [];
  for (const seen of book.all) {
    const id = seen.exchange.correlationId;
    const again = id === null ? null : (first.get(id) ?? null);
    if (id !== null && again === null) first.set(id, seen);
    if (seen.ending !== "accepted") continue;
    const cached = cacheSign(seen);
    if (again === null && cached === null) continue;
    if (repeatOf(seen) !== undefined || isCacheable(seen)) continue;
    if (again !== null && cached === null && seen.writes !== again.writes) continue;
    const was = cached === null ? "seems to have been" : "was";
    found.push({
      seen,
      certainty: again !== null && cached !== null ? "certain" : cached !== null ? "likely" : "possible",
      evidence: [
        ...(again === null ? [] : [{ exchange: again.id, fact: `the same correlation ID: ${id}` }]),
        ...(cached === null ? [] : [{ exchange: seen.id, fact: `${cached}, which only a cache sets` }]),
      ],
      ruledOut: [],
      explanation: `${seen.id} ${was} answered by something between client and server, from a store of its own: the server may never have seen it.`,
    });
  }
  return found;
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
