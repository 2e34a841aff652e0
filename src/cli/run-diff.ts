import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasDifference } from "../compare/runs.js";
import { PatternTooSlow } from "../core/bounded-pattern.js";
import { GcidemError } from "../core/errors.js";
import type { RunReport } from "../report/report.js";
import { renderComparison } from "../report/terminal/render-comparison.js";
import { type ComparedRuns, compareSaved, type NamedRun } from "../session/compare-saved.js";
import type { DiagnoseFolders } from "../session/diagnose-recording.js";
import { rulesForRecordings } from "./choose-target.js";
import type { DiffFlags } from "./diff-flags.js";
import { findSource, isFile } from "./find-source.js";
import { writeFile } from "./output-file.js";
import { type CompareFlags, readCompareRules } from "./read-compare-rules.js";
import { REPORTERS, renderReport } from "./render-report.js";
import { DEFAULT_RUNS_FOLDER } from "./replay-flags.js";
import { readReporters, type WantedReporter } from "./reporters.js";
import { writeOut } from "./standard-output.js";
import { terminalStyle } from "./terminal-style.js";
import { openReporters } from "./write-reports.js";

/** `scratch` gets what is made of a recording: nobody asked for a run, and `last` goes on to mean the last one. */
async function nameRun(word: string, folders: DiagnoseFolders, scratch: string): Promise<NamedRun> {
  const recorded = word === "-" || isFile(word);
  const { saved } = await findSource(word, recorded ? { ...folders, runsFolder: scratch } : folders);
  if (word === "-") return { name: "standard input", saved };
  return { name: word === "last" ? saved.folder : word, saved };
}

/** A report over one of the runs would destroy the evidence. */
function checkOutputs(wanted: readonly WantedReporter[], runs: readonly NamedRun[]): void {
  const sources = runs.flatMap(({ name, saved }) => [name, saved.file]).filter((path) => existsSync(path));
  const taken = new Set(sources.map((path) => realpathSync(path)));
  const over = wanted.find(({ path }) => path !== null && existsSync(path) && taken.has(realpathSync(path)));
  if (over !== undefined)
    throw new GcidemError("usage", `the report ${over.path} would overwrite a run; nothing was written`);
}

function compare([base, other]: readonly [NamedRun, NamedRun], flags: CompareFlags): ComparedRuns {
  try {
    return compareSaved(base, other, readCompareRules(flags));
  } catch (error) {
    if (!(error instanceof PatternTooSlow)) throw error;
    throw new GcidemError("usage", `--match: ${error.message}`, { cause: error });
  }
}

async function write(wanted: readonly WantedReporter[], report: RunReport, flags: DiffFlags): Promise<void> {
  for (const { name, file } of openReporters(wanted)) {
    const style = terminalStyle(flags, file === null ? "standard output" : "file");
    const pieces =
      name === "terminal"
        ? renderComparison(report, style)
        : await renderReport(name, { report, cases: false, style });
    if (file === null) await writeOut(pieces);
    else writeFile(pieces, file);
  }
}

interface Wanted {
  readonly words: readonly [string, string];
  readonly folders: DiagnoseFolders;
  readonly wanted: readonly WantedReporter[];
  readonly flags: DiffFlags;
}

async function diffIn(scratch: string, { words, folders, wanted, flags }: Wanted): Promise<number> {
  const runs = [
    await nameRun(words[0], folders, scratch),
    await nameRun(words[1], folders, scratch),
  ] as const;
  checkOutputs(wanted, runs);
  const compared = compare(runs, flags);
  try {
    await write(wanted, withoutScratch(compared.report, scratch), flags);
    return hasDifference(compared.comparison) ? 1 : 0;
  } finally {
    compared.close();
  }
}

function withoutScratch(report: RunReport, scratch: string): RunReport {
  const runs = report.runs.map((run) => (run.folder?.startsWith(scratch) ? { ...run, folder: null } : run));
  return { ...report, runs };
}

/** Runs `gcidem diff`. Sends nothing. Returns the exit code: 1 where the runs differ. @throws GcidemError */
export async function diff(words: readonly [string, string], flags: DiffFlags): Promise<number> {
  readCompareRules(flags);
  const wanted = readReporters(flags.reporter, REPORTERS);
  if (words[0] === "-" && words[1] === "-")
    throw new GcidemError("usage", "both runs are -, and there is one standard input");
  const folders: DiagnoseFolders = {
    runsFolder: flags.out ?? DEFAULT_RUNS_FOLDER,
    runsFolderIgnored: false,
    settlingFolder: ".",
    rules: await rulesForRecordings(flags.config),
  };
  const scratch = mkdtempSync(join(tmpdir(), "gcidem-diff-"));
  try {
    return await diffIn(scratch, { words, folders, wanted, flags });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
