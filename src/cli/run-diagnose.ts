import { existsSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { formatPosition, GcidemError, type Problem } from "../core/errors.js";
import { printable } from "../core/printable.js";
import { type DiagnoseFolders, diagnoseRun } from "../session/diagnose-recording.js";
import { rulesForRecordings } from "./choose-target.js";
import { confirmSaved } from "./confirm-saved.js";
import type { DiagnoseFlags } from "./diagnose-flags.js";
import { exitCodeOfSignals } from "./exit-code.js";
import { findSource, isFile } from "./find-source.js";
import { readKeep } from "./read-keep.js";
import { REPORTERS } from "./render-report.js";
import { DEFAULT_RUNS_FOLDER } from "./replay-flags.js";
import { readReporters, type WantedReporter } from "./reporters.js";
import { terminalStyle } from "./terminal-style.js";
import { openReporters, writeReports } from "./write-reports.js";

/** A report over the recording that it is made from would destroy the evidence. */
function checkOutput(word: string, wanted: readonly WantedReporter[]): void {
  if (!isFile(word)) return;
  const over = wanted.find(
    ({ path }) => path !== null && existsSync(path) && realpathSync(path) === realpathSync(word),
  );
  if (over !== undefined)
    throw new GcidemError(
      "usage",
      `the report ${over.path} would overwrite the recording; nothing was written`,
    );
}

function warn(problems: readonly Problem[]): void {
  for (const { at, message, hint } of problems) {
    process.stderr.write(`${printable(formatPosition(at))}: ${printable(message)}\n`);
    if (hint !== undefined) process.stderr.write(`    ${printable(hint)}\n`);
  }
}

const CONFIRM_FLAGS = ["target", "policy", "maxRequests", "timeout", "cacert"] as const;

/** Flags of what is sent mean nothing where nothing is. @throws GcidemError `usage` */
function checkConfirmFlags(flags: DiagnoseFlags): void {
  const given = CONFIRM_FLAGS.find((name) => flags[name] !== undefined);
  if (!flags.confirm && (given !== undefined || flags.header.length > 0)) {
    const name =
      given === undefined ? "-H" : `--${given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new GcidemError("usage", `${name} is given without --confirm, and diagnose sends nothing then`, {
      hint: "give --confirm, or leave it out",
    });
  }
  if (flags.confirm && flags.target === undefined)
    throw new GcidemError("usage", "--confirm needs --target; nothing was sent", {
      hint: "the hosts of a recording are never asked by themselves: name the server that may be",
    });
}

/** Runs `gcidem diagnose`. Sends nothing but with `--confirm`. Returns the exit code. @throws GcidemError */
export async function diagnose(word: string, flags: DiagnoseFlags): Promise<number> {
  const wanted = readReporters(flags.reporter, REPORTERS);
  checkOutput(word, wanted);
  checkConfirmFlags(flags);
  const rules = await rulesForRecordings(flags.config);
  const folders: DiagnoseFolders = {
    rules,
    keep: readKeep(flags.keep),
    runsFolder: flags.out ?? DEFAULT_RUNS_FOLDER,
    runsFolderIgnored: flags.out === undefined,
    settlingFolder: word !== "-" && isFile(word) && !word.endsWith("journal.ndjson") ? dirname(word) : ".",
  };
  const { saved, problems } = await findSource(word, folders);
  const run = flags.confirm ? await confirmSaved(saved, flags) : saved;
  const diagnosed = diagnoseRun(run, folders, problems);
  try {
    if (!flags.quiet) warn(diagnosed.problems);
    const told = { report: diagnosed.report, cases: true };
    await writeReports(openReporters(wanted), told, (place) => terminalStyle(flags, place));
    // A saved run may have been interrupted long ago: only what was to be confirmed now counts.
    if (flags.confirm && diagnosed.report.runs.some(({ interrupted }) => interrupted)) {
      return exitCodeOfSignals(["interrupted"]);
    }
    return diagnosed.found ? 1 : 0;
  } finally {
    diagnosed.close();
  }
}
