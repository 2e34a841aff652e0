/**
 * What a server sends is hostile until shown otherwise: C0 and C1 controls drive terminals, bidirectional controls
 * reorder what people read, line separators break rows. All of Unicode's Cc, the bidi controls of UAX #9, LS, PS, BOM.
 */
const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/g;

function escapeCharacter(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  if (character === "\t") return "\\t";
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
}

/** Text that can be printed on one line of a terminal: every control is shown as its escape. Pure. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escapeCharacter);
}

/** As above without what JSON itself escapes; each of these can stand in a JSON text within strings only. */
const UNPRINTABLE_IN_JSON = /[\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/g;

/** One quick look spares most texts the search for each of them. */
const BEYOND_ASCII = /[\u007f-\uffff]/;

/** The same JSON in a text that can be looked at with `cat`: what {@link printable} escapes is `\uXXXX`. Pure. */
export function printableJson(json: string): string {
  return BEYOND_ASCII.test(json) ? json.replace(UNPRINTABLE_IN_JSON, escapeCharacter) : json;
}
