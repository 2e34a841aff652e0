import { quoted } from "../document/describe-value.js";
import { didYouMean } from "../document/did-you-mean.js";
import type { Template, TemplateExpression } from "./scenario.js";

/** Something in a text that looks like a template and is none. `piece` is the text itself. */
export interface TemplateMistake {
  readonly piece: string;
  readonly message: string;
  readonly hint?: string;
}

/** The functions that templates know. */
const FUNCTIONS = ["uuid", "now", "sha256"] as const;

/** Names with a meaning of their own, so no var, step or capture step may have them. */
export const RESERVED_NAMES: readonly string[] = ["env", "writer", ...FUNCTIONS];

const EXPECTED = "expected $(name), $(step.capture), $(env.NAME), $(uuid()), $(now()) or $(sha256(x))";

const MARK = /\$\$\(|\$\(|\$\{[^{}\n]*\}|\{\{[^{}\n]*\}\}/g;
const NAME = /[A-Za-z_][A-Za-z0-9_-]*/y;
const QUOTED = /'([^']*)'|"([^"]*)"/y;
const SPACE = /[ \t]*/y;

class Mistake extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

interface Cursor {
  readonly text: string;
  offset: number;
}

function take(cursor: Cursor, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = cursor.offset;
  const found = pattern.exec(cursor.text);
  if (found !== null) cursor.offset += found[0].length;
  return found;
}

function accept(cursor: Cursor, token: string): boolean {
  take(cursor, SPACE);
  if (!cursor.text.startsWith(token, cursor.offset)) return false;
  cursor.offset += token.length;
  return true;
}

function foundAt(cursor: Cursor): string {
  const rest = cursor.text.slice(cursor.offset).split(/[\s)]/, 1)[0] ?? "";
  return rest === ""
    ? quoted(cursor.text.slice(cursor.offset, cursor.offset + 1) || "the end")
    : quoted(rest);
}

function readCall(cursor: Cursor, name: string): TemplateExpression {
  const known = FUNCTIONS.find((each) => each === name);
  if (known === undefined) {
    const meant = didYouMean(name, FUNCTIONS);
    throw new Mistake(
      `found the unknown function ${quoted(`${name}()`)}, expected uuid(), now() or sha256(x)`,
      meant === null ? undefined : `did you mean \`${meant}\`?`,
    );
  }
  if (accept(cursor, ")")) {
    if (known === "sha256") throw new Mistake("found sha256() without an argument, expected one: sha256(x)");
    return { kind: "call", function: known, argument: null };
  }
  if (known !== "sha256") throw new Mistake(`found an argument in ${known}(…), expected none: ${known}()`);
  const argument = readArgument(cursor);
  if (!accept(cursor, ")"))
    throw new Mistake(`found ${foundAt(cursor)} in sha256(…), expected one argument and \`)\``);
  return { kind: "call", function: known, argument };
}

function readArgument(cursor: Cursor): TemplateExpression | string {
  take(cursor, SPACE);
  const text = take(cursor, QUOTED);
  return text === null ? readExpression(cursor) : (text[1] ?? text[2] ?? "");
}

function readExpression(cursor: Cursor): TemplateExpression {
  take(cursor, SPACE);
  const name = take(cursor, NAME)?.[0];
  if (name === undefined) throw new Mistake(`found ${foundAt(cursor)} in a template, ${EXPECTED}`);
  if (accept(cursor, "(")) return readCall(cursor, name);
  if (!accept(cursor, ".")) return bareName(name);
  const part = take(cursor, NAME)?.[0];
  if (part === undefined) throw new Mistake(`found ${foundAt(cursor)} after \`${name}.\`, ${EXPECTED}`);
  return name === "env" ? { kind: "env", name: part } : { kind: "capture", step: name, name: part };
}

function bareName(name: string): TemplateExpression {
  if (name === "env") throw new Mistake("found `env` alone in a template, expected $(env.NAME)");
  const called = FUNCTIONS.find((each) => each === name);
  if (called !== undefined) {
    throw new Mistake(
      `found the function ${quoted(name)} without ( ), expected ${called}(${called === "sha256" ? "x" : ""})`,
    );
  }
  return { kind: "var", name };
}

/** Where reading goes on after a template that is none: behind its closing bracket, if it has one. */
function skipTo(text: string, start: number): number {
  const close = text.indexOf(")", start);
  return close < 0 ? text.length : close + 1;
}

function foreignTemplate(piece: string): TemplateMistake {
  const name = piece.replace(/^[${\s]+|[}\s]+$/g, "");
  const hint = `templates are written $(name)${/^[\w.-]+$/.test(name) ? `: write $(${name})` : ""}`;
  return { piece, message: `found ${quoted(piece)}, expected $(name)`, hint };
}

function readMarked(
  text: string,
  start: number,
): { readonly expression: TemplateExpression; readonly end: number } | TemplateMistake {
  const cursor: Cursor = { text, offset: start + 2 };
  try {
    if (!text.includes(")", start))
      throw new Mistake("found `$(` without a closing `)`", "write $$( for $( itself");
    const expression = readExpression(cursor);
    if (!accept(cursor, ")")) throw new Mistake(`found ${foundAt(cursor)} in a template, expected \`)\``);
    return { expression, end: cursor.offset };
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    const piece = text.slice(start, skipTo(text, start));
    return error.hint === undefined
      ? { piece, message: error.message }
      : { piece, message: error.message, hint: error.hint };
  }
}

/** Reads a text with templates: its parts, neighbouring literal texts joined, and what is wrong with it. Pure. */
export function parseTemplate(text: string): {
  readonly parts: Template["parts"];
  readonly mistakes: readonly TemplateMistake[];
} {
  const parts: (string | TemplateExpression)[] = [];
  const mistakes: TemplateMistake[] = [];
  let literal = "";
  let offset = 0;
  const flush = (): void => {
    if (literal !== "") parts.push(literal);
    literal = "";
  };
  for (let mark = nextMark(text, 0); mark !== null; mark = nextMark(text, offset)) {
    literal += text.slice(offset, mark.index);
    offset = mark.index + mark[0].length;
    if (mark[0] === "$$(") literal += "$(";
    else if (mark[0] !== "$(") mistakes.push(foreignTemplate(mark[0]));
    else {
      const read = readMarked(text, mark.index);
      if ("expression" in read) {
        flush();
        parts.push(read.expression);
        offset = read.end;
      } else {
        mistakes.push(read);
        offset = mark.index + read.piece.length;
      }
    }
  }
  literal += text.slice(offset);
  flush();
  return { parts, mistakes };
}

function nextMark(text: string, offset: number): RegExpExecArray | null {
  MARK.lastIndex = offset;
  return MARK.exec(text);
}
