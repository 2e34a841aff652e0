import { headerValue } from "../core/http.js";
import type { AnsweredOutcome } from "../transport/transport.js";
import type { ClockSkew, Finding } from "./auth-check.js";
import { durationWords } from "./duration-words.js";
import { warning } from "./findings.js";

/** Ordinary clocks of machines that nobody sets are off by less; tokens are renewed a minute before they end. */
const NOTABLE_MS = 30_000;
/** `Date` has no smaller unit than the second, cut off. */
const HALF_SECOND_MS = 500;
/** What the two clocks of this process itself may drift apart while it checks. */
const DRIFT_MS = 10;

/**
 * How far the clock of an answer's server is from this machine's: `Date` was written at some instant between the request and
 * the answer. Null where the answer has no `Date`. `epochAt`: ms since 1970 of an instant on the transport's clock. Pure.
 */
export function measureClock(
  host: string,
  { headers, timings }: Pick<AnsweredOutcome, "headers" | "timings">,
  epochAt: (ms: number) => number,
): ClockSkew | null {
  const date = Date.parse(headerValue(headers, "date") ?? "");
  if (Number.isNaN(date)) return null;
  const { startMs, firstByteMs, endMs } = timings;
  const answeredMs = firstByteMs ?? endMs;
  const middle = epochAt((startMs + answeredMs) / 2);
  const marginMs = HALF_SECOND_MS + DRIFT_MS + (answeredMs - startMs) / 2;
  return { host, skewMs: date + HALF_SECOND_MS - middle, marginMs };
}

/** What a skew means; null where it is none to speak of. Pure. */
export function judgeClock({ host, skewMs, marginMs }: ClockSkew): Finding | null {
  const size = Math.abs(skewMs);
  if (size - marginMs < NOTABLE_MS) return null;
  const side = skewMs > 0 ? "behind" : "ahead of";
  return warning(
    "clock-skew",
    `this machine's clock is ${durationWords(size)} ${side} the clock of ${host}`,
    "set this machine's clock (NTP); until then times in reports and tickets do not match the server's logs, and certificates may look expired",
  );
}
