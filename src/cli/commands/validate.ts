import type { Command } from "commander";
import type { SetExitCode } from "../exit-code.js";

/** Adds `gcidem validate`. */
export function addValidate(program: Command, setExitCode: SetExitCode): void {
  program
    .command("validate <file...>")
    .description("check scenario and policy files or folders of them; sends nothing")
    .addHelpText("after", "\nExamples:\n  gcidem validate scenarios\n  gcidem validate my.yaml")
    .action(async (sources: readonly string[]) => {
      const { validate } = await import("../run-validate.js");
      setExitCode(await validate(sources));
    });
}
