import { diagnoseConfirmed } from "../diagnose/confirmed.js";
import type { DiagnoseOptions, Diagnosis } from "../diagnose/diagnose.js";
import { allowForMissing } from "../diagnose/incomplete.js";
import { allowForLost } from "../diagnose/lost-requests.js";
import { originOf } from "../intake/origins.js";
import { isConfirming } from "../journal/confirming.js";
import type { ConfirmedOn, Exchange } from "../journal/journal.js";
import { withResource } from "./open-run-journal.js";

/** Diagnosing holds all exchanges in memory. */
const MOST_EXCHANGES = 100_000;

/** Diagnoses, or why there are none. */
export interface Diagnosed {
  /** All exchanges with their resources, where they were looked at; empty where they were not. */
  readonly exchanges: readonly Exchange[];
  readonly diagnoses: readonly Diagnosis[];
  /** Null where the exchanges were looked at. */
  readonly notDiagnosed: string | null;
}

/** Hosts know nothing of each other's keys and versions, so each is diagnosed on its own. */
function byOrigin(exchanges: readonly Exchange[]): readonly (readonly Exchange[])[] {
  const groups = new Map<string, Exchange[]>();
  for (const exchange of exchanges) {
    const origin = originOf(exchange.request.url);
    const group = groups.get(origin);
    if (group === undefined) groups.set(origin, [exchange]);
    else group.push(exchange);
  }
  return [...groups.values()];
}

/** What was sent to another server to confirm, as if it had been sent to the recorded one. Pure. */
function inPlaceOf(exchange: Exchange, { baseUrl, origin }: ConfirmedOn): Exchange {
  const { url } = exchange.request;
  if (!isConfirming(exchange) || !url.startsWith(baseUrl)) return exchange;
  return { ...exchange, request: { ...exchange.request, url: origin + url.slice(baseUrl.length) } };
}

/**
 * Explains what a journal's exchanges show, host by host, in the order of the exchanges. `confirmedOn`: what stood for the
 * recorded host later. Pure but for reading them.
 */
export function diagnoseAll(
  exchanges: Iterable<Exchange>,
  options: DiagnoseOptions,
  confirmedOn: ConfirmedOn | null = null,
): Diagnosed {
  const all: Exchange[] = [];
  for (const exchange of exchanges) {
    if (all.length === MOST_EXCHANGES) {
      const notDiagnosed = `there are more than ${MOST_EXCHANGES} exchanges, which is the most that is diagnosed: record less, or cut the recording`;
      return { exchanges: [], diagnoses: [], notDiagnosed };
    }
    all.push(withResource(exchange));
  }
  const seen = confirmedOn === null ? all : all.map((each) => withResource(inPlaceOf(each, confirmedOn)));
  const groups = byOrigin(seen);
  const { bodiesExact = true, timesKnown, requestsLost = false } = options;
  const allowed = groups.flatMap((group) =>
    allowForMissing(diagnoseConfirmed(group, options), group, { bodiesExact, timesKnown }),
  );
  const found = requestsLost ? allowed.map(allowForLost) : allowed;
  if (groups.length < 2) return { exchanges: all, diagnoses: found, notDiagnosed: null };
  const places = new Map(all.map(({ id }, index) => [id, index]));
  const placeOf = ({ exchange }: Diagnosis): number => places.get(exchange) ?? 0;
  const diagnoses = found.toSorted((a, b) => placeOf(a) - placeOf(b));
  return { exchanges: all, diagnoses, notDiagnosed: null };
}
