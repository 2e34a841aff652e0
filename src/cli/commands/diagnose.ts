import { type Command, Option } from "commander";
import type { DiagnoseFlags } from "../diagnose-flags.js";
import type { SetExitCode } from "../exit-code.js";
import { DEFAULT_RUNS_FOLDER } from "../replay-flags.js";

const EXAMPLES = `
Examples:
  gcidem diagnose export.har                 a HAR of Chrome, Firefox or a proxy
  gcidem diagnose worker.log                 the Genesys JavaScript SDK's log, in its JSON format
  gcidem diagnose last                       the newest saved run (or the beginning of a run's name, or its folder)
  gcidem diagnose last --confirm --target http://localhost:8080
  curl -s https://.../export.har | gcidem diagnose -
  gcidem diagnose export.har --reporter json=why.json --reporter terminal

It sends nothing but with --confirm, and then only to --target. What is open gets a scenario that settles it,
settle-1.yaml, beside the recording.

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
      new Option(
        "--reporter <name[=file]>",
        "terminal, json, junit, markdown, github, har or html; repeatable",
      )
        .argParser(collect)
        .default([], "terminal"),
    )
    .option("--out <dir>", `where journals go (default: ${DEFAULT_RUNS_FOLDER})`)
    .addOption(
      new Option(
        "--keep <name|path>",
        "callers' data not to hide: a member's name, or /participants/*/name; repeatable",
      )
        .argParser(collect)
        .default([], "none"),
    )
    .option("--confirm", "send what settles an open cause, at most 20 experiments; needs --target", false)
    .option(
      "--target <target>",
      "where to confirm: mock, an http(s) URL, a profile, gc:PROFILE, or mock+http(s)://HOST:PORT",
    )
    .option("--config <file>", "the config file (default: gcidem.config.yaml here or in a folder above)")
    .option("--policy <preset|file>", "what the mock obeys")
    .addOption(
      new Option("-H, --header <line>", "a header for every request; repeatable")
        .argParser(collect)
        .default([], "none"),
    )
    .option("--max-requests <n>", "confirm with at most so many requests")
    .option("--max-wait <duration>", "the longest wait off the mock", "60s")
    .option("--timeout <duration>", "for each request (default: 30s)")
    .option("--cacert <file>", "PEM certificates to trust besides the system's")
    .option("--allow-writes", "leave to write to a server that is not a mock or plain loopback", false)
    .option("--allow-destructive", "leave, besides, to delete things or change live calls", false)
    .addOption(
      new Option("--only <path prefix>", "refuse writes to any other path; repeatable")
        .argParser(collect)
        .default([], "none"),
    )
    .option("--yes", "do not ask before writing", false)
    .option("--no-color", "no colours")
    .option("--quiet", "no warnings", false)
    .option("--verbose", "more detail", false)
    .addHelpText("after", EXAMPLES)
    .action(async (recording: string, flags: DiagnoseFlags) => {
      const { diagnose } = await import("../run-diagnose.js");
      setExitCode(await diagnose(recording, flags));
    });
}
