import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { GcidemError } from "../core/errors.js";
import { printable } from "../core/printable.js";
import { didYouMeanHint } from "../document/did-you-mean.js";
import { type FoundRun, findRun } from "../session/find-run.js";
import { openRun } from "../session/saved-run.js";
import { openToldRun } from "../session/told-run.js";
import { exitCodeOfSignals } from "./exit-code.js";
import { openFile, writeFile } from "./output-file.js";
import { REPORTERS, type ReporterName, type TerminalStyle } from "./render-report.js";
import type { ReportFlags } from "./report-flags.js";
import { writeOut } from "./standard-output.js";
import { terminalStyle } from "./terminal-style.js";
import { openReporters, writeReports } from "./write-reports.js";

type Format = ReporterName | "history";

/** Every value of `--format`. */
export const FORMATS: readonly Format[] = [...REPORTERS, "history"];

function readFormat(word: string): Format {
  const format = FORMATS.find((each) => each === word);
  if (format !== undefined) return format;
  const there = `there are ${FORMATS.join(", ")}`;
  throw new GcidemError("usage", `--format: found "${word}", expected a format`, {
    hint: didYouMeanHint(word, FORMATS).hint ?? there,
  });
}

/** A report over the journal that it is made from would destroy the evidence. */
function checkOutput(path: string | undefined, { file }: FoundRun): void {
  if (path === undefined || !existsSync(path) || !existsSync(file)) return;
  if (realpathSync(path) === realpathSync(file))
    throw new GcidemError("usage", `the report ${path} would overwrite the journal; nothing was written`);
}

const UNFINISHED = "the run did not come to its end; requests without an answer have an unknown outcome";

function tell({ folder }: FoundRun, { quiet }: ReportFlags, notes: readonly string[]): void {
  if (quiet) return;
  for (const note of notes) process.stderr.write(`gcidem: ${printable(folder)}: ${printable(note)}\n`);
}

async function writeHistory(found: FoundRun, flags: ReportFlags): Promise<number> {
  const run = openRun(found);
  try {
    tell(found, flags, run.ended ? [] : [UNFINISHED]);
    if (flags.output === undefined) await writeOut(run.history());
    else writeFile(run.history(), openFile(flags.output));
    return exitCodeOfSignals([]);
  } finally {
    run.close();
  }
}

/** True where `last` would mean another run of the same folder. */
function isOlder({ folder, file }: FoundRun): boolean {
  if (basename(file) !== "journal.ndjson") return false;
  return resolve(findRun("last", dirname(resolve(folder))).file) !== resolve(file);
}

async function writeReport(found: FoundRun, format: ReporterName, flags: ReportFlags): Promise<number> {
  const { report, ended, cases, notes, signals, close } = openToldRun(found);
  try {
    // What a recording has to say of itself stands in its report.
    const recorded = report.runs.some(({ recording }) => recording !== undefined);
    tell(found, flags, [...(ended ? [] : [UNFINISHED]), ...(recorded ? [] : notes)]);
    const reporters = openReporters([{ name: format, path: flags.output ?? null }]);
    const older = isOlder(found);
    const styleOf = (place: "standard output" | "file"): TerminalStyle => ({
      ...terminalStyle(flags, place),
      older,
    });
    await writeReports(reporters, { report, cases }, styleOf);
    return exitCodeOfSignals(signals);
  } finally {
    close();
  }
}

/** Runs `gcidem report`. Returns the exit code. @throws GcidemError */
export async function report(word: string, flags: ReportFlags): Promise<number> {
  const format = readFormat(flags.format);
  const found = findRun(word, flags.out);
  checkOutput(flags.output, found);
  return await (format === "history" ? writeHistory(found, flags) : writeReport(found, format, flags));
}
