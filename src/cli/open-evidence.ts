import type { RunReport, RunSection } from "../report/report.js";
import type { FoundRun } from "../session/find-run.js";
import { openToldRun } from "../session/told-run.js";

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

const KILLED =
  "The run did not come to its end: its process was killed. Requests without an answer have an unknown outcome.";

/** Opens a saved run for evidence. @throws GcidemError `invalid-file` */
export function openEvidence(found: FoundRun): OpenedEvidence {
  const { report, ended, cases, notes, close } = openToldRun(found);
  return { ...withoutFolder(report), cases, notes: [...(ended ? [] : [KILLED]), ...notes], close };
}
