import { GcidemError } from "../core/errors.js";
import type { RunReport } from "../report/report.js";
import { openSection } from "./diagnose-recording.js";
import type { FoundRun } from "./find-run.js";
import { buildReport } from "./replay.js";
import { openRun } from "./saved-run.js";
import type { Signal } from "./session.js";

/** A saved run as it can be told. It reads its journal while it is rendered: close afterwards. */
export interface ToldRun {
  readonly report: RunReport;
  /** False where the process that ran it was killed. */
  readonly ended: boolean;
  /** True where recorded traffic is told, not a scenario. */
  readonly cases: boolean;
  /** What a reader must know of it. */
  readonly notes: readonly string[];
  /** Of the judgement; none where there is nothing to judge. */
  readonly signals: readonly Signal[];
  readonly close: () => void;
}

function toldAsTraffic(found: FoundRun, why: GcidemError): Omit<ToldRun, "ended"> {
  const { section, close } = openSection(found);
  const [reason] = why.message.split("\n");
  const recorded = section.recording !== undefined;
  return {
    report: buildReport([section]),
    cases: recorded,
    notes: section.recording?.notes ?? [`The scenario is not judged here: ${reason}.`],
    signals: recorded ? [] : ["undecided"],
    close,
  };
}

/**
 * Opens a saved run and judges it once more. What no scenario judges, or what cannot be judged again, is told as traffic.
 * @throws GcidemError `invalid-file` for what is no journal
 */
export function openToldRun(found: FoundRun): ToldRun {
  const saved = openRun(found);
  const { ended } = saved;
  try {
    return { ...saved.report(), ended, cases: false, notes: [], close: saved.close };
  } catch (error) {
    saved.close();
    if (!(error instanceof GcidemError) || error.code !== "not-supported") throw error;
    return { ...toldAsTraffic(found, error), ended };
  }
}
