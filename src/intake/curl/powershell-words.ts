import { type Collector, createCollector, lineEnds, SMART_QUOTES, type Words } from "./words.js";

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ n: "\n", r: "\r", t: "\t", "0": "\0", a: "\x07", b: "\b", f: "\f", v: "\v" },
};
const VARIABLE = /\$(?:\{(?:env:)?([^{}\n]+)\}|(?:env:)?([A-Za-z_]\w*))/iy;

/** PowerShell takes typographic quotation marks for plain ones by itself. */
function kindOf(character: string): '"' | "'" | null {
  if (character === "") return null;
  if (character === '"' || "\u201c\u201d\u201e".includes(character)) return '"';
  return character === "'" || "\u2018\u2019\u201a\u201b".includes(character) ? "'" : null;
}

interface Cursor {
  readonly text: string;
  readonly into: Collector;
  at: number;
}

function takeVariable(cursor: Cursor): boolean {
  VARIABLE.lastIndex = cursor.at;
  const found = VARIABLE.exec(cursor.text);
  if (found === null) return false;
  cursor.into.variable(found[1] ?? found[2] ?? "");
  cursor.at += found[0].length;
  return true;
}

/**
 * A quotation. Windows PowerShell hands `\"` inside of it on to curl as a plain quotation mark, and so do people who write
 * for both: without the backslash, JSON would be none.
 */
function takeQuoted(cursor: Cursor, kind: '"' | "'"): void {
  const { text, into } = cursor;
  if (SMART_QUOTES.has(text[cursor.at] ?? "")) into.smart();
  const start = cursor.at;
  into.add("");
  cursor.at += 1;
  while (cursor.at < text.length) {
    const character = text[cursor.at] ?? "";
    const next = text[cursor.at + 1] ?? "";
    if (kindOf(character) === kind) {
      if (kindOf(next) !== kind) break;
      into.add(kind);
      cursor.at += 2;
    } else if (kind === '"' && character === "`") {
      into.add(ESCAPES[next] ?? next);
      cursor.at += 2;
    } else if (character === "\\" && next === '"') {
      into.add('"');
      cursor.at += 2;
    } else if (!(kind === '"' && character === "$" && takeVariable(cursor))) {
      into.add(character);
      cursor.at += 1;
    }
  }
  if (cursor.at >= text.length) into.unclosed();
  into.line(lineEnds(text.slice(start, cursor.at)));
  cursor.at += 1;
}

function takePlain(cursor: Cursor): void {
  const { text, into, at } = cursor;
  const character = text[at] ?? "";
  if (character === "$" && takeVariable(cursor)) return;
  cursor.at += 1;
  if (character === "`") {
    const end = /^`\r?\n/.exec(text.slice(at, at + 3))?.[0];
    if (end === undefined) into.add(text[at + 1] ?? "");
    else into.line(1);
    cursor.at = at + (end?.length ?? 2);
  } else if (character === "\n" || character === ";" || character === "|") {
    into.endCommand();
    if (character === "\n") into.line(1);
  } else if (/\s/.test(character)) into.endWord();
  else if (character === "#" && /^$|\s/.test(text[at - 1] ?? "")) {
    const end = text.indexOf("\n", at);
    cursor.at = end === -1 ? text.length : end;
  } else into.add(character);
}

/** Words of command lines as PowerShell reads them; variables become marks. Pure. */
export function powershellWords(text: string): Words {
  const cursor: Cursor = { text, into: createCollector(), at: 0 };
  while (cursor.at < text.length) {
    const kind = kindOf(text[cursor.at] ?? "");
    if (kind === null) takePlain(cursor);
    else takeQuoted(cursor, kind);
  }
  return cursor.into.finish();
}
