/** What an entry tells of time. Instants in ms since 1970 on the recorder's clock. */
export interface EntryTime {
  readonly origin: string;
  readonly startMs: number | null;
  readonly firstByteMs: number | null;
  readonly endMs: number | null;
  readonly answered: boolean;
  /** The `Date` of an answer that comes fresh from the server, in ms since 1970; whole seconds. Null: none. */
  readonly serverMs: number | null;
}

/** In which order entries are taken, and what is unknown about their times. */
export interface EntryOrder {
  /** Indexes of the entries. */
  readonly order: readonly number[];
  readonly timesKnown: boolean;
  readonly notes: readonly string[];
}

/** `Date` tells whole seconds, and answers are some time under way: less than this says nothing. */
const LEAST_SKEW_MS = 10_000;

/** How far the recorder's clock moved against each server's while it recorded; the largest of them, in ms. */
function skewMs(times: readonly EntryTime[]): number {
  const ranges = new Map<string, { low: number; high: number }>();
  for (const { origin, firstByteMs, serverMs } of times) {
    if (firstByteMs === null || serverMs === null) continue;
    const offset = serverMs - firstByteMs;
    const range = ranges.get(origin) ?? { low: offset, high: offset };
    range.low = Math.min(range.low, offset);
    range.high = Math.max(range.high, offset);
    ranges.set(origin, range);
  }
  return Math.max(0, ...[...ranges.values()].map(({ low, high }) => high - low));
}

/** Recorders write entries as requests start or as they end. */
function isOrdered(times: readonly EntryTime[], read: (time: EntryTime) => number | null): boolean {
  let before = -Infinity;
  return times.every((time) => {
    const at = read(time);
    const ordered = at === null || at >= before;
    if (at !== null) before = Math.max(before, at);
    return ordered;
  });
}

const SECOND_MS = 1000;

/** Recorders that tell starts in whole seconds put several into one: which came first, and which overlapped, is unknown. */
function areWholeSeconds(times: readonly EntryTime[]): boolean {
  const starts = times.flatMap(({ startMs }) => startMs ?? []);
  return starts.every((each) => each % SECOND_MS === 0) && new Set(starts).size < starts.length;
}

function spoken(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** Sorts by start; of those that start at once the file's order stays. */
function byStart(times: readonly EntryTime[]): readonly number[] {
  const startOf = (index: number): number => times[index]?.startMs ?? 0;
  return times.map((_time, index) => index).sort((a, b) => startOf(a) - startOf(b) || a - b);
}

/**
 * Puts entries in the order in which they were sent. Where the recorder's clock was moved meanwhile (the servers' own
 * clocks show it), or where starts are missing, the file's order is kept and nothing is concluded from times. Pure.
 */
export function orderEntries(times: readonly EntryTime[]): EntryOrder {
  const asInFile = times.map((_time, index) => index);
  const startless = times.filter(({ startMs }) => startMs === null).length;
  if (startless > 0) {
    const note = `${startless} of ${times.length} entries do not say when they started: the file's order is taken, and no overlap is concluded`;
    return { order: asInFile, timesKnown: false, notes: [note] };
  }
  const skew = skewMs(times);
  if (skew >= LEAST_SKEW_MS) {
    const note = `the recorder's clock was moved by about ${spoken(skew)} against the servers' while it recorded: the file's order is taken, and no overlap is concluded`;
    return { order: asInFile, timesKnown: false, notes: [note] };
  }
  const notes: string[] = [];
  const mixed = !isOrdered(times, ({ startMs }) => startMs) && !isOrdered(times, ({ endMs }) => endMs);
  const checked = times.some(({ serverMs }) => serverMs !== null);
  if (mixed && !checked)
    notes.push(
      "the entries are in no order of time, and no answer has a Date to check their clock with: no overlap is concluded",
    );
  if (areWholeSeconds(times))
    notes.push(
      "starts are told in whole seconds, and some are equal: of these the file's order is taken, and no overlap is concluded",
    );
  const endless = times.filter(({ endMs, answered }) => answered && endMs === null).length;
  if (endless > 0)
    notes.push(
      `${endless} of ${times.length} entries do not say how long they took: no overlap is concluded`,
    );
  return { order: byStart(times), timesKnown: notes.length === 0, notes };
}
