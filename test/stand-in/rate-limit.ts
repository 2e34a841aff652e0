import { type Answer, refusal } from "./wire.js";

/** A limit as the vendor documents it: so many requests of one token in a window. Tests may change it under way. */
export interface RateLimit {
  allowed: number;
  windowSeconds: number;
}

interface Window {
  readonly endsAt: number;
  count: number;
}

/** What the limit says to one request: headers for every answer, and the refusal where it is used up. */
export interface Counted {
  readonly headers: Readonly<Record<string, string>>;
  readonly refused: Answer | null;
}

/** Counts requests by token. */
export function createRateLimit(limit: RateLimit): (token: string) => Counted {
  const windows = new Map<string, Window>();
  return (token) => {
    const now = Date.now();
    const running = windows.get(token);
    const window =
      running === undefined || running.endsAt <= now
        ? { endsAt: now + limit.windowSeconds * 1000, count: 0 }
        : running;
    windows.set(token, window);
    window.count += 1;
    const seconds = Math.max(1, Math.ceil((window.endsAt - now) / 1000));
    const headers = {
      "inin-ratelimit-count": String(window.count),
      "inin-ratelimit-allowed": String(limit.allowed),
      "inin-ratelimit-reset": String(seconds),
    };
    if (window.count <= limit.allowed) return { headers, refused: null };
    const text = `Rate limit exceeded the maximum. Retry the request in [${seconds}] seconds`;
    const refused = refusal(429, "too.many.requests.retry.after", text);
    return { headers, refused: { ...refused, headers: { "Retry-After": String(seconds) } } };
  };
}
