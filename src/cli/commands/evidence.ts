import type { Command } from "commander";
import { repeatable } from "../compare-options.js";
import type { EvidenceFlags } from "../evidence-flags.js";
import type { SetExitCode } from "../exit-code.js";
import { DEFAULT_RUNS_FOLDER } from "../replay-flags.js";

const EXAMPLES = `
Examples:
  gcidem evidence last                       one zip of the newest run, named after it
  gcidem evidence last -o ticket.zip --set orgName=acme --set impact="agents cannot save wrap-up codes"
  gcidem evidence export.har -o ticket.zip   of somebody else's recording: a HAR or an SDK log
  gcidem evidence --check ticket.zip         before it is sent: unchanged, and nothing secret in it

--set fills in TICKET.txt: orgName, orgId, conversationId, issue, impact, case. What is missing is marked there.
Nothing is sent. A file that exists is never overwritten: its ticket may have been filled in.

Exit codes: 0 made, or --check found nothing; 1 --check found a change or a secret; 2 wrong flags, or the file cannot be
written; 3 no such run, a journal that was edited, or a zip that is no bundle.`;

/** Adds `gcidem evidence`. */
export function addEvidence(program: Command, setExitCode: SetExitCode): void {
  program
    .command("evidence [run]")
    .description("one zip for a support ticket, of a saved run, a .har or an SDK log; sends nothing")
    .option("-o, --output <file.zip>", "where it goes (default: evidence-RUN.zip here)")
    .addOption(repeatable("--set <name=value>", "fills in a field of the ticket; repeatable"))
    .option("--check <file.zip>", "verifies a bundle and looks for secrets in it")
    .option("--out <dir>", `where journals are (default: ${DEFAULT_RUNS_FOLDER})`)
    .option("--config <file>", "the config file (default: gcidem.config.yaml here or in a folder above)")
    .option("--quiet", "no warnings", false)
    .addHelpText("after", EXAMPLES)
    .action(async (run: string | undefined, flags: EvidenceFlags) => {
      const { evidence } = await import("../run-evidence.js");
      setExitCode(await evidence(run, flags));
    });
}
