import type { Scenario } from "../scenario/scenario.js";
import { warnOfPlatform } from "./warn-of-platform.js";
import { warnOfUndecidable } from "./warn-of-undecidable.js";
import { warnOfWeakKeys } from "./warn-of-weak-keys.js";
import type { Warning } from "./warnings.js";

/** What a scenario is looked at for. A further kind of warning is one function here. */
const SOURCES: readonly ((scenario: Scenario) => readonly Warning[])[] = [
  warnOfUndecidable,
  warnOfPlatform,
  warnOfWeakKeys,
];

/** Everything that there is to warn of, in the order of the file. Pure. */
export function warnOfScenario(scenario: Scenario): readonly Warning[] {
  return SOURCES.flatMap((source) => source(scenario)).sort(
    ({ position: a }, { position: b }) => a.line - b.line || a.column - b.column,
  );
}
