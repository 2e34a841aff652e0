import { basename, dirname } from "node:path";
import { CONFIG_NAME } from "../config/find-config.js";
import { GcidemError } from "../core/errors.js";
import { printable } from "../core/printable.js";
import { requireValue } from "../document/read-document.js";
import { DIMENSION_NAMES } from "../policy/dimension-names.js";
import { parsePolicy } from "../policy/read-policy.js";
import { loadScenarioText, readTextFile } from "../session/load-files.js";
import { warnOfScenario } from "../session/warn-of-scenario.js";
import { type FoldedWarning, foldWarnings, type Warning } from "../session/warnings.js";
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

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/** What a file is, and what there is to warn of. */
interface Checked {
  readonly kind: string;
  readonly warnings: readonly Warning[];
}

/** Fields at the top that only a config file has. */
const CONFIG_FIELDS = /^(?:profiles|redaction|allowedEnv|subject)\s*:/m;

function isConfig(text: string, file: string): boolean {
  if (basename(file) === CONFIG_NAME) return true;
  return CONFIG_FIELDS.test(text) && !/^(?:steps|name)\s*:/m.test(text);
}

/** Code for config files is loaded where there is one. */
async function checkConfigText(text: string, label: string): Promise<Checked> {
  const { checkConfig } = await import("../config/check-config.js");
  const doc = requireValue(checkConfig(text, label), label);
  const profiles = (doc.value as { readonly profiles?: object }).profiles ?? {};
  return { kind: `config, ${counted(Object.keys(profiles).length, "profile")}`, warnings: [] };
}

async function checkText(text: string, { file, label }: ScenarioSource): Promise<Checked> {
  if (isConfig(text, file)) return checkConfigText(text, label);
  if (isPolicyText(text)) {
    parsePolicy(text, label);
    return { kind: "policy", warnings: [] };
  }
  const { scenario } = loadScenarioText(text, label, file === "-" ? null : dirname(file));
  return {
    kind: `scenario, ${counted(scenario.steps.length, "step")}`,
    warnings: warnOfScenario(scenario),
  };
}

/** `advised` has the hints that were given before: a folder's files often call for the same one. */
function warningLines(warnings: readonly FoldedWarning[], advised: Set<string>): readonly string[] {
  return warnings.flatMap(({ position, code, message, hint, morePlaces }) => {
    const { file, line, column } = position;
    const more = morePlaces === 0 ? "" : ` (and in ${counted(morePlaces, "more place")})`;
    const said = [`  ${file}:${line}:${column}: warning: ${message}${more} [${code}]`];
    if (hint === undefined || advised.has(hint)) return said;
    advised.add(hint);
    return [...said, `    ${hint}`];
  });
}

function listing(label: string, { kind, warnings }: Checked, advised: Set<string>): string {
  const folded = foldWarnings(warnings);
  const count = folded.length === 0 ? "" : `, ${counted(folded.length, "warning")}`;
  const lines = [`${label}: ok (${kind}${count})`, ...warningLines(folded, advised)];
  return lines.map((line) => `${printable(line)}\n`).join("");
}

/** Runs `gcidem validate`. Warnings stand under the file that they are about, and change nothing. Returns the exit code. */
export async function validate(sources: readonly string[]): Promise<number> {
  let exitCode = 0;
  const advised = new Set<string>();
  for (const source of findScenarios(sources)) {
    try {
      const text = source.file === "-" ? await readStandardInput() : readTextFile(source.file);
      process.stdout.write(listing(source.label, await checkText(text, source), advised));
    } catch (error) {
      if (!(error instanceof GcidemError)) throw error;
      process.stderr.write(describeError(error, false));
      exitCode = worseExitCode(exitCode, exitCodeOfError(error));
    }
  }
  return exitCode;
}
