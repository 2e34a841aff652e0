import type { RaceReleased } from "../journal/journal.js";
import type { Outcome } from "../transport/transport.js";

/** When a request was under way, on the target's clock; null where it never left. Pure. */
function underWay({ timings }: Outcome): readonly [fromMs: number, toMs: number] | null {
  const { startMs, sentMs, releasedMs, endMs } = timings;
  if (sentMs === null && releasedMs === null) return null;
  return [releasedMs ?? startMs, endMs];
}

/** True where two requests of different writers were under way at the same time. Pure. */
export function hasOverlap(
  requests: readonly { readonly writer: number; readonly outcome: Outcome }[],
): boolean {
  const spans = requests
    .flatMap(({ writer, outcome }) => {
      const span = underWay(outcome);
      return span === null ? [] : [{ writer, fromMs: span[0], toMs: span[1] }];
    })
    .sort((a, b) => a.fromMs - b.fromMs);
  /** Of the requests so far the one that lasted longest, and the longest of any other writer. */
  let longest: (typeof spans)[number] | null = null;
  let other: (typeof spans)[number] | null = null;
  for (const span of spans) {
    const rival = longest !== null && longest.writer !== span.writer ? longest : other;
    if (rival !== null && rival.toMs > span.fromMs) return true;
    if (longest === null || span.toMs > longest.toMs) {
      if (longest !== null && longest.writer !== span.writer) other = longest;
      longest = span;
    } else if (span.writer !== longest.writer && (other === null || span.toMs > other.toMs)) {
      other = span;
    }
  }
  return false;
}

/** How far apart requests arrived, in ms; null where the server did not tell it of each one that it answered. Pure. */
export function measuredSpreadMs(
  correlationIds: readonly (string | null)[],
  arrivals: ReadonlyMap<string, number>,
): number | null {
  const instants = correlationIds.map((id) => (id === null ? undefined : arrivals.get(id)));
  const known = instants.filter((instant) => instant !== undefined);
  if (known.length < 2 || known.length < instants.length) return null;
  return known.reduce((a, b) => Math.max(a, b)) - known.reduce((a, b) => Math.min(a, b));
}

/** Whether the user's interrupt ended any of these requests, as a `race` record says it. Pure. */
export function noteInterrupt(
  interrupt: AbortSignal,
  outcomes: readonly Outcome[],
): Pick<RaceReleased, "interrupted"> {
  const ended = interrupt.aborted && outcomes.some(({ kind }) => kind === "failed");
  return ended ? { interrupted: true } : {};
}

/** What a race without barriers leaves behind: nothing was held, and nobody was waited for. Pure. */
export function unheldRace(
  of: Pick<RaceReleased, "step" | "waves" | "round" | "requests" | "formed" | "interrupted">,
): RaceReleased {
  return {
    type: "race",
    ...of,
    technique: "none",
    releasedMs: null,
    clientSpreadMs: null,
    arrivalSpreadMs: null,
    arrivalSource: null,
    earlyAnswers: 0,
    held: 0,
    notes: [],
  };
}
