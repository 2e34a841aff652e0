import { ownTimes } from "./har-own.js";
import type { RecordedTimes } from "./intake.js";
import { amountAt, type Members, membersAt, textAt } from "./loose-json.js";

/** Digits beyond the milliseconds that Date.parse reads. */
const FRACTION = /\.\d{3}(\d{1,6})/;

/** Milliseconds since 1970 of an ISO 8601 instant, with its microseconds; null for anything else. Pure. */
export function parseInstant(text: string | null): number | null {
  if (text === null) return null;
  const wholeMs = Date.parse(text);
  if (Number.isNaN(wholeMs)) return null;
  const rest = FRACTION.exec(text)?.[1];
  return rest === undefined ? wholeMs : wholeMs + Number(`0.${rest}`);
}

/** What passes before a request has left. The time of TLS is a part of `connect`. */
const BEFORE_SENT = ["blocked", "dns", "connect", "send"];

/** Times of a HAR entry. A recorder writes -1, or nothing, for what it does not know. Pure. */
export function harTimes(entry: Members): RecordedTimes {
  const startedAtMs = parseInstant(textAt(entry, "startedDateTime"));
  const own = ownTimes(entry);
  if (own !== null) return { startedAtMs, ...own };
  const timings = membersAt(entry, "timings");
  const known = BEFORE_SENT.map((name) => amountAt(timings, name));
  const sentMs = known.every((each) => each === null)
    ? null
    : known.reduce<number>((sum, each) => sum + (each ?? 0), 0);
  const wait = amountAt(timings, "wait");
  const firstByteMs = sentMs === null || wait === null ? null : sentMs + wait;
  const receive = amountAt(timings, "receive");
  const total = amountAt(entry, "time");
  const endMs = total ?? (firstByteMs === null || receive === null ? null : firstByteMs + receive);
  return { startedAtMs, sentMs, firstByteMs, endMs };
}
