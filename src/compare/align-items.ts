/** Where an item of one array is in the other; null on the side that lacks it. */
export type Alignment = readonly [base: number | null, other: number | null];

/** Stretch of two arrays that is still to be aligned; ends are exclusive. */
interface Stretch {
  readonly base: readonly [start: number, end: number];
  readonly other: readonly [start: number, end: number];
}

function uniquePlaces(keys: readonly string[], [start, end]: readonly [number, number]): Map<string, number> {
  const places = new Map<string, number>();
  const repeated = new Set<string>();
  for (let index = start; index < end; index++) {
    const key = keys[index] ?? "";
    if (places.has(key)) repeated.add(key);
    places.set(key, index);
  }
  for (const key of repeated) places.delete(key);
  return places;
}

/** Where a value would go among the ends of the increasing runs found so far. */
function lowerBound(
  ends: readonly number[],
  pairs: readonly (readonly [number, number])[],
  wanted: number,
): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((pairs[ends[middle] ?? 0]?.[1] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The longest choice of pairs that cross nowhere (patience sorting, O(n log n)). */
function longestIncreasing(
  pairs: readonly (readonly [number, number])[],
): readonly (readonly [number, number])[] {
  const ends: number[] = [];
  const before: number[] = [];
  pairs.forEach(([, other], index) => {
    const length = lowerBound(ends, pairs, other);
    before[index] = length === 0 ? -1 : (ends[length - 1] ?? -1);
    ends[length] = index;
  });
  const chosen: (readonly [number, number])[] = [];
  for (let index = ends.at(-1) ?? -1; index >= 0; index = before[index] ?? -1) {
    const pair = pairs[index];
    if (pair !== undefined) chosen.push(pair);
  }
  return chosen.reverse();
}

function anchorsOf(
  base: readonly string[],
  other: readonly string[],
  stretch: Stretch,
): readonly (readonly [number, number])[] {
  const places = uniquePlaces(other, stretch.other);
  const pairs: (readonly [number, number])[] = [];
  for (const [key, index] of uniquePlaces(base, stretch.base)) {
    const place = places.get(key);
    if (place !== undefined) pairs.push([index, place]);
  }
  return longestIncreasing(pairs.sort(([a], [b]) => a - b));
}

/** Items between two anchors are taken for one another in their order, as far as both sides have any. */
function* pairUp(stretch: Stretch, mayPair: (base: number, other: number) => boolean): Generator<Alignment> {
  let [base, other] = [stretch.base[0], stretch.other[0]];
  while (base < stretch.base[1] && other < stretch.other[1]) {
    if (mayPair(base, other)) yield [base, other];
    else yield* [[base, null] as const, [null, other] as const];
    base++;
    other++;
  }
  for (; base < stretch.base[1]; base++) yield [base, null];
  for (; other < stretch.other[1]; other++) yield [null, other];
}

function sharedEnds(
  base: readonly string[],
  other: readonly string[],
): { readonly head: number; readonly tail: number } {
  const shorter = Math.min(base.length, other.length);
  let head = 0;
  while (head < shorter && base[head] === other[head]) head++;
  let tail = 0;
  while (tail < shorter - head && base.at(-1 - tail) === other.at(-1 - tail)) tail++;
  return { head, tail };
}

/**
 * Says which items of two arrays belong together, in the order of both, from one key for each item: equal keys are the
 * same thing. Items without a partner of their own are paired by place where `mayPair` lets them be. O(n log n): a list
 * of 100,000 must not cost 10,000,000,000 comparisons. Pure.
 */
export function* alignItems(
  base: readonly string[],
  other: readonly string[],
  mayPair: (base: number, other: number) => boolean,
): Generator<Alignment> {
  const { head, tail } = sharedEnds(base, other);
  for (let index = 0; index < head; index++) yield [index, index];
  const [baseEnd, otherEnd] = [base.length - tail, other.length - tail];
  let [baseFrom, otherFrom] = [head, head];
  for (const [baseAt, otherAt] of anchorsOf(base, other, {
    base: [head, baseEnd],
    other: [head, otherEnd],
  })) {
    yield* pairUp({ base: [baseFrom, baseAt], other: [otherFrom, otherAt] }, mayPair);
    yield [baseAt, otherAt];
    [baseFrom, otherFrom] = [baseAt + 1, otherAt + 1];
  }
  yield* pairUp({ base: [baseFrom, baseEnd], other: [otherFrom, otherEnd] }, mayPair);
  for (let index = 0; index < tail; index++) yield [baseEnd + index, otherEnd + index];
}
