import type { Clock } from "../core/clock.js";
import { type HeaderList, headerValue } from "../core/http.js";

/** Who waits at a gate. */
interface AtGate {
  readonly signal: AbortSignal;
  /** A plain sentence on why nothing leaves, and for how long. */
  readonly onWait: (message: string) => void;
}

/** Lets requests leave no faster than a limit allows. One gate serves all runs that share the limit. */
export interface RateGate {
  /**
   * Waits until so many requests may leave together, and takes their places. Who came first goes first. More than fit at
   * all wait for an empty minute. An aborted signal ends the waiting at once.
   */
  readonly reserve: (count: number, at: AtGate) => Promise<void>;
  /** Hears what an answer says of the server's own limit: `inin-ratelimit-count`, `-allowed` and `-reset` (seconds). */
  readonly heed: (headers: HeaderList) => void;
}

const MINUTE_MS = 60_000;
/** The platform's windows last a minute; an answer that says much more is not to hold up a run. */
const LONGEST_PAUSE_MS = 65_000;
/** Two answers of one window name its end with the precision of a second, and travel for a while. */
const SAME_WINDOW_MS = 2_000;
/** Shorter waits are not worth a line. */
const WORTH_SAYING_MS = 500;

/** What the server has left for this client until an instant. */
interface Allowance {
  left: number;
  readonly untilMs: number;
}

function numberIn(headers: HeaderList, name: string): number | null {
  const text = headerValue(headers, name)?.trim() ?? "";
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function sleep(clock: Clock, durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.after(durationMs, done);
    signal.addEventListener("abort", done, { once: true });
    if (signal.aborted) done();
  });
}

/** Opens a gate. `perMinute` null: only what the server itself says limits anything. */
export function createRateGate(clock: Clock, perMinute: number | null): RateGate {
  /** When requests left within the last minute, the oldest first. */
  const left: number[] = [];
  let allowance: Allowance = { left: Number.POSITIVE_INFINITY, untilMs: Number.NEGATIVE_INFINITY };
  let turn: Promise<void> = Promise.resolve();

  const ownWaitMs = (count: number, nowMs: number): number => {
    if (perMinute === null) return 0;
    while (left[0] !== undefined && left[0] <= nowMs - MINUTE_MS) left.shift();
    const tooMany = Math.min(left.length, left.length + count - perMinute);
    const last = tooMany > 0 ? left[tooMany - 1] : undefined;
    return last === undefined ? 0 : last + MINUTE_MS - nowMs;
  };
  const serverWaitMs = (count: number, nowMs: number): number =>
    nowMs < allowance.untilMs && allowance.left < count ? allowance.untilMs - nowMs : 0;

  const say = (waitMs: number, byServer: boolean, { onWait }: AtGate): void => {
    if (waitMs < WORTH_SAYING_MS) return;
    const why = byServer
      ? "the server says that its limit is used up until then (inin-ratelimit-reset)"
      : `no more than ${perMinute} requests a minute are sent (--max-rate)`;
    onWait(`waiting ${Math.ceil(waitMs / 1000)} s: ${why}`);
  };
  const pass = async (count: number, at: AtGate): Promise<void> => {
    while (!at.signal.aborted) {
      const nowMs = clock.nowMs();
      const [own, server] = [ownWaitMs(count, nowMs), serverWaitMs(count, nowMs)];
      const waitMs = Math.max(own, server);
      if (waitMs <= 0) break;
      say(waitMs, server > own, at);
      await sleep(clock, waitMs, at.signal);
    }
    const nowMs = clock.nowMs();
    if (perMinute !== null) for (let each = 0; each < count; each++) left.push(nowMs);
    allowance.left -= count;
  };
  return {
    reserve: (count, at) => {
      turn = turn.then(() => pass(count, at));
      return turn;
    },
    heed: (headers) => {
      const [used, allowed] = [
        numberIn(headers, "inin-ratelimit-count"),
        numberIn(headers, "inin-ratelimit-allowed"),
      ];
      const reset = numberIn(headers, "inin-ratelimit-reset");
      if (used === null || allowed === null || reset === null) return;
      const untilMs = clock.nowMs() + Math.min(reset * 1000, LONGEST_PAUSE_MS);
      const says = Math.max(0, allowed - used);
      if (untilMs > allowance.untilMs + SAME_WINDOW_MS) allowance = { left: says, untilMs };
      else if (untilMs >= allowance.untilMs - SAME_WINDOW_MS) allowance.left = Math.min(allowance.left, says);
    },
  };
}
