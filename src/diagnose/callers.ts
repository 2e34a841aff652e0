import type { Book } from "./book.js";
import type { Seen } from "./seen.js";

const UNAUTHORISED = 401;

/** No login of the vendor's lasts less than this (OAuth clients, 5 minutes to 48 hours). */
const SHORTEST_LOGIN_MS = 300_000;

/** True where two requests were sent by one client, as far as anybody can tell. Pure. */
export function isSameClient(a: Seen, b: Seen): boolean {
  return a.principal === b.principal && a.exchange.writer === b.exchange.writer;
}

/** Tells callers apart from clients that logged in again: their credentials differ as well. Pure. */
export function callersOf({ all, timesKnown }: Book): (a: Seen, b: Seen) => boolean {
  const uses = new Map<string, { readonly first: Seen; last: Seen }>();
  const refused = new Set<string>();
  for (const seen of all) {
    const use = uses.get(seen.principal);
    if (use === undefined) uses.set(seen.principal, { first: seen, last: seen });
    else use.last = seen;
    if (seen.status === UNAUTHORISED) refused.add(seen.principal);
  }
  return (earlier, later) => {
    if (earlier.principal === later.principal || refused.has(earlier.principal)) return true;
    const [old, own] = [uses.get(earlier.principal), uses.get(later.principal)];
    if (old === undefined || own === undefined || !timesKnown || old.last.index > own.first.index)
      return false;
    return own.first.startMs - old.last.endMs >= SHORTEST_LOGIN_MS;
  };
}
