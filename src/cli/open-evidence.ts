import { GcidemError } from "../core/errors.js";
import type { RunReport, RunSection } from "../report/report.js";
import { openSection } from "../session/diagnose-recording.js";
import type { FoundRun } from "../session/find-run.js";
import { buildReport } from "../session/replay.js";
import { openRun } from "../session/saved-run.js";

/** A run that evidence is made of. It reads its journal while it is rendered: close afterwards. */
export interface OpenedEvidence {
  readonly report: RunReport;
  readonly run: RunSection;
  /** True where traffic is told, not a scenario. */
  readonly cases: boolean;
  readonly notes: readonly string[];
  readonly close: () => void;
}

/** Where it was saved is of no use to anybody else, and the same run gives the same bytes from wherever it is named. */
function withoutFolder(report: RunReport): { readonly report: RunReport; readonly run: RunSection } {
  const [first] = report.runs;
  if (first === undefined) throw new Error("a report of a saved run has one run");
  const run = { ...first, folder: null };
  return { report: { ...report, runs: [run] }, run };
}

function openTraffic(found: FoundRun, why: GcidemError): OpenedEvidence {
  const { section, close } = openSection(found);
  const judged = `The scenario is not judged here: ${why.message.split("\n")[0]}.`;
  const notes = section.recording === undefined ? [judged] : section.recording.notes;
  return { ...withoutFolder(buildReport([section])), cases: true, notes, close };
}

const KILLED =
  "The run did not come to its end: its process was killed. Requests without an answer have an unknown outcome.";

/**
 * Opens a saved run and judges it once more; one that cannot be judged is told as traffic.
 * @throws GcidemError `invalid-file`
 */
export function openEvidence(found: FoundRun): OpenedEvidence {
  const saved = openRun(found);
  const ended = saved.ended ? [] : [KILLED];
  try {
    return { ...withoutFolder(saved.report().report), cases: false, notes: ended, close: saved.close };
  } catch (error) {
    saved.close();
    if (!(error instanceof GcidemError) || error.code !== "not-supported") throw error;
    const opened = openTraffic(found, error);
    return { ...opened, notes: [...ended, ...opened.notes] };
  }
}
