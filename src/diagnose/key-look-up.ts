import type { Case } from "./refusal.js";
import type { Seen } from "./seen.js";
import { jsonOf } from "./words.js";

/** What a look-up, or a later read, says of the first attempt with a key. */
export interface LookedUp {
  readonly seen: Seen;
  readonly state: "done" | "running" | "stuck" | "failed" | "unknown-key";
}

const STATES: readonly (readonly [RegExp, LookedUp["state"]])[] = [
  [/^(?:stuck|abandoned|orphaned)$/, "stuck"],
  [/^(?:in[-_ ]?(?:flight|progress)|processing|pending|running|started|locked)$/, "running"],
  [/^(?:completed?|succeeded|success|done|finished|ended)$/, "done"],
  [/^(?:failed|error|aborted)$/, "failed"],
];
const NOT_FOUND = 404;

function stateIn(seen: Seen): LookedUp["state"] | null {
  if (seen.status === NOT_FOUND) return "unknown-key";
  const body = seen.exchange.response === null ? undefined : jsonOf(seen.exchange.response);
  if (typeof body !== "object" || body === null) return null;
  const { state, status } = body as { state?: unknown; status?: unknown };
  for (const word of [state, status]) {
    const found =
      typeof word === "string" ? STATES.find(([pattern]) => pattern.test(word.toLowerCase())) : undefined;
    if (found !== undefined) return found[1];
  }
  return null;
}

/** The last look-up of the refused request's key, by a path that names it; null where there is none. Pure. */
export function keyLookUp({ refused, book }: Case): LookedUp | null {
  if (refused.key === null) return null;
  const found = book.lookUps(refused.key).findLast((seen) => stateIn(seen) !== null);
  const state = found === undefined ? null : stateIn(found);
  return found === undefined || state === null ? null : { seen: found, state };
}
