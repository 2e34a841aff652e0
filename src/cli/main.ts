import { VERSION } from "../core/version.js";
import { loadTool } from "./load-tool.js";
import { watchStandardOutput } from "./standard-output.js";

async function main(): Promise<void> {
  process.exitCode = await loadTool().tool.runProgram(process.argv);
}

// What was given by -H or --var shows in lists of processes no longer than it takes to get here.
process.title = "gcidem";
watchStandardOutput();
// Once nothing is left to do, the process ends at once: emptying its memory first takes a few milliseconds that everybody waits for.
process.once("beforeExit", () => process.exit());
// The commonest question of scripts is answered without loading anything else.
if (process.argv.length === 3 && (process.argv[2] === "--version" || process.argv[2] === "-V")) {
  process.stdout.write(`${VERSION}\n`);
} else {
  void main();
}
