import type { Exchange } from "../../journal/journal.js";

/** What decides when a request of the script leaves. */
export interface Sketch {
  readonly id: string;
  /** Id of the step, without the name of its race. */
  readonly step: string;
  readonly race: string | null;
  readonly writer: number | null;
  readonly startMs: number;
  readonly endMs: number;
}

/** Requests that were under way at the same time: one, or several in the background. */
export type Batch = readonly [Sketch, ...Sketch[]];

/** Outlines an exchange. `races`: ids of the race steps. Pure. */
export function sketchOf({ id, step, writer, timings }: Exchange, races: ReadonlySet<string>): Sketch {
  const { startMs, firstByteMs, endMs } = timings;
  const slash = step.indexOf("/");
  const race = slash === -1 ? null : step.slice(0, slash);
  return {
    ...{ id, step, writer, startMs },
    race: race !== null && races.has(race) ? race : null,
    endMs: endMs ?? firstByteMs ?? startMs,
  };
}

/** In a race each writer sends one request after the other; elsewhere requests overlap, or one follows the other. */
function joins(batch: Batch, next: Sketch, timesKnown: boolean): boolean {
  if (!timesKnown) return false;
  if (batch[0].race !== next.race) return false;
  if (next.race !== null && batch.some(({ writer }) => writer === next.writer)) return false;
  const firstEndMs = Math.min(...batch.map(({ endMs }) => endMs));
  return next.race === null
    ? next.startMs < firstEndMs
    : batch[0].step === next.step || next.startMs < firstEndMs;
}

/**
 * Puts together what was sent at the same time. `timesKnown`: false where a recording does not tell: one after the other
 * then. Pure.
 */
export function batchesOf(sketches: readonly Sketch[], timesKnown: boolean): readonly Batch[] {
  const batches: [Sketch, ...Sketch[]][] = [];
  for (const sketch of sketches) {
    const last = batches.at(-1);
    if (last !== undefined && joins(last, sketch, timesKnown)) last.push(sketch);
    else batches.push([sketch]);
  }
  return batches;
}
