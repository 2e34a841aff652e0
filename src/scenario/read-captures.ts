import { type Field, member, members, placeOf, problem, textIn } from "../document/field.js";
import { checkJsonPath } from "./check-json-path.js";
import { type Reading, report } from "./reading.js";
import type { Capture } from "./scenario.js";
import { HEADER_NAME } from "./shape-words.js";

/** Notes a JSONPath that RFC 9535 refuses; `part` says whether it stands in a value or in a name. */
export function checkPathIn(
  reading: Reading,
  field: Field,
  path: string,
  part: "key" | "value" = "value",
): void {
  const refused = checkJsonPath(path);
  if (refused !== null) reading.problems.push(problem(placeOf(field, part), refused.message, refused.hint));
}

/** Notes a regular expression that JavaScript refuses in its Unicode mode. */
export function checkRegex(reading: Reading, field: Field, source: string): void {
  try {
    new RegExp(source, "u");
  } catch (error) {
    const reason = (error as Error).message.replace(/^Invalid regular expression: /, "");
    report(reading, field, `found a regular expression that is none: ${reason}`);
  }
}

function readSource(reading: Reading, field: Field, text: string): Capture["from"] | null {
  if (text === "status" || text === "correlationId") return { kind: text };
  const header = /^header +(\S+)$/.exec(text)?.[1];
  if (header !== undefined) {
    if (!HEADER_NAME.test(header))
      report(reading, field, `found the header name \`${header}\`, expected letters, digits and hyphens`);
    return { kind: "header", name: header };
  }
  if (!text.startsWith("$")) return null;
  checkPathIn(reading, field, text);
  return { kind: "json", path: text };
}

function readCapture(reading: Reading, name: string, field: Field): readonly Capture[] {
  const source = member(field, "from") ?? field;
  const text = textIn(source);
  const from = text === null ? null : readSource(reading, source, text);
  const regexField = member(field, "regex");
  const regex = textIn(regexField);
  if (regexField !== null && regex !== null) checkRegex(reading, regexField, regex);
  return from === null ? [] : [{ name, from, regex, at: placeOf(field) }];
}

/** `capture`: the values that a step keeps from its answer. */
export function readCaptures(reading: Reading, field: Field | null): readonly Capture[] {
  return members(field).flatMap(([name, value]) => readCapture(reading, name, value));
}
