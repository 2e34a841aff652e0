import type { Command } from "commander";

/** Adds `gcidem init`. */
export function addInit(program: Command): void {
  program
    .command("init [dir]")
    .description("write a first scenario and a config file, or list the shipped scenarios")
    .option("--list", "list the shipped scenarios, which run as builtin:NAME", false)
    .addHelpText("after", "\nExamples:\n  gcidem init\n  gcidem init --list")
    .action(async (folder: string | undefined, flags: { readonly list: boolean }) => {
      const { listScenarios, writeFirstScenario } = await import("../run-init.js");
      if (flags.list) listScenarios();
      else writeFirstScenario(folder ?? ".");
    });
}
