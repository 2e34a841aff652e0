import { mark } from "../written.js";
import { type Collector, createCollector, lineEnds, SMART_QUOTES, type Words } from "./words.js";

const ANSI_C: Readonly<Record<string, string>> = {
  ...{ n: "\n", r: "\r", t: "\t", a: "\x07", b: "\b", f: "\f", v: "\v", e: "\x1b", E: "\x1b" },
};
const ANSI_ESCAPE =
  /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|([\s\S]))/g;
const VARIABLE = /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*)|\(([^()\n]*)\))/y;

/** `$'...'`: escapes as in C. Browsers copy bodies with line ends and `!` in this form. */
function ansiC(text: string): string {
  return text.replace(ANSI_ESCAPE, (_all, hex, short, long, octal, other: string | undefined) => {
    const code: string | undefined = hex ?? short ?? long;
    if (code !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10ffff));
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal as string, 8));
    return ANSI_C[other ?? ""] ?? other ?? "";
  });
}

interface Cursor {
  readonly text: string;
  readonly into: Collector;
  at: number;
}

/** Index of the first character that closes a quotation; -1 where nothing does. */
function closing(text: string, from: number, quote: RegExp | string, escapes: boolean): number {
  for (let at = from; at < text.length; at++) {
    const character = text[at] ?? "";
    if (escapes && character === "\\") at += 1;
    else if (typeof quote === "string" ? character === quote : character.search(quote) === 0) return at;
  }
  return -1;
}

/** A variable at the cursor, taken over as one; false where there is none. */
function takeVariable({ text, into, at }: Cursor): number {
  VARIABLE.lastIndex = at;
  const found = VARIABLE.exec(text);
  if (found === null) return 0;
  if (/^\s*(?:uuidgen\b|cat \/proc\/sys\/kernel\/random\/uuid)/.test(found[3] ?? ""))
    into.add(mark("uuid()"));
  else into.variable(found[1] ?? found[2] ?? found[3] ?? "command");
  return found[0].length;
}

function addDoubleQuoted(cursor: Cursor, content: string): void {
  const inner: Cursor = { text: content, into: cursor.into, at: 0 };
  while (inner.at < content.length) {
    const character = content[inner.at] ?? "";
    const next = content[inner.at + 1] ?? "";
    const taken = character === "$" ? takeVariable(inner) : 0;
    if (taken > 0) inner.at += taken;
    else if (character === "\\" && '$`"\\\n'.includes(next) && next !== "") {
      if (next !== "\n") cursor.into.add(next);
      inner.at += 2;
    } else {
      cursor.into.add(character);
      inner.at += 1;
    }
  }
}

/** Takes a quotation that begins at the cursor with `opening`. */
function takeQuoted(cursor: Cursor, opening: string): void {
  const { text, into } = cursor;
  const smart = SMART_QUOTES.get(opening);
  const start = cursor.at + opening.length;
  const end = closing(text, start, smart ?? opening.slice(-1), opening === '"' || opening === "$'");
  if (end === -1) into.unclosed();
  if (smart !== undefined) into.smart();
  const content = text.slice(start, end === -1 ? text.length : end);
  into.add("");
  if (opening === '"') addDoubleQuoted(cursor, content);
  else into.add(opening === "$'" ? ansiC(content) : content);
  into.line(lineEnds(content));
  cursor.at = end === -1 ? text.length : end + 1;
}

function openingAt({ text, at }: Cursor): string | null {
  const character = text[at] ?? "";
  if (character === "$" && text[at + 1] === "'") return "$'";
  if (character === '"' || character === "'") return character;
  const before = text[at - 1] ?? " ";
  return SMART_QUOTES.has(character) && /[\s=]/.test(before) ? character : null;
}

function takePlain(cursor: Cursor): void {
  const { text, into, at } = cursor;
  const character = text[at] ?? "";
  cursor.at += 1;
  if (character === "\\") {
    const escaped = text[at + 1] ?? "";
    cursor.at += 1;
    if (escaped === "\n") into.line(1);
    else if (escaped === "\r" && text[at + 2] === "\n") {
      cursor.at += 1;
      into.line(1);
    } else into.add(escaped);
  } else if (character === "\n" || character === ";" || character === "|" || character === "&") {
    into.endCommand();
    if (character === "\n") into.line(1);
  } else if (/\s/.test(character)) into.endWord();
  else if (character === "#" && /^$|\s/.test(text[at - 1] ?? "")) {
    const end = text.indexOf("\n", at);
    cursor.at = end === -1 ? text.length : end;
  } else {
    const taken = character === "$" ? takeVariable({ text, into, at }) : 0;
    if (taken > 0) cursor.at = at + taken;
    else into.add(character);
  }
}

/** Words of command lines as bash, zsh and sh read them; variables become marks. Pure. */
export function bashWords(text: string): Words {
  const cursor: Cursor = { text, into: createCollector(), at: 0 };
  while (cursor.at < text.length) {
    const opening = openingAt(cursor);
    if (opening === null) takePlain(cursor);
    else takeQuoted(cursor, opening);
  }
  return cursor.into.finish();
}
