import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { GcidemError } from "../core/errors.js";
import { printable } from "../core/printable.js";
import { didYouMeanHint } from "../document/did-you-mean.js";
import { type FoundRun, findRun } from "../session/find-run.js";
import { openRun, type SavedRun } from "../session/saved-run.js";
import { exitCodeOfSignals } from "./exit-code.js";
import { openFile, writeFile } from "./output-file.js";
import { REPORTERS, type TerminalStyle } from "./render-report.js";
import type { ReportFlags } from "./report-flags.js";
import { writeOut } from "./standard-output.js";
import { terminalStyle } from "./terminal-style.js";
import { openReporters, writeReports } from "./write-reports.js";

type Format = (typeof REPORTERS)[number] | "history";

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

async function writeHistory(run: SavedRun, output: string | undefined): Promise<number> {
  if (output === undefined) await writeOut(run.history());
  else writeFile(run.history(), openFile(output));
  return exitCodeOfSignals([]);
}

/** True where `last` would mean another run of the same folder. */
function isOlder({ folder, file }: FoundRun): boolean {
  if (basename(file) !== "journal.ndjson") return false;
  return resolve(findRun("last", dirname(resolve(folder))).file) !== resolve(file);
}

async function write(
  run: SavedRun,
  found: FoundRun,
  { format, flags }: { readonly format: Format; readonly flags: ReportFlags },
): Promise<number> {
  if (format === "history") return await writeHistory(run, flags.output);
  const { report, signals } = run.report();
  const reporters = openReporters([{ name: format, path: flags.output ?? null }]);
  const older = isOlder(found);
  const styleOf = (place: "standard output" | "file"): TerminalStyle => ({
    ...terminalStyle(flags, place),
    older,
  });
  await writeReports(reporters, { report, cases: false }, styleOf);
  return exitCodeOfSignals(signals);
}

/** Runs `gcidem report`. Returns the exit code. @throws GcidemError */
export async function report(word: string, flags: ReportFlags): Promise<number> {
  const format = readFormat(flags.format);
  const found = findRun(word, flags.out);
  checkOutput(flags.output, found);
  const run = openRun(found);
  try {
    if (!run.ended && !flags.quiet)
      process.stderr.write(
        `gcidem: ${printable(found.folder)}: the run did not come to its end; requests without an answer have an unknown outcome\n`,
      );
    return await write(run, found, { format, flags });
  } finally {
    run.close();
  }
}
