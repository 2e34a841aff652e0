import type { Lane } from "./lanes.js";

/** More lanes than this are no picture any more. */
const MOST_LANES = 12;

const MOST_WINNERS = 4;
const MOST_OUTCOMES = 4;

/** What tells a lane from the others: exchange ids that prove something, and those that won. */
export interface Telling {
  readonly proofs: ReadonlyMap<string, readonly string[]>;
  readonly winners: ReadonlySet<string>;
}

function endOf({ bars }: Lane): number {
  return bars.at(-1)?.endMs ?? 0;
}

/** The first lane of each way in which it came out. */
function firstOfEach(lanes: readonly Lane[]): readonly Lane[] {
  const outcomes = new Map<string, Lane>();
  for (const lane of lanes) {
    const outcome = lane.bars
      .map((bar) => `${bar.step} ${bar.outcome} ${bar.storedFrom !== null}`)
      .join(", ");
    if (!outcomes.has(outcome)) outcomes.set(outcome, lane);
  }
  return [...outcomes.values()].slice(0, MOST_OUTCOMES);
}

/** Lanes evenly over the order in which they were answered: they show how the answers spread. */
function spread(byEnd: readonly Lane[]): readonly Lane[] {
  return Array.from({ length: MOST_LANES }, (_, index) =>
    byEnd.at(Math.round((index * (byEnd.length - 1)) / (MOST_LANES - 1))),
  ).flatMap((lane) => lane ?? []);
}

/**
 * The lanes to draw, in the order of the writers: all of them, or those that prove something, the winners, one of each
 * outcome, the first and the last answered, and some of the others. Pure.
 */
export function chooseLanes(lanes: readonly Lane[], { proofs, winners }: Telling): readonly Lane[] {
  if (lanes.length <= MOST_LANES) return lanes;
  const having = (ids: { readonly has: (id: string) => boolean }): readonly Lane[] =>
    lanes.filter(({ bars }) => bars.some(({ id }) => ids.has(id)));
  const byEnd = [...lanes].sort((a, b) => endOf(a) - endOf(b));
  const wanted = [
    ...having(proofs),
    ...having(winners).slice(0, MOST_WINNERS),
    ...firstOfEach(lanes),
    ...byEnd.slice(0, 1),
    ...byEnd.slice(-1),
    ...spread(byEnd),
  ];
  const chosen = new Set([...new Set(wanted)].slice(0, MOST_LANES));
  return lanes.filter((lane) => chosen.has(lane));
}

/** How requests came out, most frequent first: `900× 409, 88× 200`. Pure. */
export function histogramWords(outcomes: Iterable<string>, times: string): string {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([outcome, count]) => `${count}${times} ${outcome}`)
    .join(", ");
}
