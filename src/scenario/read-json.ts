import { quoted } from "../document/describe-value.js";
import { type Field, items, members, placeOf, problem } from "../document/field.js";
import { UNREADABLE } from "../document/repair-line.js";
import { type Reading, readTemplate, templateOf } from "./reading.js";
import type { JsonTemplate } from "./scenario.js";

const UNCHANGED =
  "write the body with `text:`, which is sent as it stands, or quote the number to send a text";

function readNumber(reading: Reading, field: Field): JsonTemplate {
  const json = JSON.stringify(field.value);
  const source = field.doc.plainTextAt(field.path) ?? json;
  if (json !== source) {
    const message = `found the number ${quoted(source)}, which JSON would carry as ${json}, expected one that stays as it is written`;
    reading.problems.push(problem(placeOf(field), message, UNCHANGED));
  }
  return { kind: "literal", json };
}

function readScalar(reading: Reading, field: Field): JsonTemplate {
  if (field.value === UNREADABLE) return { kind: "literal", json: "null" };
  if (typeof field.value === "number") return readNumber(reading, field);
  if (field.value === null && field.doc.plainTextAt(field.path) === "") {
    reading.problems.push(
      problem(placeOf(field), "found nothing, expected a JSON value", "write null or {}"),
    );
  }
  return { kind: "literal", json: JSON.stringify(field.value ?? null) };
}

/** A value of a file as the JSON that will be sent: templates to fill in, members in the order of the file. */
export function readJson(reading: Reading, field: Field): JsonTemplate {
  const { value } = field;
  if (Array.isArray(value))
    return { kind: "array", items: items(field).map((item) => readJson(reading, item)) };
  if (typeof value === "object" && value !== null) {
    const read = members(field).map(
      ([name, each]) =>
        [{ ...templateOf(reading, each, name), at: placeOf(each, "key") }, readJson(reading, each)] as const,
    );
    return { kind: "object", members: read };
  }
  const template = typeof value === "string" ? readTemplate(reading, field) : null;
  return template === null ? readScalar(reading, field) : { kind: "string", template };
}
