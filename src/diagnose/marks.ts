import { headerValue } from "../core/http.js";
import { jsonValueOf } from "./book.js";
import type { Seen } from "./seen.js";

/** Headers by which servers say that an answer was stored earlier (facts on real APIs). A key's echo is none. */
const REPLAY_MARK =
  /^(?:x-)?(?:idempoten\w*|stripe-idempotent|request)-(?:replay\w*|hit|cached|status)$|-replayed$|^(?:x-)?original-(?:correlation|request)-id$/i;

/** The header that says of an answer that it was stored earlier; null where there is none. Pure. */
export function replayMark({ exchange: { response } }: Seen): string | null {
  for (const [name, value] of response?.headers ?? [])
    if (REPLAY_MARK.test(name) && !/^(?:false|0|no|miss)$/i.test(value)) return name;
  return null;
}

const CACHE_HEADER = /^(?:age|x-cache|(?:x-|cf-)?cache-status)$/i;

/** What says that something between client and server gave this answer; null where nothing does. Pure. */
export function cacheSign({ exchange: { response } }: Seen): string | null {
  for (const [name, value] of response?.headers ?? []) {
    if (CACHE_HEADER.test(name) && (name.length === "age".length || /\bhit\b/i.test(value)))
      return `${name}: ${value}`;
  }
  return null;
}

/** The header that names another answer's correlation ID; null where none does. Pure. */
export function namesCorrelation(seen: Seen, of: Seen): string | null {
  const id = of.exchange.correlationId;
  if (id === null || id === seen.exchange.correlationId) return null;
  return seen.exchange.response?.headers.find(([, value]) => value === id)?.[0] ?? null;
}

/** An id that the server made for a POST: in the answer, and not in what was sent. Null where there is none. Pure. */
export function madeByServer(seen: Seen): string | null {
  if (seen.kept.serversId === undefined) seen.kept.serversId = findServersId(seen);
  return seen.kept.serversId;
}

function findServersId({ exchange, method, answeredId }: Seen): string | null {
  const { request, response } = exchange;
  if (method !== "POST" || response === null) return null;
  const location = headerValue(response.headers, "location");
  if (location !== null) return location;
  return answeredId === null || `${request.url} ${request.body}`.includes(answeredId) ? null : answeredId;
}

/** True where a recording does not have what was sent, or not all of it. Pure. */
export function lacksBody({ exchange: { request } }: Seen): boolean {
  return request.missing?.some((part) => part === "body" || part === "values") === true;
}

/** True where two requests ask for the same JSON value, however it is written. Pure. */
export function sameValue(a: Seen, b: Seen): boolean {
  if (lacksBody(a) || lacksBody(b)) return false;
  if (a.bodyNumber === b.bodyNumber) return true;
  const value = jsonValueOf(a);
  return value !== null && value === jsonValueOf(b);
}

/** True where two answers are the same but for headers. Pure. */
export function sameAnswer(a: Seen, b: Seen): boolean {
  const [one, other] = [a.exchange.response, b.exchange.response];
  if (one === null || other === null || one.missing !== undefined || other.missing !== undefined)
    return false;
  return one.bodySha256 === other.bodySha256;
}
