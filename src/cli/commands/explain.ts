import type { Command } from "commander";

/** Adds `gcidem explain`. */
export function addExplain(program: Command): void {
  program
    .command("explain [cause]")
    .description("say one cause in plain words; without a name, list all that gcidem can name")
    .addHelpText("after", "\nExamples:\n  gcidem explain\n  gcidem explain stale-etag")
    .action(async (cause: string | undefined) => {
      const { explain } = await import("../run-explain.js");
      explain(cause);
    });
}
