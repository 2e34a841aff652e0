import { headerValue } from "../../core/http.js";
import { evidenceOf, isStale, type PatternFinding, type PatternRule } from "../pattern.js";
import type { Seen } from "../seen.js";

/** Clocks of servers and clients tick apart by that much. */
const TOLERANCE_MS = 50;

/** How long an answer asks to wait; null where it does not. */
function askedWaitMs({ exchange: { response } }: Seen): number | null {
  if (response === null || response.status < 400) return null;
  const text = headerValue(response.headers, "retry-after")?.trim();
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const [until, now] = [Date.parse(text), Date.parse(headerValue(response.headers, "date") ?? "")];
  return Number.isNaN(until) || Number.isNaN(now) ? null : Math.max(0, until - now);
}

function shown(durationMs: number): string {
  return durationMs < 1000 ? `${Math.round(durationMs)} ms` : `${Math.round(durationMs / 100) / 10} s`;
}

/** The next attempt came before the server's time. */
export const retryAfterIgnored: PatternRule = ({ book }, refusals) => {
  if (!book.timesKnown) return [];
  const told = new Set<string>();
  return book.all.flatMap((seen): readonly PatternFinding[] => {
    const waitMs = askedWaitMs(seen);
    if (waitMs === null) return [];
    const name = `${seen.principal} ${seen.exchange.writer} ${seen.operation}`;
    // An outdated token does not become a current one by waiting.
    if (told.has(name) || isStale(seen, refusals)) return [];
    const next = book
      .sameOperation(seen)
      .find(
        (each) =>
          each.index > seen.index &&
          each.startMs >= seen.endMs &&
          each.exchange.request.url === seen.exchange.request.url &&
          each.principal === seen.principal &&
          each.exchange.writer === seen.exchange.writer,
      );
    const afterMs = next === undefined ? null : next.startMs - seen.endMs;
    if (next === undefined || afterMs === null || afterMs >= waitMs - TOLERANCE_MS) return [];
    told.add(name);
    return [
      {
        seen: next,
        certainty: "certain",
        evidence: evidenceOf([
          [seen, `answered ${seen.status} with Retry-After: ${shown(waitMs)}`],
          [next, `sent ${shown(afterMs)} later`],
        ]),
        explanation: `${seen.id} was told to come back after ${shown(waitMs)}; ${next.id} came after ${shown(afterMs)}. Coming early is refused again, and with some servers begins the wait anew.`,
      },
    ];
  });
};
