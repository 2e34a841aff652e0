import type { RateLimit } from "../policy/policy.js";
import type { Login } from "./auth.js";
import type { Refusal } from "./refusal.js";

/** A minute. */
export const WINDOW_MS = 60_000;

/** Where a token stands in its minute. */
export interface RateState {
  readonly count: number;
  readonly allowed: number;
  readonly resetSeconds: number;
}

/** Whose requests are counted together: a token's, or all that have none that is known. Pure. */
export function countedToken({ login }: { readonly login: Login }): string {
  return login.kind === "caller" ? login.token : "";
}

/** Counts requests of each token in minutes that begin with its first request. */
export interface RateLimiter {
  readonly take: (token: string, limit: RateLimit) => RateState;
}

/** Where a window stands that began at `startMs`. Pure. */
export function rateState(
  window: { readonly startMs: number; readonly count: number },
  limit: RateLimit,
  nowMs: number,
): RateState {
  const resetSeconds = Math.max(1, Math.ceil((window.startMs + WINDOW_MS - nowMs) / 1000));
  return { count: window.count, allowed: limit.perMinute, resetSeconds };
}

/** Starts with nothing counted. */
export function createRateLimiter(nowMs: () => number): RateLimiter {
  const windows = new Map<string, { startMs: number; count: number }>();
  return {
    take: (token, limit) => {
      const now = nowMs();
      let window = windows.get(token);
      if (window === undefined || now - window.startMs >= WINDOW_MS) {
        window = { startMs: now, count: 0 };
        windows.set(token, window);
      }
      window.count += 1;
      return rateState(window, limit, now);
    },
  };
}

/** The vendor's normalised 429 (announcement of 2021-11-10); without a Retry-After the older code. Pure. */
export function rateRefusal(
  limit: Pick<RateLimit, "retryAfter">,
  resetSeconds: number,
  reason: string,
): Refusal {
  const base = { status: 429, cause: "rate-limited", reason } as const;
  if (!limit.retryAfter) {
    return { ...base, code: "too.many.requests", message: "Rate limit exceeded the maximum." };
  }
  return {
    ...base,
    code: "too.many.requests.retry.after",
    message: `Rate limit exceeded the maximum. Retry the request in [${resetSeconds}] seconds`,
    retryAfterSeconds: resetSeconds,
  };
}
