import { type AdjustableClock, virtualClock } from "../core/clock.js";

/** 2026-01-01: one start for all runs, so that a run does not depend on the day on which somebody looks. */
const START_EPOCH_MS = Date.UTC(2026, 0, 1);

/**
 * The clock of one run. Many writers sleep on it at the same time: whoever sleeps wakes at its own instant while somebody
 * advances the clock, in the order of these instants. (On a plain virtual clock each sleep is a jump of its own, which is
 * right for one client and wrong for several.)
 */
export function simulatedClock(): AdjustableClock {
  const clock = virtualClock(START_EPOCH_MS);
  return {
    nowMs: clock.nowMs,
    epochMs: clock.epochMs,
    after: clock.after,
    advance: async (durationMs) => {
      // Who is about to fall asleep does so first: time would jump over it.
      await new Promise((resolve) => setImmediate(resolve));
      await clock.advance(durationMs);
    },
    sleep: (durationMs) => new Promise((resolve) => void clock.after(durationMs, resolve)),
  };
}
