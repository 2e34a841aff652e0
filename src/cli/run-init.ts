import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { GcidemError } from "../core/errors.js";
import { printable } from "../core/printable.js";
import { loadScenarioFile } from "../session/load-files.js";
import { type BuiltinScenario, builtinScenarios } from "./find-scenarios.js";

const FIRST = "basics/mutated-body";
const FILE_NAME = "first.yaml";
const SCHEMA_NAME = "scenario.schema.json";

function listLine({ name, file }: BuiltinScenario, width: number): string {
  return `builtin:${name.padEnd(width)}  ${loadScenarioFile(file).scenario.name}\n`;
}

/** Prints the shipped scenarios. */
export function listScenarios(): void {
  const all = builtinScenarios();
  const width = Math.max(...all.map(({ name }) => name.length));
  for (const each of all) process.stdout.write(listLine(each, width));
}

/** Writes a first scenario and its schema, which editors complete by. @throws GcidemError where a file is there already. */
export function writeFirstScenario(folder: string): void {
  const source = builtinScenarios().find(({ name }) => name === FIRST);
  if (source === undefined) throw new Error(`the shipped scenario ${FIRST} is missing`);
  const file = join(folder, FILE_NAME);
  if (existsSync(file)) {
    throw new GcidemError("usage", `${file} is there already; nothing was written`, {
      hint: "give another folder: gcidem init DIR",
    });
  }
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      file,
      readFileSync(source.file, "utf8").replace(/\$schema=\S+/, `$schema=./${SCHEMA_NAME}`),
      { flag: "wx" },
    );
    copyFileSync(join(dirname(dirname(source.file)), SCHEMA_NAME), join(folder, SCHEMA_NAME));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GcidemError("output", `cannot write ${file}: ${reason}`, { cause: error });
  }
  const shown = printable(file);
  process.stdout.write(`wrote ${shown}\nrun it:  gcidem replay ${shown}\n`);
}
