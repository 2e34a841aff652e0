import { dirname } from "node:path";
import { GcidemError } from "../core/errors.js";
import { printable } from "../core/printable.js";
import { DIMENSION_NAMES } from "../policy/dimension-names.js";
import { parsePolicy } from "../policy/read-policy.js";
import { loadScenarioText, readTextFile } from "../session/load-files.js";
import { exitCodeOfError, worseExitCode } from "./exit-code.js";
import { findScenarios, type ScenarioSource } from "./find-scenarios.js";
import { describeError } from "./print-error.js";
import { readStandardInput } from "./standard-input.js";

/** Fields at the top that only a policy has. */
const POLICY_FIELDS = new Set([
  "extends",
  "routes",
  "source",
  "sources",
  "unknown",
  ...DIMENSION_NAMES.map((dimension) => dimension.split(".")[0] ?? dimension),
]);

/** A policy file says what a server promises and has no steps. */
function isPolicyText(text: string): boolean {
  const fields = [...text.matchAll(/^([a-zA-Z]+)\s*:/gm)].map(([, name = ""]) => name);
  return (
    !fields.includes("steps") && !fields.includes("name") && fields.some((name) => POLICY_FIELDS.has(name))
  );
}

function checkText(text: string, { file, label }: ScenarioSource): string {
  if (isPolicyText(text)) {
    parsePolicy(text, label);
    return "policy";
  }
  const { scenario } = loadScenarioText(text, label, file === "-" ? null : dirname(file));
  const count = scenario.steps.length;
  return `scenario, ${count} ${count === 1 ? "step" : "steps"}`;
}

/** Runs `gcidem validate`. Returns the exit code. */
export async function validate(sources: readonly string[]): Promise<number> {
  let exitCode = 0;
  for (const source of findScenarios(sources)) {
    try {
      const text = source.file === "-" ? await readStandardInput() : readTextFile(source.file);
      process.stdout.write(`${printable(source.label)}: ok (${checkText(text, source)})\n`);
    } catch (error) {
      if (!(error instanceof GcidemError)) throw error;
      process.stderr.write(describeError(error, false));
      exitCode = worseExitCode(exitCode, exitCodeOfError(error));
    }
  }
  return exitCode;
}
