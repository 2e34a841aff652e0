import type { Exchange, Timings } from "../../journal/journal.js";

/** What a HAR tells of one exchange's times; all but the instant in ms. -1: the phase did not happen. */
export interface HarTimes {
  readonly startedDateTime: string;
  /** The sum of the phases that happened. */
  readonly time: number;
  readonly timings: {
    readonly blocked: -1;
    readonly dns: -1;
    readonly connect: number;
    readonly ssl: -1;
    readonly send: number;
    readonly wait: number;
    readonly receive: number;
  };
}

const THOUSAND = 1000;

/** In whole µs, so that sums and differences of phases are exact. */
function toMicroseconds(timeMs: number): number {
  return Math.round(timeMs * THOUSAND);
}

/** Turns times on a run's clock into instants. */
export interface RunClock {
  /** Milliseconds since 1970 of an exchange's start, its microseconds besides. */
  readonly instant: (timings: Timings) => string;
}

/**
 * `startedAt` tells whole milliseconds, which is too little for a race: the microseconds come from the run's clock, as long
 * as both agree on the millisecond (a mock's clock jumps, a recorder's was moved).
 */
export function createRunClock(): RunClock {
  let zeroUs: number | null = null;
  const instant = ({ startedAt, startMs }: Timings): string => {
    const wallMs = Date.parse(startedAt);
    if (Number.isNaN(wallMs)) return startedAt;
    const startUs = toMicroseconds(startMs);
    zeroUs ??= wallMs * THOUSAND - startUs;
    const us = zeroUs + startUs;
    const agreed = Math.abs(us / THOUSAND - wallMs) <= 2;
    const exactUs = agreed ? us : wallMs * THOUSAND;
    const wholeMs = Math.floor(exactUs / THOUSAND);
    const rest = String(exactUs - wholeMs * THOUSAND).padStart(3, "0");
    return new Date(wholeMs).toISOString().replace("Z", `${rest}Z`);
  };
  return { instant };
}

/** A later point is never before an earlier one: a race may be answered before its last byte was sent. */
function pointsOf({ startMs, sentMs, firstByteMs, endMs }: Timings): readonly [number, number, number] {
  const start = toMicroseconds(startMs);
  const after = (least: number, timeMs: number | null): number =>
    timeMs === null ? least : Math.max(least, toMicroseconds(timeMs) - start);
  const end = after(0, endMs ?? firstByteMs ?? sentMs);
  const sent = Math.min(end, after(0, sentMs));
  const first = firstByteMs === null ? sent : Math.min(end, after(sent, firstByteMs));
  return [sent, first, end];
}

/** Phases that add up to `time`. A request that never left spent its time on connecting. Pure but for the clock. */
export function harTimes({ timings, response }: Exchange, clock: RunClock): HarTimes {
  const [sent, first, end] = pointsOf(timings);
  const left = timings.sentMs !== null;
  const ms = (us: number): number => us / THOUSAND;
  const phases = left
    ? response === null
      ? { connect: -1, send: ms(sent), wait: ms(end - sent), receive: 0 }
      : { connect: -1, send: ms(sent), wait: ms(first - sent), receive: ms(end - first) }
    : { connect: ms(end), send: 0, wait: 0, receive: 0 };
  return {
    startedDateTime: clock.instant(timings),
    time: ms(end),
    timings: { blocked: -1, dns: -1, ssl: -1, ...phases },
  };
}
