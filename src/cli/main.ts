import { VERSION } from "../core/version.js";
import { watchStandardOutput } from "./standard-output.js";

watchStandardOutput();

/** The commonest question of scripts is answered without loading anything else. */
if (process.argv.length === 3 && (process.argv[2] === "--version" || process.argv[2] === "-V")) {
  process.stdout.write(`${VERSION}\n`);
} else {
  const { runProgram } = await import("./program.js");
  process.exitCode = await runProgram(process.argv);
}
