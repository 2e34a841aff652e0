import { invalidFile } from "../core/errors.js";
import type { RunStarted } from "../journal/journal.js";
import { readRecords } from "../journal/read-journal.js";
import { runTitle } from "../report/run-title.js";
import { correlationText } from "./correlation-text.js";
import { environmentText } from "./environment-text.js";
import { type BundleFile, type EvidenceSource, TICKET_FILE } from "./evidence.js";
import { reproduceScript } from "./script/reproduce-script.js";
import { checkScenario, surveyTraffic } from "./survey-traffic.js";
import { gapsOf, outcomeWords, ticketFields } from "./ticket-fields.js";
import { ticketText } from "./ticket-text.js";
import { type PackedFile, writeBundle } from "./write-bundle.js";

/** A report of the run as somebody else renders it. */
export interface RenderedReport {
  readonly name: "report.md" | "report.html" | "traffic.har" | "report.json";
  readonly pieces: Iterable<string>;
}

/** What became of a bundle. */
export interface MadeBundle {
  readonly files: readonly PackedFile[];
  /** What `--set` calls the fields that are still to be filled in. */
  readonly gaps: readonly string[];
}

/** A bundle whose files are known and whose bytes are made when they are written. */
export interface Bundle {
  /** Takes the bytes of the zip as they come. @throws GcidemError, or whatever `write` throws */
  readonly write: (write: (bytes: Uint8Array) => void) => MadeBundle;
}

function startOf(journalFile: string): RunStarted {
  for (const record of readRecords(journalFile)) if (record.type === "run-started") return record;
  throw invalidFile(journalFile, [
    { at: { file: journalFile, line: 1, column: 1 }, message: "there is no run-started record" },
  ]);
}

/** In the order in which a person opens them. */
function reportsIn(order: readonly string[], reports: readonly RenderedReport[]): readonly BundleFile[] {
  return order.flatMap((name) => reports.filter((each) => each.name === name));
}

/**
 * Looks a run over and lays out its bundle. The same run gives the same bytes.
 * `cases`: traffic is told, not a scenario.
 * @throws GcidemError `invalid-file` where the journal cannot be read or was edited
 */
export function buildBundle(
  source: EvidenceSource,
  { reports, cases }: { readonly reports: readonly RenderedReport[]; readonly cases: boolean },
): Bundle {
  const { run, journalFile, machine } = source;
  const started = startOf(journalFile);
  checkScenario(started, journalFile);
  const survey = surveyTraffic(run, journalFile);
  const outcome = outcomeWords(run, cases);
  const fields = ticketFields(source, survey, outcome);
  const { text } = started.scenario;
  const files: readonly BundleFile[] = [
    { name: "reproduce.sh", pieces: reproduceScript(run, journalFile), executable: true },
    ...reportsIn(["report.html", "report.md", "traffic.har"], reports),
    { name: "correlation-ids.txt", pieces: correlationText(run) },
    ...reportsIn(["report.json"], reports),
    ...(text === "" ? [] : [{ name: "scenario.yaml", pieces: [text] }]),
    { name: "environment.json", pieces: [environmentText(source, started, survey)] },
  ];
  const names = files.map(({ name }) => name);
  const ticket = {
    name: TICKET_FILE,
    pieces: ticketText({ source, survey, fields, outcome, files: names }),
  };
  const title = { title: runTitle(run), run: run.id, tool: machine.tool };
  return {
    write: (write) => ({ files: writeBundle([ticket, ...files], title, write), gaps: gapsOf(fields) }),
  };
}
