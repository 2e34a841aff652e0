import type { Exchange } from "../journal/journal.js";
import { alignExchange, type RunAligning } from "./align-exchange.js";
import type { MessageDiff } from "./compare.js";
import { compareExchanges } from "./compare-exchanges.js";
import { placesOf, unpaired } from "./pair-exchanges.js";
import { createRenaming } from "./renaming.js";
import type { ComparedRun, CompareRules, PairDiff, RunComparison } from "./runs.js";
import { HEADERS_OF_THE_WAY } from "./volatile-headers.js";

/** More differing pairs than anybody reads, and few enough to be kept. */
const MOST_PAIRS = 1_000;

function differs({ headers, body }: MessageDiff): boolean {
  return headers.length > 0 || body.length > 0;
}

/** True where a pair is not the same; times are no difference. */
function isDifferent({ request, response, status, error, cause }: PairDiff): boolean {
  const apart = [status, error, cause, request.method, request.url].some(([base, other]) => base !== other);
  // The bytes of a request count to servers that hash them; how an answer spells its JSON counts to nobody.
  const sent = differs(request) || request.bodies === "same-json";
  return apart || sent || (response !== null && differs(response));
}

function durationOf({ response, timings }: Exchange): number | null {
  return response === null || timings.endMs === null ? null : timings.endMs - timings.startMs;
}

/** Two servers are reached on two ways, which is no difference of what they do. */
function onTwoWays(rules: CompareRules, { base, other }: Runs): CompareRules {
  if (base.baseUrl === other.baseUrl) return rules;
  const ofTheWay = HEADERS_OF_THE_WAY.map((name) => ({ kind: "header", name }) as const);
  return { ...rules, ignored: [...rules.ignored, ...ofTheWay] };
}

interface Runs {
  readonly base: ComparedRun;
  readonly other: ComparedRun;
}

function comparePair(
  { base, other }: Runs,
  {
    place,
    ids,
    how,
  }: { readonly place: string; readonly ids: readonly [string, string]; readonly how: RunAligning },
): PairDiff {
  const [before, after] = [base.exchange(ids[0]), other.exchange(ids[1])];
  return {
    ...compareExchanges(before, alignExchange(before, after, how)),
    place,
    cause: [base.causeOf(before.id), other.causeOf(after.id)],
    durationMs: [durationOf(before), durationOf(after)],
  };
}

function median(sorted: Float64Array): number {
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function mediansOf(times: readonly (readonly [number, number])[]): RunComparison["medianMs"] {
  if (times.length === 0) return null;
  const of = (side: 0 | 1): number => median(Float64Array.from(times, (pair) => pair[side]).sort());
  return [of(0), of(1)];
}

function nameOf({ name, scenario, baseUrl }: ComparedRun): RunComparison["base"] {
  return { name, scenario, baseUrl };
}

/**
 * Holds a run against another, exchange by exchange: by step, writer, attempt and round where both ran a scenario, else
 * by method and path in their order. Ids, tokens and dates are the same up to renaming, unless a rule says otherwise.
 * Only what differs is kept, so that runs of any length can be compared. Pure.
 */
export function compareRuns(base: ComparedRun, other: ComparedRun, given: CompareRules): RunComparison {
  const rules = onTwoWays(given, { base, other });
  const bySteps = base.hasSteps && other.hasSteps;
  const [places, others] = [placesOf(base, bySteps), placesOf(other, bySteps)];
  const renaming = createRenaming(rules.exact);
  const how: RunAligning = { renaming, rules, baseUrl: base.baseUrl, otherUrl: other.baseUrl };
  const pairs: PairDiff[] = [];
  const times: (readonly [number, number])[] = [];
  let [omitted, equal] = [0, 0];
  for (const [place, id] of places) {
    const otherId = others.get(place);
    if (otherId === undefined) continue;
    const pair = comparePair({ base, other }, { place, ids: [id, otherId], how });
    const [before, after] = pair.durationMs;
    if (before !== null && after !== null) times.push([before, after]);
    if (!isDifferent(pair)) equal += 1;
    else if (pairs.length < MOST_PAIRS) pairs.push(pair);
    else omitted += 1;
  }
  return {
    base: nameOf(base),
    other: nameOf(other),
    pairs,
    omitted,
    equal,
    onlyInBase: unpaired(places, others),
    onlyInOther: unpaired(others, places),
    renamed: renaming.summary(),
    medianMs: mediansOf(times),
  };
}
