import { Command, CommanderError } from "commander";
import { VERSION } from "../core/version.js";
import { addAuth } from "./commands/auth.js";
import { addCompletion } from "./commands/completion.js";
import { addDiagnose } from "./commands/diagnose.js";
import { addDiff } from "./commands/diff.js";
import { addEvidence } from "./commands/evidence.js";
import { addExplain } from "./commands/explain.js";
import { addImport } from "./commands/import.js";
import { addInit } from "./commands/init.js";
import { addMock } from "./commands/mock.js";
import { addRecord } from "./commands/record.js";
import { addReplay } from "./commands/replay.js";
import { addReport } from "./commands/report.js";
import { addStrategies } from "./commands/strategies.js";
import { addValidate } from "./commands/validate.js";
import { exitCodeOfError, type SetExitCode } from "./exit-code.js";
import { describeError } from "./print-error.js";

const EXAMPLES = `
Examples:
  gcidem replay builtin:basics/mutated-body   a first conflict, on the embedded mock
  gcidem replay my.yaml --target http://localhost:8080
  gcidem diagnose export.har                  why requests in recorded traffic were refused
  gcidem help replay                          all flags of a command, with examples`;

function buildProgram(setExitCode: SetExitCode): Command {
  const program = new Command("gcidem")
    .description(
      "Reproduce HTTP 409 conflicts and show what differed: repeated keys, changed bodies, stale ETags, lost answers.",
    )
    .version(VERSION, "-V, --version")
    .exitOverride()
    .showHelpAfterError("(gcidem --help shows what there is)")
    .configureHelp({ showGlobalOptions: true })
    .addHelpText("after", EXAMPLES);
  addReplay(program, setExitCode);
  addValidate(program, setExitCode);
  addMock(program, setExitCode);
  addInit(program);
  addImport(program);
  addReport(program, setExitCode);
  addEvidence(program, setExitCode);
  addDiff(program, setExitCode);
  addExplain(program);
  addDiagnose(program, setExitCode);
  addAuth(program, setExitCode);
  addRecord(program, setExitCode);
  addStrategies(program);
  addCompletion(program);
  return program;
}

/** Node would exit with 1, which reads as a violated expectation. */
function reportBugs(verbose: boolean): void {
  process.stderr.on("error", () => undefined);
  process.on("uncaughtException", (error) => {
    process.stderr.write(describeError(error, verbose));
    process.exit(exitCodeOfError(error));
  });
}

/** Runs the command line. Never throws: every error becomes a message on stderr and an exit code. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const verbose = argv.includes("--verbose");
  reportBugs(verbose);
  const program = buildProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...argv]);
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(describeError(error, verbose));
    return exitCodeOfError(error);
  }
}
