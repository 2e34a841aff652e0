import { quoted } from "../document/describe-value.js";
import { type Field, members, placeOf, problem } from "../document/field.js";
import { type Reading, readTemplate, report } from "./reading.js";
import type { Template } from "./scenario.js";
import { HEADER_NAME } from "./shape-words.js";

/** Headers that carry credentials. In a file they would end up in version control. */
const CREDENTIAL_HEADERS: readonly string[] = ["authorization", "cookie", "proxy-authorization"];

/** What a header value cannot carry: CR, LF and NUL would start another header, the rest does not travel. */
const NOT_IN_HEADERS = /[^\t\x20-\x7e\x80-\xff]/;

function describeCharacter(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const name = { "\r": "CR", "\n": "LF", "\0": "NUL" }[character];
  return name === undefined ? `U+${code}` : `${name} (U+${code})`;
}

/** Notes a character in a header's literal text that a header cannot carry. */
export function checkHeaderValue(reading: Reading, field: Field, template: Template): void {
  for (const part of template.parts) {
    const bad = typeof part === "string" ? NOT_IN_HEADERS.exec(part)?.[0] : undefined;
    if (bad === undefined) continue;
    report(
      reading,
      field,
      `found ${describeCharacter(bad)} in a header's value, expected printable text on one line`,
    );
    return;
  }
}

/** A credential that comes from the environment or from an earlier answer does not stand in the file. */
function isLiteral(template: Template): boolean {
  return !template.parts.some(
    (part) => typeof part !== "string" && (part.kind === "env" || part.kind === "capture"),
  );
}

function checkCredential(reading: Reading, name: string, field: Field, template: Template): void {
  if (!CREDENTIAL_HEADERS.includes(name.toLowerCase()) || !isLiteral(template)) return;
  const message = `found a literal credential in the header ${quoted(name)}, expected none in a file`;
  const hint = "leave it to the target's own login, or take it from $(env.NAME)";
  reading.problems.push(problem(placeOf(field, "key"), message, hint));
}

function readHeader(reading: Reading, name: string, field: Field): readonly [string, Template] | null {
  const template = readTemplate(reading, field);
  if (template === null || !HEADER_NAME.test(name)) return null;
  checkCredential(reading, name, field, template);
  checkHeaderValue(reading, field, template);
  return [name, template];
}

/** A map of headers in the order of the file. */
export function readHeaders(reading: Reading, field: Field | null): readonly (readonly [string, Template])[] {
  return members(field)
    .map(([name, value]) => readHeader(reading, name, value))
    .filter((each) => each !== null);
}

/** A map of headers to set, where null removes one. */
export function readHeaderChanges(
  reading: Reading,
  field: Field | null,
): readonly (readonly [string, Template | null])[] {
  return members(field)
    .map(([name, value]) =>
      value.value === null ? ([name, null] as const) : readHeader(reading, name, value),
    )
    .filter((each) => each !== null);
}

/** A scenario's default headers with a request's own: the same name replaces, whatever its case. Pure. */
export function withDefaults(
  defaults: readonly (readonly [string, Template])[],
  own: readonly (readonly [string, Template])[],
): readonly (readonly [string, Template])[] {
  const names = new Set(own.map(([name]) => name.toLowerCase()));
  return [...defaults.filter(([name]) => !names.has(name.toLowerCase())), ...own];
}
