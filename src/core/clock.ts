import { type CancelTimer, monotonicMs, startTimer } from "./real-time.js";
import { VirtualTime } from "./virtual-time.js";

/**
 * The one source of time for a run and for the mock that it talks to.
 * `nowMs` is monotonic from the clock's start; `epochMs` is for people and for headers such as `Date`.
 */
export interface Clock {
  readonly nowMs: () => number;
  readonly epochMs: () => number;
  /** Waits `durationMs`. On a virtual clock time jumps and timers due meanwhile fire in their order. */
  readonly sleep: (durationMs: number) => Promise<void>;
  /** Calls `fire` once, `durationMs` from now. */
  readonly after: (durationMs: number, fire: () => void) => CancelTimer;
}

/** A clock that runs with the world. */
export function realClock(): Clock {
  const originMs = monotonicMs();
  const originEpochMs = Date.now();
  const nowMs = (): number => monotonicMs() - originMs;
  return {
    nowMs,
    epochMs: () => originEpochMs + nowMs(),
    sleep: (durationMs) => new Promise((resolve) => void startTimer(durationMs, resolve)),
    after: startTimer,
  };
}

/** A clock that somebody may move on. */
export interface AdjustableClock extends Clock {
  /** Moves time on, firing each timer due on the way at its own instant, in order. */
  readonly advance: (durationMs: number) => Promise<void>;
}

/** An adjustable clock that stands still until somebody sleeps on it or advances it. */
export interface VirtualClock extends AdjustableClock {
  /** Lets it run with the world while something runs; afterwards it stands still again. Sleeping then takes its time. */
  readonly atRealSpeed: <T>(run: () => Promise<T>) => Promise<T>;
  /** How much of its time it jumped over, without the time for which it ran with the world. */
  readonly jumpedMs: () => number;
}

/**
 * A virtual clock: `sleep` costs no real time, unless it was told to run with the world. Each timer that fires in a jump
 * gets a turn of the event loop, so that what it sets off (an abort, a platform's own write) is done before the next
 * instant is reached.
 */
export function virtualClock(originEpochMs: number = Date.now()): VirtualClock {
  const time = new VirtualTime();
  const advance = (durationMs: number): Promise<void> => time.jump(durationMs);
  return {
    nowMs: () => time.nowMs(),
    epochMs: () => originEpochMs + time.nowMs(),
    sleep: (durationMs) =>
      time.runs ? new Promise((resolve) => void time.after(durationMs, resolve)) : time.jump(durationMs),
    after: (durationMs, fire) => time.after(durationMs, fire),
    advance,
    atRealSpeed: (run) => time.runWhile(run),
    jumpedMs: () => time.jumpedMs,
  };
}

/**
 * What a client of a virtual mock lives by: jumps with the virtual clock, and between jumps its own requests take
 * the real time that they take.
 */
export function measuredClock(virtual: VirtualClock): Clock {
  const originMs = monotonicMs();
  const originEpochMs = virtual.epochMs() - virtual.jumpedMs();
  const nowMs = (): number => virtual.jumpedMs() + monotonicMs() - originMs;
  return { ...virtual, nowMs, epochMs: () => originEpochMs + nowMs() };
}

interface ArmedTimer {
  readonly dueMs: number;
  readonly fire: () => void;
  cancel: CancelTimer;
}

/**
 * A clock that runs with the world and jumps besides: what falls due in a jump fires at its own instant, in order.
 * `from`: where it stands now, for whoever goes on from an earlier clock.
 */
export function adjustableClock(
  from: { readonly nowMs: number; readonly epochMs: number } = { nowMs: 0, epochMs: Date.now() },
): AdjustableClock {
  const real = realClock();
  const originMs = from.nowMs - real.nowMs();
  const timers = new Set<ArmedTimer>();
  let addedMs = 0;
  const nowMs = (): number => originMs + real.nowMs() + addedMs;
  const fire = (timer: ArmedTimer): void => {
    timer.cancel();
    if (timers.delete(timer)) timer.fire();
  };
  const arm = (timer: ArmedTimer): void => {
    timer.cancel();
    timer.cancel = startTimer(Math.max(0, timer.dueMs - nowMs()), () => fire(timer));
  };
  const after = (durationMs: number, act: () => void): CancelTimer => {
    const timer: ArmedTimer = { dueMs: nowMs() + durationMs, fire: act, cancel: () => {} };
    timers.add(timer);
    arm(timer);
    return () => {
      timer.cancel();
      timers.delete(timer);
    };
  };
  const advance = async (durationMs: number): Promise<void> => {
    const targetMs = nowMs() + durationMs;
    for (;;) {
      const [next] = [...timers].sort((a, b) => a.dueMs - b.dueMs);
      if (next === undefined || next.dueMs > targetMs) break;
      addedMs += Math.max(0, next.dueMs - nowMs());
      fire(next);
      await new Promise((resolve) => setImmediate(resolve));
    }
    addedMs += Math.max(0, targetMs - nowMs());
    for (const timer of timers) arm(timer);
  };
  return {
    nowMs,
    epochMs: () => from.epochMs - from.nowMs + nowMs(),
    sleep: (durationMs) => new Promise((resolve) => void after(durationMs, resolve)),
    after,
    advance,
  };
}
