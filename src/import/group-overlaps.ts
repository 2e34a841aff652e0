import { isWrite } from "../core/http.js";
import type { Draft } from "./draft.js";

/** Indexes of drafts in the order of the scenario: one, or the lanes of a race. */
export type Unit =
  | { readonly kind: "one"; readonly index: number }
  | { readonly kind: "race"; readonly lanes: readonly (readonly number[])[] };

interface Span {
  readonly index: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly write: boolean;
  readonly about: string;
}

/** A request that nobody waited for overlaps with nothing that can be told. */
function spanOf({ sent, method, target }: Draft, index: number): Span | null {
  const { startMs, endMs } = sent;
  if (startMs === null || endMs === null) return null;
  return { index, startMs, endMs, write: isWrite(method, []), about: target.split("?")[0] ?? "" };
}

/** Reads that a page sends side by side race with nobody: a write must be among two, about one thing or both writes. */
function race(a: Span, b: Span): boolean {
  const overlap = a.startMs < b.endMs && b.startMs < a.endMs;
  return overlap && ((a.write && b.write) || ((a.write || b.write) && a.about === b.about));
}

/** Groups of spans that overlap with one another, directly or by way of others. */
function clustersOf(spans: readonly Span[]): readonly (readonly Span[])[] {
  const clusters: Span[][] = [];
  for (const span of spans) {
    const touched = clusters.filter((cluster) => cluster.some((each) => race(each, span)));
    const [first, ...others] = touched;
    if (first === undefined) clusters.push([span]);
    else {
      first.push(span);
      for (const other of others) first.push(...clusters.splice(clusters.indexOf(other), 1).flat());
    }
  }
  return clusters.filter(({ length }) => length > 1);
}

/** Puts each request into the first lane whose last one was answered when it left. */
function lanesOf(cluster: readonly Span[]): readonly (readonly number[])[] {
  const lanes: Span[][] = [];
  for (const span of cluster.toSorted((a, b) => a.startMs - b.startMs || a.index - b.index)) {
    const free = lanes.find((lane) => (lane.at(-1)?.endMs ?? 0) <= span.startMs);
    if (free === undefined) lanes.push([span]);
    else free.push(span);
  }
  return lanes.map((lane) => lane.map(({ index }) => index));
}

/** Puts requests that overlapped into races, at the place of the first of them. Pure. */
export function groupOverlaps(drafts: readonly Draft[], timesKnown: boolean): readonly Unit[] {
  const spans = timesKnown ? drafts.flatMap((draft, index) => spanOf(draft, index) ?? []) : [];
  const races = clustersOf(spans)
    .map(lanesOf)
    .filter(({ length }) => length > 1);
  const raceOf = new Map(races.flatMap((lanes) => lanes.flat().map((index) => [index, lanes] as const)));
  return drafts.flatMap((_draft, index): readonly Unit[] => {
    const lanes = raceOf.get(index);
    if (lanes === undefined) return [{ kind: "one", index }];
    return Math.min(...lanes.flat()) === index ? [{ kind: "race", lanes }] : [];
  });
}

/** Says of which answers a request may carry something: what is before it, and in a race what its own lane did. Pure. */
export function visibility(units: readonly Unit[]): (from: number, to: number) => boolean {
  const places = new Map<number, { readonly unit: number; readonly lane: number; readonly raced: boolean }>();
  for (const [unit, each] of units.entries()) {
    if (each.kind === "one") places.set(each.index, { unit, lane: 0, raced: false });
    else
      for (const [lane, indexes] of each.lanes.entries())
        for (const index of indexes) places.set(index, { unit, lane, raced: true });
  }
  return (from, to) => {
    const [a, b] = [places.get(from), places.get(to)];
    if (a === undefined || b === undefined) return false;
    if (a.unit === b.unit) return a.lane === b.lane && from < to;
    return !a.raced && a.unit < b.unit;
  };
}
