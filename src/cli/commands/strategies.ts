import type { Command } from "commander";
import type { StrategiesFlags } from "../strategies-flags.js";

const EXAMPLES = `
Examples:
  gcidem strategies                                     what forum threads believe of the platform
  gcidem strategies --policy documented                 nothing refuses an outdated write: what that costs
  gcidem strategies --policy rfc9110 --churn 2/s,10/s   If-Match is demanded everywhere
  gcidem strategies --policy my.policy.yaml --writers 1 --lost-answers 0 --json
  gcidem strategies --format html > strategies.html     charts over the churn rate, in one file

All of it runs in this process, on the mock and in virtual time: nothing is sent. Equal flags give equal figures.
docs/strategies.md says what is measured and what is not.

Exit codes: 0 measured, 2 wrong flags, 3 an invalid policy file, 70 a bug in gcidem.`;

/** Adds `gcidem strategies`. */
export function addStrategies(program: Command): void {
  program
    .command("strategies")
    .description(
      "compare ways of writing under churn and rivals, on the mock: retries, re-reads, queues, keys",
    )
    .option("--policy <preset|file>", "what the mock obeys", "forum-lore")
    .option("--writers <n>", "writers that begin at about the same time in each run", "4")
    .option("--deadline <duration>", "when a writer gives up", "10s")
    .option(
      "--churn <rates>",
      "the platform's own writes to the conversation, for each a table",
      "none,1/s,5/s,25/s",
    )
    .option("--lost-answers <share>", "how many of all answers are lost, from 0 to 0.9", "0.1")
    .option("--runs <n>", "runs for each line", "50")
    .option("--seed <n>", "equal seeds give equal figures", "1")
    .option("--format <f>", "terminal, json, or html: one page with charts", "terminal")
    .option("--json", "as --format json", false)
    .option("--no-color", "no colours")
    .option("--quiet", "no progress", false)
    .addHelpText("after", EXAMPLES)
    .action(async (flags: StrategiesFlags) => {
      const { strategies } = await import("../run-strategies.js");
      await strategies(flags);
    });
}
