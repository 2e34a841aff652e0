/** Stops a timer; calling it again does nothing. */
export type CancelTimer = () => void;

/** Milliseconds on this process's monotonic clock, with ns resolution. */
export function monotonicMs(): number {
  return performance.now();
}

/** Node's timers hold not quite 25 days; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Calls `fire` once, `durationMs` from now, however long that is. */
export function startTimer(durationMs: number, fire: () => void): CancelTimer {
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
