import { Argument, type Command } from "commander";
import { SHELLS, type Shell } from "../completion/shells.js";

const EXAMPLES = `
Examples:
  eval "$(gcidem completion bash)"     in ~/.bashrc
  eval "$(gcidem completion zsh)"      in ~/.zshrc, after compinit
  gcidem completion fish | source      in ~/.config/fish/config.fish

It completes commands, flags, reporters, policies, causes and the shipped scenarios (builtin:NAME).`;

/** Adds `gcidem completion`. */
export function addCompletion(program: Command): void {
  program
    .command("completion")
    .addArgument(new Argument("<shell>", "the shell that you type into").choices(SHELLS))
    .description("print a script that completes gcidem's commands, flags and values in your shell")
    .addHelpText("after", EXAMPLES)
    .action(async (shell: Shell) => {
      const { writeCompletion } = await import("../completion/write-completion.js");
      writeCompletion(program, shell);
    });
}
