import type { Command } from "commander";
import type { SetExitCode } from "../exit-code.js";
import { DEFAULT_RUNS_FOLDER } from "../replay-flags.js";
import type { ReportFlags } from "../report-flags.js";

const EXAMPLES = `
Examples:
  gcidem report last                                    what replay printed
  gcidem report last --format history -o history.ndjson for other consistency checkers
  gcidem report last --format markdown -o ticket.md     to paste into a ticket
  gcidem report last --format html -o run.html          one page to open, attach and print
  gcidem report last --format har -o run.har            for a browser's network panel
  gcidem report 20261122T0520 --format json             the run whose name begins so
  gcidem report /tmp/runs/20261122T052057Z-orders-83d5d6

<run> is the folder of a run, the beginning of its name, or last.

Exit codes are those of the judgement (0 all held, 1 violated, 4 unreachable, 5 not authorised, 6 no verdict);
history judges nothing, nor does recorded traffic, which is told as diagnose tells it. 2 wrong flags, 3 no such run or
not a journal.`;

/** Adds `gcidem report`. */
export function addReport(program: Command, setExitCode: SetExitCode): void {
  program
    .command("report <run>")
    .description("render a saved run again; sends nothing")
    .option("--format <f>", "terminal, json, junit, markdown, github, har, html or history", "terminal")
    .option("-o, --output <file>", "where it goes (default: standard output)")
    .option("--out <dir>", `where journals are (default: ${DEFAULT_RUNS_FOLDER})`, DEFAULT_RUNS_FOLDER)
    .option("--no-color", "no colours")
    .option("--quiet", "no warnings", false)
    .option("--verbose", "more detail", false)
    .addHelpText("after", EXAMPLES)
    .action(async (run: string, flags: ReportFlags) => {
      const { report } = await import("../run-report.js");
      setExitCode(await report(run, flags));
    });
}
