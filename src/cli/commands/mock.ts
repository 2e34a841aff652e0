import type { Command } from "commander";
import type { SetExitCode } from "../exit-code.js";
import type { MockFlags } from "../mock-flags.js";

const EXAMPLES = `
Examples:
  gcidem mock                                  what the vendor documents, on any free port
  gcidem mock --policy forum-lore --port 8080
  gcidem mock --policy my.policy.yaml --explain
  gcidem mock --tls --verbose
  curl -X POST http://127.0.0.1:8080/__gcidem/clock -H 'Content-Type: application/json' -d '{"advance":"15m"}'

The first line on standard output says where it listens. It serves until Ctrl-C or SIGTERM.

Exit codes: 0 stopped by a signal, 2 wrong flags, a taken port or a store that does not answer,
3 an invalid policy or state file, 70 a bug in gcidem, 130 stopped by a second signal.`;

/** Adds `gcidem mock`. */
export function addMock(program: Command, setExitCode: SetExitCode): void {
  program
    .command("mock")
    .description("serve the mock org, which obeys a policy, to any client")
    .option("--policy <preset|file>", "what it obeys", "documented")
    .option("--explain", "print what the policy means for a client, and do not serve", false)
    .option("--port <n>", "0 takes any free one", "0")
    .option("--host <address>", "off loopback it has no control endpoints", "127.0.0.1")
    .option("--tls", "serve HTTPS, with HTTP/2, by a certificate made now", false)
    .option("--tls-cert <file>", "PEM certificate to serve HTTPS with")
    .option("--tls-key <file>", "PEM key of that certificate")
    .option("--store <where>", "memory, or redis://HOST:PORT, which several mocks may share", "memory")
    .option("--state <file>", "goes on from this file, and writes it on a clean stop")
    .option("--seed <n>", "equal seeds and requests give equal ids and tokens", "1")
    .option("--no-color", "no colours")
    .option("--quiet", "only the address, and what goes wrong", false)
    .option("--verbose", "a line for each request on standard error", false)
    .addHelpText("after", EXAMPLES)
    .action(async (flags: MockFlags) => {
      const { mock } = await import("../run-mock.js");
      setExitCode(await mock(flags));
    });
}
