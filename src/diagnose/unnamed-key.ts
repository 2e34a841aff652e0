import { headerValue } from "../core/http.js";
import { isSameRequest } from "./controls.js";
import type { Case } from "./refusal.js";
import type { Seen } from "./seen.js";

/** Names of headers in which servers look for keys that nothing here knows as such: `X-Request-Id`, `Dedup-Token`. */
const MAY_BE_KEY = /(?:id|key|token|nonce)$/i;

function valueIn({ exchange }: Seen, name: string): string | null {
  return headerValue(exchange.request.headers, name);
}

/**
 * The header that may be the key of a server whose name for it nobody told: its value came before with another request,
 * and what was accepted otherwise unchanged carries another one. Null where there is none. Pure.
 */
export function unnamedKey({ refused, book, controls }: Case): string | null {
  if (refused.key !== null) return null;
  for (const [name, value] of refused.exchange.request.headers) {
    if (!MAY_BE_KEY.test(name)) continue;
    const isReused = book
      .around(refused)
      .some(
        (each) =>
          each.writes &&
          each.index < refused.index &&
          valueIn(each, name) === value &&
          !isSameRequest(each, refused),
      );
    const isOther = ({ seen }: Case["controls"][number]): boolean =>
      seen.principal === refused.principal && valueIn(seen, name) !== value;
    if (isReused && controls.some(isOther)) return name;
  }
  return null;
}

/** What to tell the reader of it. Pure. */
export function unnamedKeyWords(name: string): string {
  return `whether ${name} is this server's idempotency key: its value came with another request before (names.idempotencyKey in a config file, or idempotencyKey.header of the step, says so)`;
}

/** `unchanged`, or `but for X-Request-Id`. Pure. */
export function unchangedWords(of: Case): string {
  const name = unnamedKey(of);
  return name === null ? "unchanged" : `but for ${name}`;
}
