import type { RoundTrips } from "./track.js";

/** Latencies that differ by less are not worth a correction. */
const SMALLEST_RANGE_MS = 1;
/** Connections differ where their latencies lie further apart than so many times what one of them varies by. */
const CERTAINTY = 3;

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}

/** From the least to the greatest; 0 for fewer than two. Pure. */
export function rangeOf(numbers: readonly number[]): number {
  return numbers.length < 2 ? 0 : Math.max(...numbers) - Math.min(...numbers);
}

function samplesOf(writer: number, rounds: readonly RoundTrips[]): readonly number[] {
  return rounds.flatMap((round) => round[writer] ?? []);
}

/**
 * How long each writer waits so that requests over connections of different latency arrive together, the slowest first:
 * half of what its round trip is shorter. null where the connections do not differ by more than they vary, where
 * a correction would only be noise, and where fewer than three rounds were measured. Pure.
 */
export function compensation(
  writers: readonly number[],
  rounds: readonly RoundTrips[],
): ReadonlyMap<number, number> | null {
  const samples = writers.map((writer) => samplesOf(writer, rounds));
  if (writers.length < 2 || samples.some((each) => each.length < 3)) return null;
  const least = samples.map((each) => Math.min(...each));
  const range = rangeOf(least);
  if (range < SMALLEST_RANGE_MS || range <= CERTAINTY * median(samples.map(rangeOf))) return null;
  const slowest = Math.max(...least);
  return new Map(writers.map((writer, index) => [writer, (slowest - (least[index] ?? 0)) / 2]));
}

/**
 * How far apart requests that left at these instants arrived, if each took half of its connection's round trip: by the
 * round that puts them closest, since whatever else a server was busy with only sets them further apart. 0 for one
 * request; null where no round has measured all of them. Pure.
 */
export function arrivalSpreadMs(
  leftMs: ReadonlyMap<number, number>,
  rounds: readonly RoundTrips[],
): number | null {
  if (leftMs.size < 2) return leftMs.size === 1 ? 0 : null;
  const spreads = rounds.flatMap((round) => {
    const arrivals = [...leftMs].flatMap(([writer, atMs]) => {
      const roundTripMs = round[writer] ?? null;
      return roundTripMs === null ? [] : [atMs + roundTripMs / 2];
    });
    return arrivals.length === leftMs.size ? [rangeOf(arrivals)] : [];
  });
  return spreads.length === 0 ? null : Math.min(...spreads);
}

/** The writers whose answers took the shortest and the longest; null where fewer than two were measured. Pure. */
export function largestDifference(
  round: RoundTrips,
): { readonly quickest: number; readonly slowest: number; readonly differenceMs: number } | null {
  const known = round.flatMap((tookMs, writer) => (tookMs === null ? [] : [{ tookMs, writer }]));
  const [quickest, ...rest] = known.sort((a, b) => a.tookMs - b.tookMs);
  const slowest = rest.at(-1);
  if (quickest === undefined || slowest === undefined) return null;
  const differenceMs = slowest.tookMs - quickest.tookMs;
  return { quickest: quickest.writer, slowest: slowest.writer, differenceMs };
}

/** Each writer's shortest round trip, of those that were measured. Pure. */
export function shortestMs(writers: readonly number[], rounds: readonly RoundTrips[]): readonly number[] {
  const samples = writers.map((writer) => samplesOf(writer, rounds)).filter((each) => each.length > 0);
  return samples.map((each) => Math.min(...each));
}
