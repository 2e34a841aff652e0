import type { Command } from "commander";
import type { SetExitCode } from "../exit-code.js";

/** Adds `gcidem validate`. */
export function addValidate(program: Command, setExitCode: SetExitCode): void {
  program
    .command("validate <file...>")
    .description("check scenario, policy and config files or folders of scenarios; sends nothing")
    .addHelpText(
      "after",
      "\nExamples:\n  gcidem validate scenarios\n  gcidem validate my.yaml\n  gcidem validate gcidem.config.yaml",
    )
    .action(async (sources: readonly string[]) => {
      const { validate } = await import("../run-validate.js");
      setExitCode(await validate(sources));
    });
}
