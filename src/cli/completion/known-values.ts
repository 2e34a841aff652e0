import { CAUSES } from "../../core/causes.js";
import { PRESET_NAMES } from "../../policy/preset-names.js";
import { TECHNIQUES } from "../read-arguments.js";
import { EXACT_KINDS } from "../read-compare-rules.js";
import { REPORTERS } from "../render-report.js";
import { FORMATS } from "../run-report.js";
import type { Values } from "./completion.js";
import { SHELLS } from "./shells.js";

/** Numbers, times and texts of the user's own. */
export const FREE: Values = { words: [], builtins: false, files: "none" };

const FILES: Values = { ...FREE, files: "any" };

function words(...known: readonly string[]): Values {
  return { ...FREE, words: known };
}

function wordsOrFiles(...known: readonly string[]): Values {
  return { ...FILES, words: known };
}

const SCENARIOS: Values = { ...FILES, builtins: true };

const RUN: Values = wordsOrFiles("last");

/** By what stands between the brackets of a flag or an argument in the help. */
const BY_PLACEHOLDER: Readonly<Record<string, Values>> = {
  file: FILES,
  dir: FILES,
  "file.zip": FILES,
  "preset|file": wordsOrFiles(...PRESET_NAMES),
  scenario: SCENARIOS,
  run: RUN,
  "run-a": RUN,
  "run-b": RUN,
  recording: RUN,
  source: RUN,
  "run|file.har": FILES,
  cause: words(...CAUSES),
  shell: words(...SHELLS),
  "name[=file]": { ...words(...REPORTERS), files: "after-equals" },
  target: words("mock", "gc:", "http://localhost:", "mock+http://127.0.0.1:"),
  f: words(...FORMATS),
  t: words(...TECHNIQUES),
  kind: words(...EXACT_KINDS),
  where: words("memory", "redis://127.0.0.1:"),
};

/** Where one command means something else by it. */
const BY_COMMAND: Readonly<Record<string, Values>> = {
  "auth check --reporter": { ...words("terminal", "json"), files: "after-equals" },
  "auth check --target": words("gc:", "http://localhost:"),
  "strategies --format": words("terminal", "json", "html"),
  "validate file": SCENARIOS,
};

/**
 * What completes a value.
 * @param use the command and the flag or argument, such as `diff --reporter`
 * @param placeholder as the help has it, such as `name[=file]`. Pure.
 */
export function valuesOf(use: string, placeholder: string): Values {
  return BY_COMMAND[use] ?? BY_PLACEHOLDER[placeholder] ?? FREE;
}
