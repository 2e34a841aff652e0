import { Composer, type CST, type Document, Lexer, LineCounter, type Node, Parser } from "yaml";
import { invalidFile, type Problem } from "../core/errors.js";
import { convertNodes, type NodeProblem } from "./convert-nodes.js";
import type { Checked, SourceDocument } from "./document.js";
import { locateIn } from "./locate-nodes.js";
import { followsFrom, repairLine } from "./repair-line.js";
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

function isNothing(node: Node | null): boolean {
  const [start, end] = node?.range ?? [0, 0];
  return start === end;
}

function problemOfDocuments(documents: readonly Document.Parsed[]): NodeProblem | null {
  const [first, second] = documents;
  if (second !== undefined) {
    const message = "found a second document after `---`, expected one document in a file";
    return { offset: second.range[0], message, hint: "put each into a file of its own" };
  }
  if (first === undefined || (isNothing(first.contents as Node | null) && first.errors.length === 0)) {
    return { offset: 0, message: "the file is empty, expected a map of fields" };
  }
  if (!first.directives.yaml.explicit) return null;
  return { offset: 0, message: "found a YAML directive (a line that starts with %), expected none" };
}

/** After so many problems, or so much text parsed again, nobody gains from more. */
const MAX_SYNTAX_PROBLEMS = 50;
const MAX_PARSED_LENGTH = 4 * MAX_DOCUMENT_BYTES;

/** A text without its syntax problems, as far as they could be taken out of it one by one. */
interface Repaired {
  /** Null where what is left does not tell what the author meant. */
  readonly root: { readonly node: Node; readonly text: string; readonly lines: LineCounter } | null;
  readonly problems: readonly NodeProblem[];
}

function repair(text: string): Repaired {
  const problems: NodeProblem[] = [];
  let current = text;
  let keepsStructure = true;
  for (let parsed = text.length; ; parsed += text.length) {
    const lines = new LineCounter();
    const documents = compose(current, lines);
    const whole = problemOfDocuments(documents);
    if (whole !== null) return { root: null, problems: problems.length > 0 ? problems : [whole] };
    const [document] = documents;
    const causes = document === undefined ? [] : firstCauses(document, current);
    const [cause] = causes;
    if (cause === undefined) {
      const node = (document?.contents ?? null) as Node | null;
      return { root: node !== null && keepsStructure ? { node, text: current, lines } : null, problems };
    }
    const previous = problems.at(-1);
    if (previous !== undefined && followsFrom(current, previous.offset, cause.offset))
      return { root: null, problems };
    problems.push(...causes);
    const repaired = causes.length > 1 ? null : repairLine(current, cause.offset);
    const enough = problems.length >= MAX_SYNTAX_PROBLEMS || parsed + text.length > MAX_PARSED_LENGTH;
    if (repaired === null || enough) return { root: null, problems };
    current = repaired.text;
    keepsStructure = keepsStructure && repaired.keepsStructure;
  }
}

function placed(text: string, file: string): (problem: NodeProblem) => Problem {
  return ({ offset, ...rest }) => {
    const before = text.slice(0, offset);
    return {
      at: { file, line: before.split("\n").length, column: offset - before.lastIndexOf("\n") },
      ...rest,
    };
  };
}

function readRepaired(text: string, file: string): Checked<SourceDocument> {
  const at = placed(text, file);
  const { root, problems: syntax } = repair(text);
  if (root === null) return { value: undefined, problems: syntax.map(at) };
  const { value, aliasTargets, problems } = convertNodes(root.node, root.text);
  const located = locateIn({ file, root: root.node, aliasTargets, lines: root.lines });
  return {
    value: value === undefined ? undefined : { file, text, value, ...located },
    problems: [...syntax, ...problems].map(at),
  };
}

/**
 * Reads one YAML or JSON document with the place of each value. Problems that leave the structure clear come with a
 * value, so that the rest of the file can be checked too: a value that could not be read is UNREADABLE in it. Pure.
 */
export function readDocument(text: string, file: string): Checked<SourceDocument> {
  const early = problemBeforeParsing(text);
  if (early !== null) return { value: undefined, problems: [placed(text, file)(early)] };
  try {
    return readRepaired(text, file);
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error;
    const message = `nested more than ${MAX_DEPTH} levels deep`;
    return { value: undefined, problems: [placed(text, file)({ offset: error.offset, message })] };
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
