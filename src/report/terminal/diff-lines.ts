import type { BodyChange, HeaderDiff, MessageDiff } from "../../compare/compare.js";
import { decimalValue } from "../../compare/json-number.js";
import { type JsonNode, writeJson } from "../../core/json.js";
import { counted, moreInJson } from "./block.js";
import { displayWidth, headOf } from "./display-width.js";
import type { Look } from "./look.js";
import { GLUE, type Span } from "./wrap-text.js";

/** One line of a comparison, to be wrapped. */
export type DiffLine = readonly Span[];

const MOST_CHANGES = 12;
const LONGEST_VALUE = 240;

/** A value that is worth showing whole is shown whole; of a longer one the beginning and its length. */
function valueText(text: string, look: Look): string {
  const safe = look.text(text);
  if (displayWidth(safe) <= LONGEST_VALUE) return safe;
  return `${headOf(safe, LONGEST_VALUE)}${look.marks.ellipsis} (${counted([...text].length, "character")})`;
}

function nodeText(node: JsonNode | undefined, look: Look): string | null {
  return node === undefined ? null : valueText(writeJson(node), look);
}

/** `from -> to`, what was there in red and what is there now in green; "absent" is a word and no value. */
export function arrow(from: string | null, to: string | null, look: Look): readonly Span[] {
  const { dim, red, green } = look.paint;
  return [
    from === null ? { text: "absent", paint: dim } : { text: from, paint: red },
    { text: ` ->${GLUE}` },
    to === null ? { text: "absent", paint: dim } : { text: to, paint: green },
  ];
}

/** Two numbers that JSON.parse makes one double of: a JavaScript program cannot tell them apart. */
function sameDouble({ from, value }: BodyChange): boolean {
  if (from?.kind !== "number" || value?.kind !== "number") return false;
  return Number(from.text) === Number(value.text) && decimalValue(from.text) !== decimalValue(value.text);
}

function changeLine(change: BodyChange, look: Look): DiffLine {
  const path = change.path === "" ? "body" : `body${GLUE}${look.text(change.path)}`;
  const note = sameDouble(change) ? [{ text: "  (one number to JSON.parse)", paint: look.paint.dim }] : [];
  return [
    { text: `${path}  ` },
    ...arrow(nodeText(change.from, look), nodeText(change.value, look), look),
    ...note,
  ];
}

function headerLine({ name, base, other }: HeaderDiff, look: Look): DiffLine {
  const value = (text: string | null): string | null => (text === null ? null : valueText(text, look));
  return [{ text: `header${GLUE}${look.text(name)}  ` }, ...arrow(value(base), value(other), look)];
}

/** Header lines of a comparison. */
export function headerLines(diff: MessageDiff, look: Look): readonly DiffLine[] {
  const shown = diff.headers.slice(0, MOST_CHANGES).map((header) => headerLine(header, look));
  const more = diff.headers.length - shown.length;
  return more > 0 ? [...shown, [moreInJson(look, more, "more change")]] : shown;
}

/** Lines about the bodies of a comparison; none where they are the same. */
export function bodyLines(diff: MessageDiff, look: Look): readonly DiffLine[] {
  const shown = diff.body.slice(0, MOST_CHANGES).map((change) => changeLine(change, look));
  const more = diff.body.length + diff.omitted - shown.length;
  return more > 0 ? [...shown, [moreInJson(look, more, "more change")]] : shown;
}
