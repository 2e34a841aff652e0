import { type AdjustableClock, adjustableClock } from "../../core/clock.js";

/** A clock that follows the store's. */
export interface SharedClock extends AdjustableClock {
  /** The store said what time it is: where somebody moved it on, this clock jumps after it. */
  readonly toldMs: (nowMs: number) => void;
}

/** Less than this is the time that an answer takes to come, not a jump. */
const JUMP_MS = 5;

/** Starts at an instant of the store's clock, in ms since 1970 plus what was added, and runs with the world from there. */
export function createSharedClock(startMs: number): SharedClock {
  const own = adjustableClock({ nowMs: startMs, epochMs: startMs });
  return {
    ...own,
    toldMs: (atMs) => {
      const behindMs = atMs - own.nowMs();
      if (behindMs > JUMP_MS) void own.advance(behindMs);
    },
  };
}
