import { GcidemError } from "../core/errors.js";
import { parsePolicy } from "../policy/read-policy.js";
import { loadScenarioFile, readTextFile } from "../session/load-files.js";
import { exitCodeOfError } from "./exit-code.js";
import { findScenarios } from "./find-scenarios.js";
import { describeError } from "./print-error.js";

/** A policy file says what a server promises and has no steps. */
function isPolicyText(text: string): boolean {
  return (
    !/^(steps|name)\s*:/m.test(text) &&
    /^(extends|idempotency|concurrency|routes|order|errors)\s*:/m.test(text)
  );
}

function checkFile(file: string): string {
  const text = readTextFile(file);
  if (isPolicyText(text)) {
    parsePolicy(text, file);
    return "policy";
  }
  const { scenario } = loadScenarioFile(file);
  return `scenario, ${scenario.steps.length} steps`;
}

/** Runs `gcidem validate`. Returns the exit code. */
export function validate(sources: readonly string[]): number {
  let exitCode = 0;
  for (const file of findScenarios(sources)) {
    try {
      process.stdout.write(`${file}: ok (${checkFile(file)})\n`);
    } catch (error) {
      if (!(error instanceof GcidemError)) throw error;
      process.stderr.write(describeError(error, false));
      exitCode = Math.max(exitCode, exitCodeOfError(error));
    }
  }
  return exitCode;
}
