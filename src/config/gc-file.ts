import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { readToml, type TomlTable } from "../document/read-toml.js";
import type { Places } from "./find-config.js";

/** A profile of the gc command line tool: settings by lower-case name, as text. */
export interface GcProfile {
  readonly name: string;
  /** `~/.gc/config.toml [prod]` */
  readonly source: string;
  readonly settings: ReadonlyMap<string, string>;
}

/** What gc itself takes where no profile is named. */
export const GC_DEFAULT = "DEFAULT";

function isTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** `{ login: x, api: y }` stands there as text, or as a table where somebody wrote it by hand. */
function textOf(value: unknown): string {
  if (!isTable(value)) return String(value).trim();
  return Object.entries(value)
    .map(([name, each]) => `${name}: ${String(each)}`)
    .join(", ");
}

function settingsOf(table: TomlTable): ReadonlyMap<string, string> {
  // gc's library knows names in lower case alone, however they are written.
  return new Map(Object.entries(table).map(([name, value]) => [name.toLowerCase(), textOf(value)]));
}

/**
 * The profiles of `~/.gc/config.toml`; none where there is no such file. Settings above the first section count as those of
 * DEFAULT where there is no such section.
 * @throws GcidemError `invalid-file`
 */
export function readGcProfiles(
  places: Pick<Places, "home"> & { readonly readText: (file: string) => string },
): readonly GcProfile[] {
  const file = join(places.home, ".gc", "config.toml");
  if (!isAbsolute(places.home) || !existsSync(file)) return [];
  const label = "~/.gc/config.toml";
  const table = readToml(places.readText(file), label);
  const profileOf = (name: string, settings: TomlTable): GcProfile => ({
    name,
    source: `${label} [${name}]`,
    settings: settingsOf(settings),
  });
  const sections = Object.entries(table).flatMap(([name, value]) =>
    isTable(value) ? [profileOf(name, value)] : [],
  );
  const loose = Object.fromEntries(Object.entries(table).filter(([, value]) => !isTable(value)));
  const hasDefault = sections.some(({ name }) => name.toUpperCase() === GC_DEFAULT);
  return hasDefault || Object.keys(loose).length === 0
    ? sections
    : [profileOf(GC_DEFAULT, loose), ...sections];
}

/** A profile by its name in any case; the spelling as it stands outranks another. Pure. */
export function findGcProfile(profiles: readonly GcProfile[], name: string): GcProfile | null {
  const wanted = name === "" ? GC_DEFAULT : name;
  return (
    profiles.find((each) => each.name === wanted) ??
    profiles.findLast((each) => each.name.toLowerCase() === wanted.toLowerCase()) ??
    null
  );
}
