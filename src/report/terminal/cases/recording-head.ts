import { groupDiagnoses } from "../../group-diagnoses.js";
import { ownCounts } from "../../own-counts.js";
import type { RunSection } from "../../report.js";
import { counted, indented, labelled } from "../block.js";
import { displayWidth } from "../display-width.js";
import type { Look } from "../look.js";

/** What was found, in a few words. Pure. */
export function recordedOutcome(run: RunSection): string {
  const { conflicts, writes, exchanges } = ownCounts(run);
  const groups = groupDiagnoses(run.diagnoses);
  const having = (kind: string): number =>
    groups.filter(({ candidates }) => candidates[0].kind === kind).length;
  const all = writes >= conflicts && writes > 0 ? counted(writes, "write") : counted(exchanges, "request");
  if (conflicts > 0) return `CONFLICT ${conflicts} of ${all}`;
  if (run.notDiagnosed !== undefined) return "NOT DIAGNOSED";
  if (having("anomaly") > 0) return `ANOMALY ${having("anomaly")} in ${all}`;
  if (having("refusal") > 0) return `REFUSED ${having("refusal")} of ${counted(exchanges, "request")}`;
  return `NO CONFLICT in ${all}`;
}

function paintOf(run: RunSection, look: Look): (text: string) => string {
  const { yellow, green } = look.paint;
  const found = run.diagnoses.some(({ kind }) => kind === "refusal" || kind === "anomaly");
  return run.counts.conflicts > 0 || found || run.notDiagnosed !== undefined ? yellow.bold : green.bold;
}

/** What stands for the start of a recording that tells no times. */
const NEVER = "1970-01-01T00:00:00.000Z";

/** `HAR 1.2 by WebInspector 537.36, 31 exchanges from 2026-11-22 06:51:18 UTC` */
export function sourceWords(run: RunSection): string {
  const { recording, startedAt } = run;
  const what = recording === undefined ? "saved run" : recording.format;
  const by = recording?.recordedBy == null ? "" : ` by ${recording.recordedBy}`;
  const at = startedAt === NEVER ? "" : ` from ${startedAt.slice(0, 10)} ${startedAt.slice(11, 19)} UTC`;
  return `${what}${by}, ${counted(ownCounts(run).exchanges, "exchange")}${at}`;
}

/** First lines of a recording: what was found in what, and what is missing from it. */
export function* recordingHead(run: RunSection, look: Look): Generator<string> {
  const words = recordedOutcome(run);
  const name = look.text(run.scenario.file || run.scenario.name);
  const shown = paintOf(run, look)(words);
  if (displayWidth(`${words}   ${name}`) <= look.columns) yield `${shown}   ${look.paint.bold(name)}`;
  else yield* [shown, ...indented(look, 6, [{ text: name, paint: look.paint.bold }])];
  yield* indented(look, 6, [{ text: look.text(sourceWords(run)), paint: look.paint.dim }]);
  if (run.notDiagnosed !== undefined) yield* indented(look, 6, [{ text: look.text(run.notDiagnosed) }]);
  const notes = run.recording?.notes ?? [];
  if (notes.length > 0) yield "";
  for (const [index, note] of notes.entries())
    yield* labelled(look, index === 0 ? "to know" : "", [{ text: look.text(note) }]);
}
