import type { Refusal } from "../core/causes.js";
import type { Exchange } from "../journal/journal.js";
import { shapeOf } from "./pair-exchanges.js";
import type { ComparedRun, Departure, PairDiff, RunComparison } from "./runs.js";

/** The dimension that says whether, and how, a server refuses for such a cause. */
const DIMENSION_OF: Readonly<Record<Refusal, string | null>> = {
  "key-reused-body-changed": "idempotency.mismatch",
  "key-reused-bytes-changed": "idempotency.fingerprint.body",
  "key-reused-other-resource": "idempotency.scope",
  "key-in-flight": "idempotency.inFlight",
  "key-bound-to-unacknowledged-attempt": "idempotency.outcomes",
  "key-stuck": "idempotency.onDisconnect",
  "conflict-not-replay": "idempotency.outcomes",
  "key-missing": "idempotency.missing",
  "key-malformed": "idempotency.malformed",
  "key-first-use-unseen": "idempotency.scope",
  "stale-etag": "concurrency.stale",
  "stale-version": "concurrency.stale",
  "etag-weak": "concurrency.comparison",
  "etag-malformed": "concurrency.malformed",
  "etag-other-resource": "concurrency.stale",
  "precondition-missing": "concurrency.absent",
  "state-locked": "locks",
  "state-terminal": "terminal",
  "duplicate-entity": "unique",
  "referenced-entity": "references",
  "permission-shown-as-409": "permissions",
  "permission-missing": "permissions",
  "token-expired": null,
  "token-invalid": null,
  "rate-limited": "rateLimit",
  "invalid-request": null,
  "no-such-operation": "paths",
  "spurious-conflict": null,
  unexplained: null,
};

type Side = 0 | 1;

interface Shown {
  readonly dimension: string;
  readonly mock: string;
  readonly server: string;
}

function isSuccess(status: number | null): boolean {
  return status !== null && status < 400;
}

function refusalDimension({ cause }: PairDiff): string | null {
  const named = cause.find((each) => each !== null);
  return named === undefined ? null : (DIMENSION_OF[named as Refusal] ?? null);
}

function outcomeWords({ status, cause }: PairDiff, side: Side): string {
  const told = status[side] === null ? "no answer" : `answered ${status[side]}`;
  return cause[side] === null ? told : `${told} (${cause[side]})`;
}

/** One said no and the other yes, or they said it with another status or for another reason. */
function outcomeDeparture(pair: PairDiff): readonly Shown[] {
  const [before, after] = pair.status;
  const refused = !isSuccess(before) || !isSuccess(after);
  const same = before === after && pair.cause[0] === pair.cause[1];
  if (before === null || after === null || same || !refused) return [];
  const dimension = refusalDimension(pair);
  if (dimension === null) return [];
  return [{ dimension, mock: outcomeWords(pair, 0), server: outcomeWords(pair, 1) }];
}

function headerDeparture(pair: PairDiff, name: string, dimension: string): readonly Shown[] {
  const found = pair.response?.headers.find((header) => header.name.toLowerCase() === name);
  if (found === undefined || (found.base !== null && found.other !== null)) return [];
  const words = (value: string | null): string =>
    value === null ? `sent no ${found.name}` : `sent an ${found.name}`;
  return [{ dimension, mock: words(found.base), server: words(found.other) }];
}

function successDepartures(pair: PairDiff, base: Exchange, other: Exchange): readonly Shown[] {
  const [before, after] = pair.status;
  if (!isSuccess(before) || !isSuccess(after) || base.request.method === "GET") return [];
  const bodies = [base, other].map(({ response }) =>
    response?.body === "" ? "sent no body" : "sent a body",
  );
  const [mock = "", server = ""] = bodies;
  return [
    ...(before === after
      ? []
      : [{ dimension: "success.status", mock: `answered ${before}`, server: `answered ${after}` }]),
    ...(mock === server ? [] : [{ dimension: "success.body", mock, server }]),
  ];
}

/** A key that brought the stored answer back on one side alone. */
function replayDeparture(pair: PairDiff, mock: ComparedRun, server: ComparedRun): readonly Shown[] {
  const [before, after] = [mock.isStored?.(pair.base) === true, server.isStored?.(pair.other) === true];
  if (before === after || !isSuccess(pair.status[0]) || !isSuccess(pair.status[1])) return [];
  const words = (stored: boolean): string =>
    stored ? "returned the stored answer" : "shows no sign of a stored answer";
  return [{ dimension: "idempotency.support", mock: words(before), server: words(after) }];
}

function errorDeparture({ status, cause, response }: PairDiff): readonly Shown[] {
  const [before, after] = status;
  if (isSuccess(before) || before !== after || cause[0] !== cause[1]) return [];
  if (response === null || response.body.length === 0) return [];
  return [{ dimension: "errors", mock: "wrote the error in its form", server: "in another" }];
}

function shownBy(pair: PairDiff, base: Exchange, other: Exchange): readonly Shown[] {
  const validator =
    base.request.method === "GET" ? "concurrency.validator" : "concurrency.tokenInWriteResponse";
  const bothSay = isSuccess(pair.status[0]) && isSuccess(pair.status[1]);
  return [
    ...outcomeDeparture(pair),
    ...successDepartures(pair, base, other),
    ...(bothSay ? headerDeparture(pair, "etag", validator) : []),
    ...errorDeparture(pair),
  ];
}

/**
 * Which dimensions of the mock's policy a server does not keep, by route, as far as the pairs of one scenario show it. What
 * no dimension says, such as a header of a proxy, is left to the pairs. Pure.
 */
export function departuresOf(
  comparison: RunComparison,
  mock: ComparedRun,
  server: ComparedRun,
): readonly Departure[] {
  const found = new Map<string, Departure>();
  for (const pair of comparison.pairs) {
    const [base, other] = [mock.exchange(pair.base), server.exchange(pair.other)];
    const route = shapeOf(base);
    for (const shown of [...shownBy(pair, base, other), ...replayDeparture(pair, mock, server)]) {
      const name = JSON.stringify([shown, route]);
      const places = [...(found.get(name)?.places ?? []), pair.place];
      found.set(name, { ...shown, route, places });
    }
  }
  return [...found.values()];
}
