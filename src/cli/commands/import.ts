import type { Command } from "commander";
import type { ImportFlags } from "../import-flags.js";
import { DEFAULT_RUNS_FOLDER } from "../replay-flags.js";

const EXAMPLES = `
Examples:
  gcidem import orders.sh -o orders.yaml       curl commands: bash, PowerShell or cmd, several in one paste
  pbpaste | gcidem import - -o orders.yaml     what is in the clipboard
  gcidem import export.har -o it.yaml          a HAR, a Postman 2.1 collection, an .http file, the Genesys SDK's JSON log
  gcidem import last -o it.yaml                the newest saved run (or the beginning of a run's name, or its folder)

It sends nothing and writes no credential. What was dropped or guessed is said on standard error, and so is the command
that replays the scenario.

Exit codes: 0 imported, 2 wrong flags or output that could not be written, 3 nothing that could be imported.`;

/** Adds `gcidem import`. */
export function addImport(program: Command): void {
  program
    .command("import <source>")
    .description(
      "make a scenario of curl commands, a HAR, a Postman collection, an .http file, an SDK log or a run",
    )
    .option("-o, --output <file>", "the scenario (default: standard output); bodies in bytes go beside it")
    .option("--out <dir>", `where saved runs are (default: ${DEFAULT_RUNS_FOLDER})`)
    .option("--quiet", "do not say what was dropped or guessed", false)
    .addHelpText("after", EXAMPLES)
    .action(async (source: string, flags: ImportFlags) => {
      const { importSource } = await import("../run-import.js");
      await importSource(source, flags);
    });
}
