import type { Command } from "commander";
import { addCompareFlags, repeatable } from "../compare-options.js";
import type { DiffFlags } from "../diff-flags.js";
import type { SetExitCode } from "../exit-code.js";
import { DEFAULT_RUNS_FOLDER } from "../replay-flags.js";

const EXAMPLES = `
Examples:
  gcidem diff 20261121T2237 last                        yesterday's run and the last one
  gcidem diff before.har after.har                      two recordings, by method and path in their order
  gcidem diff before.har last --ignore header:Via --ignore /items/*/updated
  gcidem diff a b --exact tokens --reporter json=diff.json

Runs of one scenario are compared step by step. Ids, dates and tokens (ETags, versions) that stand for each other
throughout are taken as one and listed; --exact tells them apart. Times are shown and are no difference.

Exit codes: 0 no difference, 1 a difference, 2 wrong flags, 3 no such run or recording.`;

/** Adds `gcidem diff`. */
export function addDiff(program: Command, setExitCode: SetExitCode): void {
  const command = program
    .command("diff <run-a> <run-b>")
    .description("show how a run differs from another (runs, HAR files or SDK logs); sends nothing");
  addCompareFlags(command)
    .addOption(repeatable("--reporter <name[=file]>", "terminal, json, junit, markdown, github, har or html"))
    .option("--out <dir>", `where journals are (default: ${DEFAULT_RUNS_FOLDER})`)
    .option("--config <file>", "the config file (default: gcidem.config.yaml here or in a folder above)")
    .option("--no-color", "no colours")
    .option("--quiet", "no warnings", false)
    .option("--verbose", "more detail", false)
    .addHelpText("after", EXAMPLES)
    .action(async (base: string, other: string, flags: DiffFlags) => {
      const run = await import("../run-diff.js");
      setExitCode(await run.diff([base, other], flags));
    });
}
