import type { CheckResult } from "../../check/check.js";
import { formatPosition } from "../../core/errors.js";

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A word of the scenario stands as it is, a JSON string in quotes. */
function scalarWords(value: unknown, quoted: boolean): string {
  if (value === null || value === undefined) return "nothing";
  return typeof value === "string" && !quoted ? value : (JSON.stringify(value) ?? "nothing");
}

const WORDS = new Set(["present", "absent", "no JSON body"]);

function valueWords(what: string, value: unknown): string {
  if (what.startsWith("json ")) return WORDS.has(String(value)) ? String(value) : scalarWords(value, true);
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

/** Notes name exchanges by their ids; the table numbers them. */
function numbered(note: string): string {
  return note.replace(/(?<!\bids? )\be(\d+)\b/g, "#$1");
}

/** A result as a sentence: `expected status 409 (file:21:15), got 200`. Pure. */
export function expectationWords(result: CheckResult): string {
  const { what, expected, actual, note, ok } = result;
  const at = formatPosition(result.at);
  const subject = what === "replayOf" || what === "executed" ? "" : `${what} `;
  const because = note === null || note === "" ? "" : `: ${numbered(note)}`;
  if (ok === null && expected === null) return `${what} (${at}) could not be decided${because}`;
  const wanted = `expected ${subject}${valueWords(what, expected)} (${at})`;
  if (ok === null) return `${wanted}, undecided${because}`;
  return `${wanted}, got ${valueWords(what, actual)}${ok ? "" : because}`;
}
