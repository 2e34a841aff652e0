import type { Case } from "../refusal.js";
import type { Seen } from "../seen.js";

/** True for a write that was accepted. Pure. */
export function passes({ writes, ending }: Seen): boolean {
  return writes && ending === "accepted";
}

/** True where every write of this caller that was answered was refused, and with the same status: it may be about the caller. Pure. */
export function isAlwaysRefused({ refused, book }: Case): boolean {
  return !book
    .samePrincipal(refused)
    .some(
      (each) => passes(each) || (each.ending === "refused" && each.writes && each.status !== refused.status),
    );
}
