import { printable } from "../core/printable.js";

/** How far a run is. */
export interface Way {
  readonly step: string;
  readonly round: number;
  /** Null: there are no rounds, or nobody knows how many. */
  readonly rounds: number | null;
  readonly sent: number;
  /** Requests that the plan has in all; null where nobody knows. Retries come on top. */
  readonly planned: number | null;
  /** Since the first request left. */
  readonly elapsedMs: number;
}

/** Of fewer requests a rate says nothing, and their end needs no telling. */
const FEWEST_FOR_RATE = 10;
const SHORTEST_FOR_RATE_MS = 2_000;

/** Longer ids would make the line wrap. */
const LONGEST_STEP = 40;

function spoken(durationMs: number): string {
  const seconds = Math.ceil(durationMs / 1000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}

function rateWords(perSecond: number): string {
  if (perSecond >= 10) return `${Math.round(perSecond)}/s`;
  return perSecond >= 1 ? `${perSecond.toFixed(1)}/s` : `${Math.max(1, Math.round(perSecond * 60))}/min`;
}

function paceWords({ sent, planned, elapsedMs }: Way): readonly string[] {
  if (sent < FEWEST_FOR_RATE || elapsedMs < SHORTEST_FOR_RATE_MS) return [];
  const perMs = sent / elapsedMs;
  const rate = rateWords(perMs * 1000);
  return planned === null || planned <= sent
    ? [rate]
    : [rate, `about ${spoken((planned - sent) / perMs)} left`];
}

function sentWords({ sent, planned }: Way): string {
  if (planned !== null && planned >= FEWEST_FOR_RATE && planned >= sent)
    return `${sent} of ${planned} requests sent`;
  return sent === 1 ? "1 request sent" : `${sent} requests sent`;
}

/** Round, step, count, rate and time left, as far as they are known; each safe to be printed on one line. Pure. */
export function progressWords(way: Way): readonly string[] {
  const { round, rounds } = way;
  const step = printable(way.step);
  return [
    ...(rounds !== null && rounds > 1
      ? [`round ${round} of ${rounds}`]
      : round > 1
        ? [`round ${round}`]
        : []),
    step.length > LONGEST_STEP ? `${step.slice(0, LONGEST_STEP)}...` : step,
    sentWords(way),
    ...paceWords(way),
  ];
}

/** One line of a log: `30 s: round 3 of 50, writers/write, 212 of 1000 requests sent, 7.1/s, about 111 s left`. Pure. */
export function progressLine(way: Way, sinceStartMs: number): string {
  return `${spoken(sinceStartMs)}: ${progressWords(way).join(", ")}`;
}
