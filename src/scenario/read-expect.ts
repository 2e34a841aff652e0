import type { Cause } from "../core/causes.js";
import { quoted } from "../document/describe-value.js";
import { didYouMeanHint } from "../document/did-you-mean.js";
import { type Field, items, member, members, placeOf, plainTextIn, textIn } from "../document/field.js";
import { checkPathIn, checkRegex } from "./read-captures.js";
import { readJson } from "./read-json.js";
import { type Reading, report, templateOf } from "./reading.js";
import type { Expectation, JsonTemplate, StatusPattern, ValueMatcher } from "./scenario.js";

function statusPattern(value: unknown): readonly StatusPattern[] {
  if (typeof value === "number") return [value];
  return typeof value === "string" && /^[1-5]xx$/.test(value) ? [value as StatusPattern] : [];
}

/** One status pattern or a list of them. */
function readStatuses(field: Field | null): readonly StatusPattern[] {
  if (Array.isArray(field?.value)) return items(field).flatMap(({ value }) => statusPattern(value));
  return statusPattern(field?.value);
}

/** Statuses, classes, and `network` for no answer. */
export function readReasons(field: Field | null): readonly (StatusPattern | "network")[] {
  return items(field).flatMap((each): readonly (StatusPattern | "network")[] =>
    each.value === "network" ? ["network"] : readStatuses(each),
  );
}

function readStatus(field: Field): readonly Expectation[] {
  const not = member(field, "not");
  const any = readStatuses(not ?? field);
  return any.length === 0 ? [] : [{ at: placeOf(not ?? field), what: "status", any, negated: not !== null }];
}

function readNot(field: Field): readonly Expectation[] {
  const any = readStatuses(field);
  return any.length === 0 ? [] : [{ at: placeOf(field), what: "status", any, negated: true }];
}

function readMatcher(
  reading: Reading,
  field: Field,
  equals: (text: string | null) => JsonTemplate,
): ValueMatcher {
  const text = plainTextIn(field);
  if (text === "present" || text === "absent") return { kind: text };
  const source = text === null ? undefined : /^\/(.+)\/$/s.exec(text)?.[1];
  if (source === undefined) return { kind: "equals", value: equals(text) };
  checkRegex(reading, field, source);
  return { kind: "regex", source };
}

function readHeaderExpectations(reading: Reading, field: Field): readonly Expectation[] {
  return members(field).flatMap(([name, value]): readonly Expectation[] => {
    if (plainTextIn(value) === null) return [];
    const matcher = readMatcher(reading, value, (text) => {
      return { kind: "string", template: templateOf(reading, value, text ?? "") };
    });
    return [{ at: placeOf(value), what: "header", name, matcher }];
  });
}

function readJsonExpectations(reading: Reading, field: Field): readonly Expectation[] {
  return members(field).map(([path, value]) => {
    if (path.startsWith("$")) checkPathIn(reading, value, path, "key");
    const matcher = readMatcher(reading, value, () => readJson(reading, value));
    return { at: placeOf(value), what: "json", path, matcher } as const;
  });
}

/** How many answers had each status. */
export function readCounts(field: Field): readonly (Expectation & { readonly what: "statuses" })[] {
  const counts = members(field).flatMap(([name, value]) => {
    const status = statusPattern(/^\d+$/.test(name) ? Number(name) : name)[0];
    const count = plainTextIn(value);
    return status === undefined || count === null ? [] : [[status, count] as const];
  });
  return [{ at: placeOf(field), what: "statuses", counts }];
}

const PHASES = ["connect", "send", "response", "timeout", "aborted", "refused"];

function readError(reading: Reading, field: Field): readonly Expectation[] {
  const error = textIn(field);
  if (error === null) return [];
  if (error !== "any" && !PHASES.includes(error) && !/^[A-Z][A-Z0-9_]*$/.test(error)) {
    const hint = didYouMeanHint(error, ["any", ...PHASES]).hint ?? null;
    report(
      reading,
      field,
      `found the text ${quoted(error)}, expected any, ${PHASES.join(", ")} or a code such as ECONNRESET`,
      hint,
    );
  }
  return [{ at: placeOf(field), what: "error", error }];
}

function readCause(field: Field): readonly Expectation[] {
  const cause = textIn(member(field, "id") ?? field);
  if (cause === null) return [];
  const certainty = textIn(member(field, "certainty")) as "certain" | "likely" | "possible" | null;
  return [{ at: placeOf(field), what: "cause", cause: cause as Cause, certainty }];
}

function readOne(reading: Reading, name: string, field: Field): readonly Expectation[] {
  const at = placeOf(field);
  switch (name) {
    case "status":
      return readStatus(field);
    case "not":
      return readNot(field);
    case "headers":
      return readHeaderExpectations(reading, field);
    case "json":
      return readJsonExpectations(reading, field);
    case "replayOf":
      return textIn(field) === null ? [] : [{ at, what: "replayOf", step: String(field.value) }];
    case "attempts":
      return [{ at, what: "attempts", statuses: readReasons(field) }];
    case "statuses":
      return readCounts(field);
    case "error":
      return readError(reading, field);
    case "executed":
      return [{ at, what: "executed", executed: field.value === true }];
    case "cause":
      return readCause(field);
    default:
      return [];
  }
}

/** `expect`: what must hold of a step, each with its place, in the order of the file. */
export function readExpectations(reading: Reading, field: Field | null): readonly Expectation[] {
  return members(field).flatMap(([name, value]) => readOne(reading, name, value));
}
