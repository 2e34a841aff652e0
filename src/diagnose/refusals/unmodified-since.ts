import { headerValue } from "../../core/http.js";
import { type Case, type Finding, fitting, shows, statusWeight } from "../refusal.js";
import type { Seen } from "../seen.js";

const STATUS: Readonly<Record<number, number>> = { 412: 3, 409: 2 };
const MOVED_WEIGHT = 7;
const UNSEEN_WEIGHT = 3;

/** The date that a write goes by (RFC 9110, 13.1.4); null where it has none, or an If-Match, which then counts alone. Pure. */
export function unmodifiedSince({ exchange, writes }: Seen): string | null {
  const { headers } = exchange.request;
  if (!writes || headerValue(headers, "if-match") !== null) return null;
  return headerValue(headers, "if-unmodified-since");
}

function modifiedMs({ exchange: { response } }: Seen): number | null {
  const date = response === null ? null : headerValue(response.headers, "last-modified");
  const atMs = date === null ? Number.NaN : Date.parse(date);
  return Number.isNaN(atMs) ? null : atMs;
}

/** Judges whether what is there is newer than the date that the refused request names. Pure. */
export function judgeUnmodified({ refused, book }: Case, date: string): Finding {
  const sinceMs = Date.parse(date);
  const newer = book.sameResource(refused).find((each) => {
    const atMs = each !== refused && each.ending === "accepted" ? modifiedMs(each) : null;
    return atMs !== null && atMs > sinceMs;
  });
  const status = statusWeight(refused.status, STATUS);
  const sent = shows(refused, `If-Unmodified-Since ${date}`);
  if (newer === undefined) return { ...fitting(UNSEEN_WEIGHT + status, sent), movedBy: "unknown" };
  const what = `it was modified later: Last-Modified ${headerValue(newer.exchange.response?.headers ?? [], "last-modified")}`;
  return { ...fitting(MOVED_WEIGHT + status, shows(newer, what), sent), movedBy: "unknown" };
}
