/**
 * What a server sends is hostile until shown otherwise: C0 and C1 controls drive terminals, bidirectional controls
 * reorder what people read, line separators break rows, and what is invisible hides text from people and shows it to
 * programs. All of Unicode's Cc, the bidi controls of UAX #9, LS, PS, BOM, soft hyphen, invisible operators, deprecated
 * and interlinear format characters, and tags (U+E0000 to U+E007F); not the joiners that scripts and emoji are made with.
 */
const FORMAT =
  "\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb";
const TAG = "\\udb40[\\udc00-\\udc7f]";

const UNPRINTABLE = new RegExp(`[\\u0000-\\u001f${FORMAT}]|${TAG}`, "g");

function unitEscape(text: string, at: number): string {
  return `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`;
}

function escapeCharacter(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  if (character === "\t") return "\\t";
  return character.length === 1
    ? unitEscape(character, 0)
    : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** Text that can be printed on one line of a terminal: every control is shown as its escape. Pure. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escapeCharacter);
}

/** As above without what JSON itself escapes; each of these can stand in a JSON text within strings only. */
const UNPRINTABLE_IN_JSON = new RegExp(`[${FORMAT}]|${TAG}`, "g");

/** JSON has no escape but by units of UTF-16 (RFC 8259, section 7). */
function escapeInJson(character: string): string {
  return [...character.split("").keys()].map((at) => unitEscape(character, at)).join("");
}

/** One quick look spares most texts the search for each of them. */
const BEYOND_ASCII = /[\u007f-\uffff]/;

/** The same JSON in a text that can be looked at with `cat`: what {@link printable} escapes is `\uXXXX`. Pure. */
export function printableJson(json: string): string {
  return BEYOND_ASCII.test(json) ? json.replace(UNPRINTABLE_IN_JSON, escapeInJson) : json;
}
