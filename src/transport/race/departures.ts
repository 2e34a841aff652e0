import { setImmediate, setTimeout } from "node:timers/promises";

/** Those who leave at one instant. */
export interface Departure<T> {
  /** From the instant of release. */
  readonly afterMs: number;
  readonly leaving: readonly T[];
}

/** When waiting for the next departure is pointless. */
interface Stop {
  readonly signal: AbortSignal;
  readonly isOver: () => boolean;
}

/** A timer may come this much too late; the rest is spent looking at the clock. */
const TIMER_MARGIN_MS = 3;
/** The last of it without a look at anything else. */
const SPIN_MS = 0.5;

/** Groups them by their instant, earliest first. Pure. */
export function departures<T>(all: readonly T[], afterMs: (each: T) => number): readonly Departure<T>[] {
  const groups = new Map<number, T[]>();
  for (const each of all) {
    const instant = Math.max(0, afterMs(each));
    const group = groups.get(instant);
    if (group === undefined) groups.set(instant, [each]);
    else group.push(each);
  }
  return [...groups]
    .map(([instant, leaving]) => ({ afterMs: instant, leaving }))
    .sort((a, b) => a.afterMs - b.afterMs);
}

async function waitUntil(dueMs: number, { signal, isOver }: Stop): Promise<void> {
  const leftMs = dueMs - performance.now();
  if (leftMs <= 0 || signal.aborted || isOver()) return;
  if (leftMs > TIMER_MARGIN_MS) {
    await setTimeout(leftMs - TIMER_MARGIN_MS, undefined, { signal }).catch(() => undefined);
  }
  while (dueMs - performance.now() > SPIN_MS && !signal.aborted) await setImmediate();
  while (performance.now() < dueMs && !signal.aborted);
}

/**
 * Lets each departure go at its instant, as exactly as this process can; answers are read in between where there is time.
 * Where waiting has become pointless the rest leaves at once.
 */
export async function departOnTime<T>(
  all: readonly Departure<T>[],
  depart: (leaving: readonly T[]) => void,
  stop: Stop,
): Promise<void> {
  const startMs = performance.now();
  for (const { afterMs, leaving } of all) {
    await waitUntil(startMs + afterMs, stop);
    depart(leaving);
  }
}
