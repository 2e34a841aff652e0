import { type JsonNode, writeJson } from "../core/json.js";
import type { Respelling } from "./compare.js";
import { decimalValue } from "./json-number.js";

interface Spelling {
  readonly spaces: readonly string[];
  readonly strings: readonly string[];
}

const SPACE_OR_QUOTE = /[\t\n\r ]+|"/g;
const QUOTE_OR_ESCAPE = /["\\]/g;

/** The offset after a string that starts at `start`. A loop of searches: one pattern would overflow on 10 MB. */
function endOfString(text: string, start: number): number {
  QUOTE_OR_ESCAPE.lastIndex = start + 1;
  for (let found = QUOTE_OR_ESCAPE.exec(text); found !== null; found = QUOTE_OR_ESCAPE.exec(text)) {
    if (found[0] === '"') return found.index + 1;
    QUOTE_OR_ESCAPE.lastIndex = found.index + 2;
  }
  return text.length;
}

function spellingOf(text: string): Spelling {
  const spaces: string[] = [];
  const strings: string[] = [];
  SPACE_OR_QUOTE.lastIndex = 0;
  for (let found = SPACE_OR_QUOTE.exec(text); found !== null; found = SPACE_OR_QUOTE.exec(text)) {
    if (found[0] !== '"') {
      spaces.push(found[0]);
      continue;
    }
    const end = endOfString(text, found.index);
    strings.push(text.slice(found.index, end));
    SPACE_OR_QUOTE.lastIndex = end;
  }
  return { spaces: spaces.sort(), strings: strings.sort() };
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}

/** A JSON body: its text and what it says. */
export interface JsonBody {
  readonly text: string;
  readonly node: JsonNode;
}

/** How two texts of one JSON value differ. Empty where they are the same text. Pure. */
export function respellings(base: JsonBody, other: JsonBody): readonly Respelling[] {
  const [before, after] = [spellingOf(base.text), spellingOf(other.text)];
  const ordered = (node: JsonNode): string => writeJson(node, { number: decimalValue });
  const numbers = (node: JsonNode): string => writeJson(node, { members: "sorted" });
  const found: Respelling[] = [];
  if (!sameList(before.spaces, after.spaces)) found.push("whitespace");
  if (ordered(base.node) !== ordered(other.node)) found.push("key-order");
  if (numbers(base.node) !== numbers(other.node)) found.push("number-format");
  if (!sameList(before.strings, after.strings)) found.push("unicode-escapes");
  // The same pieces in other places: white space alone can move without becoming more or less.
  return found.length > 0 || base.text === other.text ? found : ["whitespace"];
}
