import type { AdjustableClock } from "../../../../src/core/clock.js";

interface Timer {
  readonly dueMs: number;
  readonly fire: () => void;
}

/** A clock that moves only where the driver moves it, so that requests can overlap without any time passing. */
export interface SimulatedClock extends AdjustableClock {
  /** Fires timers, the earliest first, until something is so. @throws Error where nothing is left that could make it so. */
  readonly until: (isSo: () => boolean) => Promise<void>;
  /** Moves on at once, where nothing waits. */
  readonly skip: (durationMs: number) => void;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Starts at an instant of the calendar. */
export function simulatedClock(originEpochMs: number): SimulatedClock {
  const timers: Timer[] = [];
  let nowMs = 0;
  const after = (durationMs: number, fire: () => void): (() => void) => {
    const timer = { dueMs: nowMs + Math.max(0, durationMs), fire };
    const place = timers.findIndex(({ dueMs }) => dueMs > timer.dueMs);
    timers.splice(place === -1 ? timers.length : place, 0, timer);
    return () => {
      const at = timers.indexOf(timer);
      if (at !== -1) timers.splice(at, 1);
    };
  };
  const fireNext = (): boolean => {
    const next = timers.shift();
    if (next === undefined) return false;
    nowMs = Math.max(nowMs, next.dueMs);
    next.fire();
    return true;
  };
  const advance = async (durationMs: number): Promise<void> => {
    const targetMs = nowMs + durationMs;
    while (timers[0] !== undefined && timers[0].dueMs <= targetMs) {
      fireNext();
      await turn();
    }
    nowMs = targetMs;
  };
  return {
    nowMs: () => nowMs,
    epochMs: () => originEpochMs + nowMs,
    after,
    advance,
    sleep: (durationMs) => new Promise((resolve) => void after(durationMs, resolve)),
    until: async (isSo) => {
      for (;;) {
        await turn();
        if (isSo()) return;
        if (!fireNext()) throw new Error("a request waits for something that never comes");
      }
    },
    skip: (durationMs) => {
      nowMs += durationMs;
    },
  };
}
