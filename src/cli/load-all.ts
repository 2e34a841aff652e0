import { GcidemError, type Problem } from "../core/errors.js";
import { loadScenarioFile, loadScenarioFrom } from "../session/load-files.js";
import { type ReadyScenario, readyScenario } from "../session/run-scenario.js";
import { findScenarios, type ScenarioSource } from "./find-scenarios.js";
import { readStandardInput } from "./standard-input.js";

async function loadOne(
  { file, label }: ScenarioSource,
  otherOrigins: readonly string[],
): Promise<ReadyScenario> {
  if (file !== "-") return readyScenario(loadScenarioFile(file, label, otherOrigins));
  const text = await readStandardInput();
  return readyScenario(loadScenarioFrom(text, { file: label, folder: null, otherOrigins }));
}

/**
 * Loads every scenario that the arguments name. `otherOrigins`: those besides the target that steps may name.
 * @throws GcidemError `invalid-file` with the problems of all files at once.
 */
export async function loadAll(
  sources: readonly string[],
  otherOrigins: readonly string[] = [],
): Promise<readonly ReadyScenario[]> {
  const ready: ReadyScenario[] = [];
  const failed: GcidemError[] = [];
  for (const source of findScenarios(sources)) {
    try {
      ready.push(await loadOne(source, otherOrigins));
    } catch (error) {
      if (!(error instanceof GcidemError)) throw error;
      failed.push(error);
    }
  }
  const [only, ...others] = failed;
  if (only === undefined) return ready;
  if (others.length === 0) throw only;
  const problems: readonly Problem[] = failed.flatMap((error) => error.problems);
  const rest = failed.filter((error) => error.problems.length === 0).map((error) => error.message);
  const message = [...rest, `${failed.length} files have problems; nothing was sent`].join("\n");
  throw new GcidemError("invalid-file", message, { problems });
}
