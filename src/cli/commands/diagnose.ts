import { type Command, Option } from "commander";
import type { DiagnoseFlags } from "../diagnose-flags.js";
import type { SetExitCode } from "../exit-code.js";
import { DEFAULT_RUNS_FOLDER } from "../replay-flags.js";

const EXAMPLES = `
Examples:
  gcidem diagnose export.har                 a HAR of Chrome, Firefox or a proxy
  gcidem diagnose worker.log                 the Genesys JavaScript SDK's log, in its JSON format
  gcidem diagnose last                       the newest saved run (or the beginning of a run's name, or its folder)
  curl -s https://.../export.har | gcidem diagnose -
  gcidem diagnose export.har --reporter json=why.json --reporter terminal

It sends nothing. What is open gets a scenario that settles it, settle-1.yaml, beside the recording.

Exit codes: 0 no conflict, 1 a conflict or an anomaly, 2 wrong flags or output that could not be written,
3 nothing that could be read.`;

/** Adds `gcidem diagnose`. */
export function addDiagnose(program: Command, setExitCode: SetExitCode): void {
  const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];
  program
    .command("diagnose <recording>")
    .description(
      "root causes of the conflicts in recorded traffic: a .har, an SDK log, a saved run, - for standard input",
    )
    .addOption(
      new Option("--reporter <name[=file]>", "terminal or json; repeatable")
        .argParser(collect)
        .default([], "terminal"),
    )
    .option("--out <dir>", `where journals go (default: ${DEFAULT_RUNS_FOLDER})`)
    .option("--no-color", "no colours")
    .option("--quiet", "no warnings", false)
    .option("--verbose", "more detail", false)
    .addHelpText("after", EXAMPLES)
    .action(async (recording: string, flags: DiagnoseFlags) => {
      const { diagnose } = await import("../run-diagnose.js");
      setExitCode(await diagnose(recording, flags));
    });
}
