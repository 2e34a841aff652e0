import { headerValue } from "../core/http.js";
import type { Random } from "../core/random.js";
import { matchesStatus } from "../plan/status-pattern.js";
import type { Retry } from "../scenario/scenario.js";
import type { Outcome } from "../transport/transport.js";

/** True where a step asks to try again after this outcome. Pure. */
export function isRetried(retry: Retry, outcome: Outcome): boolean {
  if (outcome.kind === "failed") return outcome.phase !== "refused" && retry.on.includes("network");
  return retry.on.some((pattern) => pattern !== "network" && matchesStatus(outcome.status, pattern));
}

/** Retry-After as RFC 9110 10.2.3 allows it: whole seconds or an HTTP date; null when absent or neither. Pure. */
function retryAfterMs(value: string | null, nowEpochMs: number): number | null {
  if (value === null) return null;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - nowEpochMs);
}

/** The pause before the next attempt, in ms. `attempt` is the one that just ended, from 1. */
export function retryPauseMs(
  retry: Retry,
  ended: { readonly outcome: Outcome; readonly attempt: number; readonly nowEpochMs: number },
  random: Random,
): number {
  if (retry.respectRetryAfter && ended.outcome.kind === "response") {
    const asked = retryAfterMs(headerValue(ended.outcome.headers, "retry-after"), ended.nowEpochMs);
    if (asked !== null) return asked;
  }
  const { initialMs, factor, maxMs, jitter } = retry.backoff;
  const pauseMs = Math.min(maxMs, initialMs * factor ** (ended.attempt - 1));
  return jitter === "full" ? pauseMs * random.fraction() : pauseMs;
}
