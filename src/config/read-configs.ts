import { GcidemError, type Problem } from "../core/errors.js";
import type { SourceDocument } from "../document/document.js";
import { type Field, fieldAt, items, member, textIn } from "../document/field.js";
import { requireValue } from "../document/read-document.js";
import type { SubjectRule } from "../subject/subject.js";
import { checkConfig } from "./check-config.js";
import type { RedactionRules } from "./config.js";
import { type ConfigSource, findConfigs, type Places } from "./find-config.js";

/** A config file that was read and found good. */
export interface ReadConfig extends ConfigSource {
  readonly doc: SourceDocument;
}

/** What config files say whatever the target is. */
export interface CommonRules {
  readonly subjectRules: readonly SubjectRule[];
  readonly redaction: RedactionRules;
  readonly allowedEnv: readonly string[];
  readonly warnings: readonly string[];
}

/** Where files are looked for, and how they are read. */
export interface ConfigReading extends Places {
  /** Reads a text file. @throws GcidemError `invalid-file` */
  readonly readText: (file: string) => string;
}

/** All config files that count, the one that outranks the others first. @throws GcidemError `usage`, or `invalid-file` with the problems of all of them */
export function readConfigs(places: ConfigReading): readonly ReadConfig[] {
  const read: ReadConfig[] = [];
  const failed: GcidemError[] = [];
  for (const source of findConfigs(places)) {
    try {
      const checked = checkConfig(places.readText(source.file), source.label);
      read.push({ ...source, doc: requireValue(checked, source.label) });
    } catch (error) {
      if (!(error instanceof GcidemError)) throw error;
      failed.push(error);
    }
  }
  const [first, second] = failed;
  if (first === undefined) return read;
  if (second === undefined) throw first;
  const problems: readonly Problem[] = failed.flatMap((error) => error.problems);
  throw new GcidemError("invalid-file", failed.map(({ message }) => message).join("\n"), { problems });
}

/** The rules of a list, with the path that a base URL puts before each. Pure. */
export function subjectRulesIn(field: Field | null, prefix: string): readonly SubjectRule[] {
  return items(field).map((rule) => ({
    path: `${prefix}${textIn(member(rule, "path")) ?? ""}`,
    resource: textIn(member(rule, "resource")) ?? "",
    version: textIn(member(rule, "version")),
  }));
}

/** The texts of a list. Pure. */
export function textsIn(field: Field | null): readonly string[] {
  return items(field).flatMap((each) => textIn(each) ?? []);
}

/** Everything that any of the fields hides. Pure. */
export function redactionIn(fields: readonly (Field | null)[]): RedactionRules {
  const all = (name: string): readonly string[] => [
    ...new Set(fields.flatMap((field) => textsIn(member(field, name)))),
  ];
  return { headers: all("headers").map((name) => name.toLowerCase()), members: all("members") };
}

/** What stands outside of profiles. Pure. */
export function commonRules(configs: readonly ReadConfig[]): CommonRules {
  const roots = configs.map(({ doc }) => fieldAt(doc));
  const own = configs.filter(({ trust }) => trust === "own");
  const unheeded = configs.filter(
    ({ trust, doc }) => trust !== "own" && textsIn(member(fieldAt(doc), "allowedEnv")).length > 0,
  );
  return {
    subjectRules: roots.flatMap((root) => subjectRulesIn(member(root, "subject"), "")),
    redaction: redactionIn(roots.map((root) => member(root, "redaction"))),
    allowedEnv: own.flatMap(({ doc }) => textsIn(member(fieldAt(doc), "allowedEnv"))),
    warnings: unheeded.map(
      ({ label }) =>
        `${label}: allowedEnv is not heeded here: it counts in your own config alone; --allow-env NAME allows one`,
    ),
  };
}
