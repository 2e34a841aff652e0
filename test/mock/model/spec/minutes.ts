import { blurMs, hasCome, type Model, type Seen, UNCLEAR, type Unclear } from "./model.js";
import type { Rules } from "./rules.js";
import type { Sent } from "./sent.js";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A request whose turn it is to be counted. */
interface Counted {
  readonly model: Model;
  readonly sent: Sent;
  readonly rules: Rules;
  readonly settles: ((seen: Seen) => void)[];
}

/**
 * Counts a request in its token's minute; for one that is too many, the Retry-After that it gets. A minute begins
 * with the first request in it.
 */
export function countInMinute({
  model,
  sent,
  rules,
  settles,
}: Counted): { readonly retryAfter: string | null } | Unclear {
  const { rateLimit } = rules;
  if (rateLimit === null) return { retryAfter: null };
  const who = sent.principal ?? "default";
  const minute = model.minutes.get(who);
  // The default principal's token is a new one each day, and a token has minutes of its own.
  if (sent.principal === null && model.nowMs >= DAY_MS - MINUTE_MS) return UNCLEAR;
  const isNew = minute === undefined || hasCome(model, minute.startedAt + MINUTE_MS);
  if (isNew === UNCLEAR) return UNCLEAR;
  const { startedAt, count } = isNew ? { startedAt: model.nowMs, count: 0 } : minute;
  settles.push(() => void model.minutes.set(who, { startedAt, count: count + 1 }));
  if (count < rateLimit.perMinute) return { retryAfter: null };
  if (!rateLimit.retryAfter) return { retryAfter: "absent" };
  const seconds = Math.ceil((startedAt + MINUTE_MS - model.nowMs) / 1000);
  return { retryAfter: blurMs(model.policy) > 0 ? "present" : `${seconds}` };
}
