import type { Command } from "commander";
import { addCompareFlags, repeatable } from "../compare-options.js";
import type { SetExitCode } from "../exit-code.js";
import { DEFAULT_RUNS_FOLDER, type ReplayFlags } from "../replay-flags.js";

function addRunFlags(command: Command): Command {
  return command
    .option(
      "--target <target>",
      "mock, an http(s) URL, a profile of a config file, gc:PROFILE of the gc tool, or mock+http(s)://HOST:PORT of a gcidem mock",
      "mock",
    )
    .addOption(repeatable("--against <target>", "run it there too, and show where --target differs from it"))
    .option("--baseline <run>", "show where it differs from a saved run, or from a folder of runs")
    .option("--config <file>", "the config file (default: gcidem.config.yaml here or in a folder above)")
    .option("--policy <preset|file>", "what the mock obeys, over the scenario's own policy")
    .addOption(repeatable("--var <name=value>", "a value for a var of the scenario"))
    .option("--vars <file>", "a YAML or JSON map of such values")
    .addOption(repeatable("-H, --header <line>", "a header for every request, over the scenario's own"))
    .addOption(repeatable("--allow-env <NAME>", "an environment variable that $(env.NAME) may read"))
    .option("--seed <n>", "makes random values repeatable")
    .option("--timeout <duration>", "for each request (default: the scenario's, else 30s)")
    .option("--max-wait <duration>", "the longest wait off the mock", "60s")
    .option("--wait-for <url>", "poll this address until it answers, then start")
    .option("--max-requests <n>", "stop after so many requests, but for clean-up (exit 4)")
    .option(
      "--max-rate <n/min>",
      "send no more requests a minute (default for an org: what its vendor documents)",
    )
    .option("--token-cache", "keep the login's token on disk, for your eyes only, until it ends", false)
    .option("--rounds <n>", "run each scenario so often, and say how often a conflict came")
    .option(
      "--until-conflict <n>",
      "run it until a conflict comes, at most so often (exit 1 where none comes)",
    )
    .option(
      "--confirm",
      "send what settles a cause that is open, at most 20 experiments of 1 or 2 requests",
      false,
    )
    .option("--release-technique <t>", "how a race is released: auto, h2, last-byte, warm or naive", "auto")
    .option("--cacert <file>", "PEM certificates to trust besides the system's");
}

function addSafetyFlags(command: Command): Command {
  return command
    .option("--dry-run", "print every request, send none", false)
    .option("--read-only", "send only GET and HEAD", false)
    .option("--allow-writes", "leave to write to a server that is not the mock or plain loopback", false)
    .option("--allow-destructive", "leave, besides, to delete things or change live calls", false)
    .addOption(repeatable("--only <path prefix>", "refuse writes to any other path"))
    .option("--yes", "do not ask before writing", false);
}

function addOutputFlags(command: Command): Command {
  return command
    .addOption(
      repeatable(
        "--reporter <name[=file]>",
        "terminal, json, junit, markdown, github, har or html; without a file on standard output",
      ),
    )
    .option("--out <dir>", `where journals go (default: ${DEFAULT_RUNS_FOLDER})`)
    .addOption(
      repeatable("--keep <name|path>", "callers' data not to hide: a member's name, or /participants/*/name"),
    )
    .option("--bail", "stop after the first scenario that does not pass", false)
    .option("--require-expectations", "exit 6 where a scenario expects nothing", false)
    .option("--no-color", "no colours")
    .option("--quiet", "no progress and no warnings", false)
    .option("--verbose", "more detail", false);
}

const EXAMPLES = `
Examples:
  gcidem replay scenarios/basics                        on the embedded mock
  gcidem replay builtin:basics/stale-etag               a shipped scenario
  gcidem replay my.yaml --target http://localhost:8080  on your own server
  gcidem replay my.yaml --reporter terminal --reporter junit=out.xml --reporter markdown=ticket.md
  gcidem replay my.yaml --target https://api.example.com --dry-run
  gcidem replay my.yaml --target gc:prod --read-only    an org that the gc tool knows

Exit codes: 0 all held, 1 an expectation was violated, 2 wrong flags or a write without leave,
3 an invalid file, 4 unreachable, 5 not authorised, 6 no verdict, 70 a bug in gcidem, 130 interrupted.`;

/** Adds `gcidem replay`. */
export function addReplay(program: Command, setExitCode: SetExitCode): void {
  const command = program
    .command("replay <scenario...>")
    .description(
      "run scenarios (files, folders, builtin:NAME, - for standard input) and report what came of them",
    );
  addOutputFlags(addCompareFlags(addSafetyFlags(addRunFlags(command))))
    .addHelpText("after", EXAMPLES)
    .action(async (sources: readonly string[], flags: ReplayFlags) => {
      const { replay } = await import("../run-replay.js");
      setExitCode(await replay(sources, flags));
    });
}
