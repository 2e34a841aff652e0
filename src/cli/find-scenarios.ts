import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { GcidemError } from "../core/errors.js";
import { didYouMeanHint } from "../document/did-you-mean.js";

const BUILTIN = "builtin:";
/** Where a bare name is looked for first: what somebody who types one means. */
const BASICS = "basics/";
const SCENARIO_FILE = /\.ya?ml$/;
/** Files beside scenarios that are none. */
const OTHER_FILE = /(?:^gcidem\.config|\.policy)\.ya?ml$/;

/** A scenario that ships with gcidem. */
export interface BuiltinScenario {
  /** `basics/repeated-key` */
  readonly name: string;
  readonly file: string;
}

/** A file to read, and what it is called in reports and messages. */
export interface ScenarioSource {
  readonly file: string;
  readonly label: string;
}

/** The package's own `scenarios` folder, wherever the bundler put this code. */
function shippedFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json")) && existsSync(join(folder, "scenarios")))
      return join(folder, "scenarios");
    if (dirname(folder) === folder) throw new Error("the package's scenarios folder is missing");
  }
}

/** Without the extension, so that `x.yaml` comes before its variant `x.documented.yaml`. */
function sortName(file: string): string {
  return file.replace(SCENARIO_FILE, "");
}

function scenariosIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (sortName(a.name) < sortName(b.name) ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory())
        return entry.name.startsWith(".") || entry.name === "node_modules" ? [] : scenariosIn(path);
      // A pipe or a device among them would be waited for without end.
      const readable = entry.isFile() || entry.isSymbolicLink();
      return readable && SCENARIO_FILE.test(entry.name) && !OTHER_FILE.test(entry.name) ? [path] : [];
    });
}

/** All shipped scenarios, by name. */
export function builtinScenarios(): readonly BuiltinScenario[] {
  const folder = shippedFolder();
  return scenariosIn(folder).map((file) => ({
    name: relative(folder, file).replaceAll("\\", "/").replace(SCENARIO_FILE, ""),
    file,
  }));
}

/** The file of `builtin:basics/repeated-key`, or of `builtin:repeated-key`: the basic one, else the only one of its name. */
function builtin(wanted: string): BuiltinScenario {
  const all = builtinScenarios();
  const exact = [wanted, `${BASICS}${wanted}`].flatMap(
    (each) => all.find(({ name }) => name === each) ?? [],
  )[0];
  if (exact !== undefined) return exact;
  const [found, ...more] = all.filter(({ name }) => name.endsWith(`/${wanted}`));
  if (found !== undefined && more.length === 0) return found;
  if (found !== undefined) {
    const names = [found, ...more].map(({ name }) => `${BUILTIN}${name}`).join(", ");
    throw new GcidemError("usage", `several shipped scenarios are called "${wanted}"`, {
      hint: `say which one: ${names}`,
    });
  }
  throw new GcidemError("usage", `there is no shipped scenario "${wanted}"`, {
    hint:
      didYouMeanHint(
        wanted,
        all.map(({ name }) => name),
      ).hint ?? "gcidem init --list shows them all",
  });
}

function expand(source: string): readonly ScenarioSource[] {
  if (source.startsWith(BUILTIN)) {
    const { name, file } = builtin(source.slice(BUILTIN.length));
    return [{ file, label: `${BUILTIN}${name}` }];
  }
  if (!existsSync(source)) {
    throw new GcidemError("invalid-file", `${source}: there is no such file or folder; nothing was sent`, {
      hint: "gcidem init --list shows the shipped scenarios, which run as builtin:NAME",
    });
  }
  if (!statSync(source).isDirectory()) return [{ file: source, label: source }];
  const files = scenariosIn(source);
  if (files.length === 0) {
    throw new GcidemError(
      "invalid-file",
      `${source}: there is no scenario (*.yaml) in this folder; nothing was sent`,
      {
        hint: "gcidem init makes a first one",
      },
    );
  }
  return files.map((file) => ({ file, label: file }));
}

/**
 * The files that the arguments of `replay` and `validate` mean, in order; `-` stays as it is.
 * @throws GcidemError `invalid-file` for a missing file or a folder without scenarios, `usage` for an unknown builtin.
 */
export function findScenarios(sources: readonly string[]): readonly ScenarioSource[] {
  return sources.flatMap((source) => (source === "-" ? [{ file: "-", label: "<stdin>" }] : expand(source)));
}
