import type { SentRequest } from "../journal/journal.js";
import { isVariedByGcidem } from "./volatile-headers.js";

/**
 * One text for all requests that are the same bytes as far as a scenario decides them: credentials count by their
 * presence, as in {@link compareExchanges}. Pure.
 */
export function requestIdentity(request: SentRequest): string {
  const headers = request.headers.flatMap(([name, value]) => {
    const lower = name.toLowerCase();
    if (request.varied?.includes(lower) === true) return [[lower]];
    if (!isVariedByGcidem(lower, true)) return [[lower, value]];
    return isVariedByGcidem(lower, false) ? [] : [[lower]];
  });
  return JSON.stringify([request.method, request.url, request.bodySha256, headers]);
}
