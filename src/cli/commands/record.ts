import type { Command } from "commander";
import type { SetExitCode } from "../exit-code.js";
import type { RecordFlags } from "../record-flags.js";
import { DEFAULT_RUNS_FOLDER } from "../replay-flags.js";

const EXAMPLES = `
Examples:
  gcidem record --upstream https://api.mypurecloud.com
  gcidem record --upstream https://api.mypurecloud.com -o traffic.har
  gcidem record --upstream http://127.0.0.1:8080 --listen 127.0.0.1:0

Give your client http://127.0.0.1:8099 as its base URL instead of the API's. Requests and answers pass unaltered; each is
written to a journal with its credentials taken out. The first line on standard output says where it listens. Ctrl-C or
SIGTERM stops it; then it says what it saw, and what to run next.

Exit codes: 0 stopped by a signal, 2 wrong flags, a taken port or a journal that cannot be written,
70 a bug in gcidem, 130 stopped by a second signal.`;

/** Adds `gcidem record`. */
export function addRecord(program: Command, setExitCode: SetExitCode): void {
  program
    .command("record")
    .description("record your own client: a proxy between it and the API that changes nothing")
    .requiredOption("--upstream <url>", "the API's scheme, host and port")
    .option("--listen <host:port>", "where the client finds it; port 0 takes any free one", "127.0.0.1:8099")
    .option("--expose", "listen on an address that others can reach", false)
    .option("-o, --output <run|file.har>", "write a HAR at the end, besides the run", "run")
    .option("--out <dir>", `where journals go (default: ${DEFAULT_RUNS_FOLDER})`)
    .option("--max-body <size>", "keep so much of each body; all of it is passed on", "10MiB")
    .option("--cacert <file>", "PEM certificates to trust besides the system's")
    .option("--config <file>", "the config file (default: gcidem.config.yaml here or in a folder above)")
    .option("--no-color", "no colours")
    .option("--quiet", "only the address, what was seen, and what goes wrong", false)
    .option("--verbose", "more detail", false)
    .addHelpText("after", EXAMPLES)
    .action(async (flags: RecordFlags) => {
      const { record } = await import("../run-record.js");
      setExitCode(await record(flags));
    });
}
