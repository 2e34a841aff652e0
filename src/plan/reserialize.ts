import { type JsonNode, writeJson } from "../core/json.js";
import type { ReserializeForm } from "../scenario/scenario.js";

/** Every character outside ASCII, and the first letter of each string, as `\uXXXX`: always other bytes, never another value. */
function escapeUnicode(value: string): string {
  const escaped = [...JSON.stringify(value).slice(1, -1)];
  const unicodeEscape = (character: string): string =>
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join("");
  const first = escaped[0];
  const text = escaped.map((character, index) => {
    const plainFirst = index === 0 && first !== undefined && /[A-Za-z0-9]/.test(first);
    return plainFirst || character.length > 1 || character.charCodeAt(0) > 0x7e
      ? unicodeEscape(character)
      : character;
  });
  return `"${text.join("")}"`;
}

/** The same number in another form: 5 becomes 5.0, 1.50 becomes 1.500, 1e3 becomes 1.0e3. */
function reformNumber(text: string): string {
  const match = /^(-?\d+)(\.\d+)?([eE][+-]?\d+)?$/.exec(text);
  return match === null
    ? text
    : `${match[1]}${match[2] === undefined ? ".0" : `${match[2]}0`}${match[3] ?? ""}`;
}

/** The same JSON value in other bytes, as clients and middleware make them by accident. Pure. */
export function reserialize(node: JsonNode, form: ReserializeForm): string {
  switch (form) {
    case "whitespace":
      return writeJson(node, { comma: ", ", colon: ": " });
    case "key-order":
      return writeJson(node, { members: "reversed" });
    case "number-format":
      return writeJson(node, { number: reformNumber });
    case "unicode-escapes":
      return writeJson(node, { quote: escapeUnicode });
  }
}
