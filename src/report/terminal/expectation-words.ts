import type { CheckResult } from "../../check/check.js";
import { formatPosition } from "../../core/errors.js";
import type { Marks } from "./look.js";
import { cutEnd } from "./shorten.js";

/** Of a longer value the JSON report has the rest. */
const LONGEST_VALUE = 300;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A word of the scenario stands as it is, a JSON string in quotes. */
function scalarWords(value: unknown, quoted: boolean): string {
  if (value === null || value === undefined) return "nothing";
  return typeof value === "string" && !quoted ? value : (JSON.stringify(value) ?? "nothing");
}

const WORDS = new Set(["present", "absent", "no JSON body"]);

/** A JSON null is a value; that there is none is said with "absent". */
function jsonWords(value: unknown): string {
  if (value === null) return "null";
  return scalarWords(value, !(typeof value === "string" && WORDS.has(value)));
}

function valueWords(what: string, value: unknown): string {
  if (what.startsWith("json ")) return jsonWords(value);
  if (what === "executed") return value === true ? "an effect" : value === false ? "no effect" : "neither";
  if (Array.isArray(value)) {
    return value.map((each) => scalarWords(each, false)).join(what === "attempts" ? ", " : " or ");
  }
  if (!isRecord(value)) return scalarWords(value, false);
  if ("not" in value) return `not ${valueWords(what, value.not)}`;
  return Object.entries(value)
    .map(([name, count]) => `${name}: ${scalarWords(count, false)}`)
    .join(", ");
}

/** Notes name exchanges by their ids; the table numbers them. Pure. */
export function numbered(note: string): string {
  return note.replace(/(?<!\bids? )\be(\d+)\b/g, "#$1");
}

/** How many writers of a race got which status from one of its steps. */
const RACE_STATUSES = "statuses ";

function subjectWords(what: string): string {
  if (what === "replayOf" || what === "executed") return "";
  return what.startsWith(RACE_STATUSES) ? `statuses of \`${what.slice(RACE_STATUSES.length)}\` ` : `${what} `;
}

function shownValue({ what }: CheckResult, value: unknown, marks: Marks): string {
  return cutEnd(valueWords(what, value), LONGEST_VALUE, marks);
}

function noteWords({ note }: CheckResult): string {
  return note === null || note === "" ? "" : `: ${numbered(note)}`;
}

/** What a result was measured by: `expected status 409 (file:21:15)`. Pure. */
export function wantedWords(result: CheckResult, marks: Marks): string {
  const { what, expected, ok } = result;
  const at = formatPosition(result.at);
  if (ok === null && expected === null) return `${what} (${at}) could not be decided`;
  return `expected ${subjectWords(what)}${shownValue(result, expected, marks)} (${at})`;
}

/** What came instead, or as wanted: `200`; why it is open, where it is. Pure. */
export function gotWords(result: CheckResult, marks: Marks): string {
  const { actual, ok, expected } = result;
  if (ok === null && expected === null) return noteWords(result);
  if (ok === null) return `, undecided${noteWords(result)}`;
  return `, got ${shownValue(result, actual, marks)}${ok ? "" : noteWords(result)}`;
}
