import { type AdjustableClock, adjustableClock } from "../../core/clock.js";

/** A clock that follows the store's. */
export interface SharedClock extends AdjustableClock {
  /** The store said what time it is: where this clock is behind by more than `slackMs`, it jumps there. */
  readonly told: (nowMs: number, slackMs: number) => Promise<void>;
}

/** Starts at an instant of the store's clock, in ms since 1970 plus what was added, and runs with the world from there. */
export function createSharedClock(startMs: number): SharedClock {
  const own = adjustableClock({ nowMs: startMs, epochMs: startMs });
  return {
    ...own,
    told: async (atMs, slackMs) => {
      const behindMs = atMs - own.nowMs();
      if (behindMs > slackMs) await own.advance(behindMs);
    },
  };
}
