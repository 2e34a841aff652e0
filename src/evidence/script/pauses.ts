import type { RunSection } from "../../report/report.js";
import type { Batch } from "./batches.js";

/** How long to wait before some requests. */
interface Pause {
  readonly seconds: number;
  readonly why: string;
}

/** A shell takes longer between two commands than any client. */
const SHORTEST_MS = 1000;

/** Between two requests of a recording somebody may have had lunch. */
const LONGEST_RECORDED_MS = 60_000;

/** Follows a run through its plan. */
export interface Pauses {
  readonly before: (batch: Batch) => readonly Pause[];
}

function seconds(timeMs: number): number {
  return Math.ceil(timeMs / 1000);
}

/** The waits that the scenario asks for, and otherwise the time that passed between two requests. */
export function createPauses({ steps, recording }: RunSection): Pauses {
  const planned = steps.filter(({ section }) => section !== "effects");
  const indexes = new Map(planned.map(({ id }, index) => [id, index]));
  let next = 0;
  let lastEndMs: number | null = null;
  const waitsUntil = (step: string, race: string | null): readonly Pause[] => {
    const index = indexes.get(race ?? step);
    if (index === undefined || index < next) return [];
    const passed = planned.slice(next, index);
    next = index + 1;
    return passed.flatMap(({ kind, waitMs }) =>
      kind === "wait" && waitMs !== null ? [{ seconds: seconds(waitMs), why: "the scenario waits" }] : [],
    );
  };
  const gap = ([first]: Batch): readonly Pause[] => {
    const gapMs = lastEndMs === null ? 0 : first.startMs - lastEndMs;
    if (gapMs < SHORTEST_MS || (recording !== undefined && gapMs > LONGEST_RECORDED_MS)) return [];
    return [{ seconds: seconds(gapMs), why: "so much time passed between these requests" }];
  };
  return {
    before: (batch) => {
      const [{ step, race }] = batch;
      const waits = waitsUntil(step, race);
      const pauses = waits.length > 0 ? waits : gap(batch);
      lastEndMs = Math.max(...batch.map(({ endMs }) => endMs));
      return pauses;
    },
  };
}
