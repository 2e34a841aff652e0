import { quoted } from "../document/describe-value.js";
import { type Field, member, members, placeOf, problem, textIn } from "../document/field.js";
import { checkHeaderValue, readHeaders, withDefaults } from "./read-headers.js";
import { readJson } from "./read-json.js";
import { checkInsideFolder, readRequestLine } from "./read-path.js";
import { type Reading, readTemplate } from "./reading.js";
import type { BodyTemplate, KeyTemplate, RequestTemplate, Template } from "./scenario.js";

const BODY_FIELDS = ["json", "text", "form", "bytesFrom"] as const;

/** Default headers, laid under each request's own. */
export type DefaultHeaders = readonly (readonly [string, Template])[];

/** A header's value from a field of its own, such as `ifMatch`. */
export function readHeaderText(reading: Reading, field: Field | null): Template | null {
  const template = readTemplate(reading, field);
  if (field !== null && template !== null) checkHeaderValue(reading, field, template);
  return template;
}

/** `idempotencyKey` in both of its forms; null where there is none. */
export function readKey(reading: Reading, field: Field | null): KeyTemplate | null {
  const long = member(field, "value");
  const value = readHeaderText(reading, long ?? field);
  if (value === null) return null;
  const said = textIn(member(field, "syntax"));
  const syntax = said === "quoted" || said === "bare" ? said : null;
  return { value, syntax, header: textIn(member(field, "header")) };
}

function readForm(reading: Reading, field: Field): BodyTemplate {
  const fields = members(field).flatMap(([name, value]) => {
    const template = readTemplate(reading, value);
    return template === null ? [] : [[name, template] as const];
  });
  return { kind: "form", fields };
}

function readFileBody(reading: Reading, field: Field): BodyTemplate | null {
  const path = textIn(field);
  if (path === null) return null;
  checkInsideFolder(reading, field);
  return { kind: "file", path, at: placeOf(field) };
}

function readBody(reading: Reading, step: Field): BodyTemplate | null {
  const given = BODY_FIELDS.flatMap((name) => member(step, name) ?? []);
  const [first, second] = given;
  if (first === undefined) return null;
  if (second !== undefined) {
    const names = given.map(({ path }) => quoted(String(path.at(-1)))).join(" and ");
    const message = `found ${names} together, expected one body`;
    reading.problems.push(problem(placeOf(second, "key"), message));
  }
  switch (first.path.at(-1)) {
    case "json":
      return { kind: "json", json: readJson(reading, first) };
    case "text": {
      const text = readTemplate(reading, first);
      return text === null ? null : { kind: "text", text };
    }
    case "form":
      return readForm(reading, first);
    default:
      return readFileBody(reading, first);
  }
}

/** The request of a step or of `effects`; null where its `request` line cannot be read. */
export function readRequest(reading: Reading, step: Field, defaults: DefaultHeaders): RequestTemplate | null {
  const line = readRequestLine(reading, member(step, "request"));
  const headers = withDefaults(defaults, readHeaders(reading, member(step, "headers")));
  const idempotencyKey = readKey(reading, member(step, "idempotencyKey"));
  const ifMatch = readHeaderText(reading, member(step, "ifMatch"));
  const body = readBody(reading, step);
  return line === null ? null : { ...line, headers, idempotencyKey, ifMatch, body };
}
