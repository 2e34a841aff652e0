import type { Cause } from "../core/causes.js";
import type { Exchange } from "../journal/journal.js";
import { partsOf } from "../subject/subject-of.js";
import type { Experiment, ExperimentStep } from "./diagnose.js";
import { FRESH_KEY, repeatStep } from "./experiment-steps.js";

/** Which headers a recording has without their values. */
export interface Valueless {
  readonly key: boolean;
  readonly token: boolean;
}

/** A weak tag that is read anew is still a weak one. */
const OF_FRESH_TOKEN: readonly Cause[] = [
  "stale-etag",
  "etag-malformed",
  "etag-other-resource",
  "stale-version",
];

function isOfKey(cause: Cause): boolean {
  return cause.startsWith("key-") || cause === "conflict-not-replay";
}

function wordsFor({ key, token }: Valueless): string {
  const parts = [...(token ? ["the ETag that was read"] : []), ...(key ? ["a fresh key"] : [])];
  return parts.join(" and ");
}

/**
 * The request once more with values of its own in the place of those that nobody has: what passes with them was refused for
 * them. Null where that would tell nothing apart. Pure.
 */
export function withFreshValues(
  exchange: Exchange,
  open: readonly Cause[],
  valueless: Valueless,
): Experiment | null {
  const { method, url } = exchange.request;
  const status = exchange.response?.status ?? null;
  const { path, query } = partsOf(url);
  const points = (cause: Cause): boolean =>
    (valueless.key && isOfKey(cause)) || (valueless.token && OF_FRESH_TOKEN.includes(cause));
  const [lifted, left] = [open.filter(points), open.filter((cause) => !points(cause))];
  if (lifted.length === 0 || left.length === 0 || status === null) return null;
  const read: readonly ExperimentStep[] =
    valueless.token && method !== "POST"
      ? [{ id: "read", request: `GET ${path}${query}`, capture: { etag: "header ETag" } }]
      : [];
  if (valueless.token && read.length === 0) return null;
  const again: ExperimentStep = {
    ...repeatStep(exchange, "again"),
    ...(valueless.key ? { idempotencyKey: FRESH_KEY } : {}),
    ...(valueless.token ? { ifMatch: "$(read.etag)" } : {}),
  };
  return {
    what: `${read.length > 0 ? "read, then " : ""}send ${exchange.id} again with ${wordsFor(valueless)}`,
    steps: [...read, again],
    meanings: [
      { outcome: "2xx", causes: lifted },
      { outcome: `${status} again`, causes: left },
    ],
    reads: read.length,
    writes: 1,
  };
}
