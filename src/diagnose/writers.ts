import { headerValue } from "../core/http.js";
import type { Book } from "./book.js";
import type { Seen } from "./seen.js";

/** The number of the writer that sent a request; null where nobody knows that there were several. */
export type WriterOf = (seen: Seen) => number | null;

interface Use {
  readonly number: number;
  readonly first: number;
  last: number;
}

/** Cookies change by path and by the hour: only what names a caller tells two of them apart. */
function bearerOf({ exchange, principal }: Seen): string | null {
  return headerValue(exchange.request.headers, "authorization") === null ? null : principal;
}

/**
 * Tells the writers of a recording apart, which has none of its own: by credentials that were in use at the same time. One
 * that follows on another may be the same client, logged in anew. Pure.
 */
export function writersIn({ all }: Book): WriterOf {
  const own: WriterOf = ({ exchange }) => exchange.writer;
  const uses = new Map<string, Use>();
  for (const seen of all) {
    if (seen.exchange.writer !== null) return own;
    const bearer = bearerOf(seen);
    if (bearer === null) continue;
    const use = uses.get(bearer);
    if (use === undefined) uses.set(bearer, { number: uses.size + 1, first: seen.index, last: seen.index });
    else use.last = seen.index;
  }
  if (uses.size < 2) return own;
  const overlapping = overlapsIn([...uses.values()]);
  return (seen) => {
    const use = uses.get(bearerOf(seen) ?? "");
    return use !== undefined && overlapping.has(use) ? use.number : null;
  };
}

/** Those that were in use while another one was. In the order of their first use it is enough to look at neighbours. */
function overlapsIn(uses: readonly Use[]): ReadonlySet<Use> {
  const found = new Set<Use>();
  let open: Use | null = null;
  for (const use of uses) {
    if (open !== null && open.last > use.first) {
      found.add(open);
      found.add(use);
    }
    if (open === null || use.last > open.last) open = use;
  }
  return found;
}
