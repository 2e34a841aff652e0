/** How long kept-back requests are given to arrive. */
export interface Settling {
  /** Of all requests together. */
  readonly bytes: number;
  /** Two round trips as most connections have them, and what these differ by: {@link twoTripsMs}. */
  readonly twoTripsMs: number;
  readonly toLoopback: boolean;
}

/** An event loop on either side gets this much to read what has arrived. */
const SHORTEST_MS = 5;
const LONGEST_MS = 3_000;
/** This machine's own network delivers at once: what takes longer there is a busy program, which reads on meanwhile. */
const LONGEST_TO_LOOPBACK_MS = 1_000;
/** 100 Mbit/s: nobody is told when bytes arrive, so a slower line is taken for one of this speed. */
const BYTES_PER_MS = 12_500;

/** Where the few quickest and the few slowest begin: they say nothing of the others. */
const FEW = 0.1;

/**
 * Twice the median and the range of all but the few: a thousand writers warm up at once, and the last of their answers has
 * waited for all others, so the longest round trip says how busy the server was and not how far away. Pure.
 */
export function twoTripsMs(roundTripsMs: readonly number[]): number {
  const sorted = roundTripsMs.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return 2 * at(0.5) + at(1 - FEW) - at(FEW);
}

/** How long to wait for bytes to arrive, in ms. Pure. */
export function settlingMs({ bytes, twoTripsMs: tripsMs, toLoopback }: Settling): number {
  const waitMs = Math.max(SHORTEST_MS, tripsMs + bytes / BYTES_PER_MS);
  return Math.min(toLoopback ? LONGEST_TO_LOOPBACK_MS : LONGEST_MS, waitMs);
}
