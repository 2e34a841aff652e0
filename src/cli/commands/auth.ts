import type { Command } from "commander";
import type { AuthFlags } from "../auth-flags.js";
import { repeatable } from "../compare-options.js";
import type { SetExitCode } from "../exit-code.js";

const EXAMPLES = `
Examples:
  gcidem auth check                               the targets that were found; nothing is sent
  gcidem auth check --target gc:prod              log in, and see what this login may do
  gcidem auth check my.yaml --target gc:prod      only the permissions that my.yaml needs
  gcidem auth check --target gc:prod --try-regions
  gcidem auth check --target staging --reporter json=check.json --reporter terminal

It sends the login and GETs, and changes nothing. --try-regions tells the login hosts of all regions the
client's id, and a secret that is none: the secret itself goes to the region of the settings alone.

Exit codes: 0 nothing is wrong, 2 wrong flags or an unsafe setting, 3 an invalid file, 4 a host that cannot be
reached or trusted, 5 a login that is refused or a permission that is missing, 130 interrupted.`;

/** Adds `gcidem auth check`. */
export function addAuth(program: Command, setExitCode: SetExitCode): void {
  program
    .command("auth")
    .description("look at logins and settings")
    .command("check [scenario...]")
    .description("log in, show which source each setting came from, and find what is wrong; changes nothing")
    .option("--target <target>", "an http(s) URL, a profile of a config file, or gc:PROFILE of the gc tool")
    .option("--all", "check every target that was found", false)
    .option("--config <file>", "the config file (default: gcidem.config.yaml here or in a folder above)")
    .addOption(repeatable("-H, --header <line>", "a header for every request"))
    .option("--cacert <file>", "PEM certificates to trust besides the system's")
    .option("--try-regions", "look for an unknown client at the other regions, without its secret", false)
    .addOption(repeatable("--reporter <name[=file]>", "terminal or json; without a file on standard output"))
    .option("--no-color", "no colours")
    .option("--verbose", "correlation IDs too", false)
    .addHelpText("after", EXAMPLES)
    .action(async (scenarios: readonly string[], flags: AuthFlags) => {
      const { authCheck } = await import("../run-auth-check.js");
      setExitCode(await authCheck(scenarios, flags));
    });
}
