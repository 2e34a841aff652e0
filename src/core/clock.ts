/** Stops a timer; calling it again does nothing. */
type CancelTimer = () => void;

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

const startNs = process.hrtime.bigint();

/** Milliseconds on this process's monotonic clock, with ns resolution. */
function monotonicMs(): number {
  return Number(process.hrtime.bigint() - startNs) / 1e6;
}

/** Node's timers hold not quite 25 days; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function startTimer(durationMs: number, fire: () => void): CancelTimer {
  let timer: NodeJS.Timeout;
  const arm = (leftMs: number): void => {
    timer =
      leftMs <= LONGEST_TIMER_MS
        ? setTimeout(fire, leftMs)
        : setTimeout(() => arm(leftMs - LONGEST_TIMER_MS), LONGEST_TIMER_MS);
  };
  arm(durationMs);
  return () => clearTimeout(timer);
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

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly fire: () => void;
}

/** An adjustable clock that stands still until somebody sleeps on it or advances it. */
export type VirtualClock = AdjustableClock;

/**
 * A virtual clock: `sleep` costs no real time. Each fired timer gets a turn of the event loop, so that what it sets
 * off (an abort, a platform's own write) is done before the next instant is reached.
 */
export function virtualClock(originEpochMs: number = Date.now()): VirtualClock {
  let currentMs = 0;
  let order = 0;
  let timers: readonly Timer[] = [];
  const after = (durationMs: number, fire: () => void): CancelTimer => {
    const timer: Timer = { dueMs: currentMs + Math.max(0, durationMs), order: order++, fire };
    timers = [...timers, timer].sort((a, b) => a.dueMs - b.dueMs || a.order - b.order);
    return () => {
      timers = timers.filter((each) => each !== timer);
    };
  };
  const advance = async (durationMs: number): Promise<void> => {
    const targetMs = currentMs + durationMs;
    for (let next = timers[0]; next !== undefined && next.dueMs <= targetMs; next = timers[0]) {
      timers = timers.slice(1);
      currentMs = Math.max(currentMs, next.dueMs);
      next.fire();
      await new Promise((resolve) => setImmediate(resolve));
    }
    currentMs = Math.max(currentMs, targetMs);
  };
  return { nowMs: () => currentMs, epochMs: () => originEpochMs + currentMs, sleep: advance, after, advance };
}

/**
 * What a client of a virtual mock lives by: jumps with the virtual clock, and between jumps its own requests take
 * the real time that they take.
 */
export function measuredClock(virtual: VirtualClock): Clock {
  const originMs = monotonicMs();
  const elapsedMs = (): number => monotonicMs() - originMs;
  return {
    ...virtual,
    nowMs: () => virtual.nowMs() + elapsedMs(),
    epochMs: () => virtual.epochMs() + elapsedMs(),
  };
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
