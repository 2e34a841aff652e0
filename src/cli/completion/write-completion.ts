import type { Command } from "commander";
import { VERSION } from "../../core/version.js";
import { builtinScenarios } from "../find-scenarios.js";
import { renderBash } from "./bash.js";
import type { CompletionModel } from "./completion.js";
import { describeProgram } from "./describe-program.js";
import { renderFish } from "./fish.js";
import type { Shell } from "./shells.js";
import { renderZsh } from "./zsh.js";

const RENDERERS: Readonly<Record<Shell, (model: CompletionModel) => string>> = {
  bash: renderBash,
  zsh: renderZsh,
  fish: renderFish,
};

/** Prints the completion script of a shell on standard output. Reads the list of shipped scenarios. */
export function writeCompletion(program: Command, shell: Shell): void {
  const builtins = builtinScenarios().map(({ name }) => name);
  process.stdout.write(RENDERERS[shell]({ root: describeProgram(program), builtins, version: VERSION }));
}
