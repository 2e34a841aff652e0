import { Composer, type CST, type Document, Lexer, LineCounter, type Node, Parser } from "yaml";
import { invalidFile, type Problem } from "../core/errors.js";
import { convertNodes, type NodeProblem } from "./convert-nodes.js";
import type { Checked, SourceDocument } from "./document.js";
import { locateIn, positionAt } from "./locate-nodes.js";
import { firstCauses } from "./syntax-problems.js";

/** Longer documents are refused before they are parsed. Whoever reads a file asks its size first. */
export const MAX_DOCUMENT_BYTES: number = 2 * 1024 * 1024;

/** Deeper nesting than this is an attack on the stack, not data. */
const MAX_DEPTH = 200;

const FORBIDDEN_CHARACTER = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

class TooDeep extends Error {
  readonly offset: number;

  constructor(offset: number) {
    super("nested too deeply");
    this.offset = offset;
  }
}

/** After so many tokens that fit nowhere the rest of a text is not worth composing. */
const MAX_STRAY_TOKENS = 20;

function* readTokens(text: string, lines: LineCounter): Generator<CST.Token> {
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  let strayTokens = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      if (token.type === "error" && ++strayTokens > MAX_STRAY_TOKENS) return;
      yield token;
    }
    if (parser.stack.length > 2 * MAX_DEPTH) throw new TooDeep(parser.offset);
  }
  yield* parser.end();
}

function compose(text: string, lines: LineCounter): readonly Document.Parsed[] {
  // Names are compared in convertNodes: the parser's own comparison takes quadratic time on a large map.
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false, strict: true });
  return [...composer.compose(readTokens(text, lines))] as Document.Parsed[];
}

function problemBeforeParsing(text: string): NodeProblem | null {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_DOCUMENT_BYTES) {
    const message = `found ${bytes} bytes, expected at most ${MAX_DOCUMENT_BYTES}`;
    return { offset: 0, message };
  }
  const offset = text.search(FORBIDDEN_CHARACTER);
  if (offset < 0) return null;
  const code = text.charCodeAt(offset).toString(16).toUpperCase().padStart(4, "0");
  return {
    offset,
    message: `found the control character U+${code}, expected text`,
    hint: "is this a text file?",
  };
}

function problemOfDocuments(documents: readonly Document.Parsed[]): NodeProblem | null {
  const [first, second] = documents;
  if (second !== undefined) {
    const message = "found a second document after `---`, expected one document in a file";
    return { offset: second.range[0], message, hint: "put each into a file of its own" };
  }
  if (first === undefined || (first.contents === null && first.errors.length === 0)) {
    return { offset: 0, message: "the file is empty, expected a map of fields" };
  }
  if (!first.directives.yaml.explicit) return null;
  return { offset: 0, message: "found a YAML directive (a line that starts with %), expected none" };
}

function isEmptyScalar(node: Node | null): boolean {
  const [start, end] = node?.range ?? [0, 0];
  return start === end;
}

function readParsed(text: string, file: string, lines: LineCounter): Checked<SourceDocument> {
  const at = (problem: NodeProblem): Problem => {
    const { offset, ...rest } = problem;
    return { at: positionAt(lines, file, offset), ...rest };
  };
  const documents = compose(text, lines);
  const whole = problemOfDocuments(documents);
  const document = documents[0];
  if (whole !== null || document === undefined)
    return { value: undefined, problems: whole === null ? [] : [at(whole)] };
  const syntax = firstCauses(document, text, lines);
  if (syntax.length > 0) return { value: undefined, problems: syntax.map(at) };
  const root = document.contents as Node | null;
  if (isEmptyScalar(root))
    return {
      value: undefined,
      problems: [at({ offset: 0, message: "the file is empty, expected a map of fields" })],
    };
  const { value, aliasTargets, problems } = convertNodes(root, text);
  const located = locateIn({ file, root, aliasTargets, lines });
  return {
    value: value === undefined ? undefined : { file, text, value, ...located },
    problems: problems.map(at),
  };
}

/**
 * Reads one YAML or JSON document with the place of each value. Problems that leave the structure clear (a field that
 * stands twice) come with a value, so that the rest of the file can be checked too. Pure.
 */
export function readDocument(text: string, file: string): Checked<SourceDocument> {
  const lines = new LineCounter();
  const early = problemBeforeParsing(text);
  if (early !== null) {
    const { offset, ...rest } = early;
    const before = text.slice(0, offset);
    const line = before.split("\n").length;
    const at = { file, line, column: offset - before.lastIndexOf("\n") };
    return { value: undefined, problems: [{ at, ...rest }] };
  }
  try {
    return readParsed(text, file, lines);
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error;
    const at = positionAt(lines, file, error.offset);
    return { value: undefined, problems: [{ at, message: `nested more than ${MAX_DEPTH} levels deep` }] };
  }
}

/**
 * {@link readDocument} for callers that need the value or nothing.
 * @throws GcidemError `invalid-file` with all problems of the text.
 */
export function requireValue<T>(checked: Checked<T>, file: string): T {
  if (checked.value === undefined || checked.problems.length > 0) throw invalidFile(file, checked.problems);
  return checked.value;
}
