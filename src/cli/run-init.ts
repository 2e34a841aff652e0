import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CONFIG_NAME } from "../config/find-config.js";
import { GcidemError } from "../core/errors.js";
import { printable } from "../core/printable.js";
import { loadScenarioFile } from "../session/load-files.js";
import { type BuiltinScenario, builtinScenarios } from "./find-scenarios.js";

const FIRST = "basics/mutated-body";
const FILE_NAME = "first.yaml";
const SCHEMA_NAME = "scenario.schema.json";
const CONFIG_SCHEMA_NAME = "config.schema.json";

const FIRST_CONFIG = `# yaml-language-server: $schema=./${CONFIG_SCHEMA_NAME}
# Targets by name, for gcidem replay --target NAME. docs/config.md explains every field.
# Secrets never stand in this file: secretFrom says where they are. A file that is only found in the folder sends no
# secret of yours to a host that it names itself; the file that --config names, and your own in ~/.config/gcidem, may.
profiles:
  local:
    kind: http
    baseUrl: http://localhost:8080
  # org:
  #   kind: genesys
  #   region: eu-central-1
  #   credentials:
  #     client:
  #       clientId: 00000000-0000-0000-0000-000000000000
  #       clientSecret: { secretFrom: { env: ORG_CLIENT_SECRET } }
  # shop:
  #   kind: http
  #   baseUrl: https://api.example.com/v1
  #   credentials: { bearer: { secretFrom: { file: shop.token } } }
  #   names: { idempotencyKey: { header: Idempotency-Key, syntax: quoted } }
  #   subject: [{ path: "/orders/{id}/lines", resource: "order:{id}", version: /meta/revision }]
`;

function listLine({ name, file }: BuiltinScenario, width: number): string {
  return `builtin:${name.padEnd(width)}  ${loadScenarioFile(file).scenario.name}\n`;
}

/** Prints the shipped scenarios. */
export function listScenarios(): void {
  const all = builtinScenarios();
  const width = Math.max(...all.map(({ name }) => name.length));
  for (const each of all) process.stdout.write(listLine(each, width));
}

/** One that is there already is somebody's work and stays. */
function writeFirstConfig(folder: string, schemas: string): void {
  const file = join(folder, CONFIG_NAME);
  if (existsSync(file)) return;
  writeFileSync(file, FIRST_CONFIG, { flag: "wx" });
  copyFileSync(join(schemas, CONFIG_SCHEMA_NAME), join(folder, CONFIG_SCHEMA_NAME));
  process.stdout.write(`wrote ${printable(file)}\n`);
}

/** Writes a first scenario, a config file, and their schemas, which editors complete by. @throws GcidemError where a file is there already. */
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
    const schemas = dirname(dirname(source.file));
    copyFileSync(join(schemas, SCHEMA_NAME), join(folder, SCHEMA_NAME));
    writeFirstConfig(folder, schemas);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GcidemError("output", `cannot write ${file}: ${reason}`, { cause: error });
  }
  const shown = printable(file);
  process.stdout.write(`wrote ${shown}\nrun it:  gcidem replay ${shown}\n`);
}
