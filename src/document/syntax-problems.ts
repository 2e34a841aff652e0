import { type Document, isCollection, isScalar, type Node, visit, type YAMLError } from "yaml";
import type { NodeProblem } from "./convert-nodes.js";
import { quoted } from "./describe-value.js";

const QUOTE_HINT = "between { } and [ ] YAML splits texts at commas and brackets: quote the text";

function lineAt(text: string, offset: number): string {
  return text.slice(offset).split("\n", 1)[0]?.trim() ?? "";
}

function foundAt(text: string, offset: number): string {
  const line = lineAt(text, offset);
  return line === "" ? "the end of the line" : quoted(line);
}

/** The last node that ends at or before an offset and that the wanted test accepts. */
function lastNode(document: Document.Parsed, offset: number, wanted: (node: Node) => boolean): Node | null {
  let found: Node | null = null;
  visit(document, {
    Node: (_key, node) => {
      if ((node.range?.[0] ?? 0) < offset && wanted(node)) found = node;
    },
  });
  return found;
}

function unclosedQuote(document: Document.Parsed, error: YAMLError, text: string): NodeProblem {
  const node = lastNode(document, error.pos[0], (each) => isScalar(each) && /^QUOTE/.test(each.type ?? ""));
  const offset = node?.range?.[0] ?? error.pos[0];
  const mark = text[offset] ?? '"';
  return {
    offset,
    message: `found the text ${foundAt(text, offset)} that is never closed, expected a ${mark} at its end`,
  };
}

function unclosedBracket(document: Document.Parsed, error: YAMLError, text: string): NodeProblem {
  const node = lastNode(document, error.pos[0], (each) => {
    const end = text[(each.range?.[1] ?? 0) - 1];
    return isCollection(each) && each.flow === true && end !== "}" && end !== "]";
  });
  const offset = node?.range?.[0] ?? error.pos[0];
  const close = text[offset] === "[" ? "]" : "}";
  return {
    offset,
    message: `found ${quoted(text[offset] ?? "{")} that is never closed, expected \`${close}\` before ${foundAt(text, error.pos[0])}`,
  };
}

function afterValue(error: YAMLError, text: string): NodeProblem {
  const offset = error.pos[0];
  const foreign = /^\$\{[^{}\n]*\}/.exec(text.slice(offset - 1))?.[0];
  if (foreign !== undefined) {
    return {
      offset: offset - 1,
      message: `found ${quoted(foreign)}, expected a value; a template is written \`$(name)\``,
    };
  }
  const bracket = "[]{},".includes(text[offset] ?? " ");
  return {
    offset,
    message: `found ${foundAt(text, offset)} after a value that had ended, expected the end of the value`,
    hint: bracket ? QUOTE_HINT : "quote the whole text",
  };
}

const PLAIN_MESSAGES: Readonly<Record<string, readonly [message: string, hint?: string]>> = {
  TAB_AS_INDENT: ["found a tab in the indentation, expected spaces"],
  BAD_DQ_ESCAPE: [
    "found an escape that YAML does not know inside double quotes",
    "use single quotes, or double the backslash",
  ],
  BAD_SCALAR_START: ["found a text that starts with a reserved character", "quote the text"],
  BLOCK_AS_IMPLICIT_KEY: [
    "found a second `name: value` on the line, expected one",
    "quote a text that contains `: `",
  ],
  MULTILINE_IMPLICIT_KEY: ["found a line without `name: value`", "a colon and a space come after each name"],
  BLOCK_IN_FLOW: ["found a block of lines between brackets, expected values and commas"],
  KEY_OVER_1024_CHARS: ["found a field's name longer than 1024 characters"],
  BAD_ALIAS: ["found an anchor or alias without a name", "quote a text that starts with & or *"],
  MULTIPLE_ANCHORS: ["found two anchors on one value, expected one"],
  MULTIPLE_TAGS: ["found two tags on one value, expected none"],
  BAD_DIRECTIVE: ["found a line that starts with %, expected a field", "quote the text"],
  TAG_RESOLVE_FAILED: [
    "found a YAML tag (a word that starts with !), expected none",
    "quote a text that starts with !",
  ],
};

function explain(document: Document.Parsed, error: YAMLError, text: string): NodeProblem {
  const offset = error.pos[0];
  if (error.code === "MISSING_CHAR" && error.message.includes("quote"))
    return unclosedQuote(document, error, text);
  if (error.code === "BAD_INDENT" && error.message.startsWith("Flow"))
    return unclosedBracket(document, error, text);
  if (error.message.includes("at node end")) return afterValue(error, text);
  if (error.code === "MISSING_CHAR" && error.message.includes("between flow")) {
    return {
      offset,
      message: `found ${foundAt(text, offset)}, expected a comma between two values`,
      hint: QUOTE_HINT,
    };
  }
  const known = PLAIN_MESSAGES[error.code];
  if (known !== undefined) {
    const [message, hint] = known;
    const found = `${message}: ${foundAt(text, offset)}`;
    return hint === undefined ? { offset, message: found } : { offset, message: found, hint };
  }
  if (error.code === "BAD_INDENT") {
    return {
      offset,
      message: `found ${foundAt(text, offset)} at an indentation that fits no field above it`,
    };
  }
  return { offset, message: `found ${foundAt(text, offset)}, which does not fit here` };
}

/**
 * What is wrong first with a text's syntax, in our words; all lines where the first error is a tab. The parser goes on
 * after an error and reports what follows from it too, so nothing else that it says can be trusted. Pure.
 */
export function firstCauses(document: Document.Parsed, text: string): readonly NodeProblem[] {
  const errors = [...document.errors, ...document.warnings];
  const first = errors.reduce<YAMLError | null>(
    (earliest, error) => (earliest === null || error.pos[0] < earliest.pos[0] ? error : earliest),
    null,
  );
  if (first === null) return [];
  if (first.code !== "TAB_AS_INDENT") return [explain(document, first, text)];
  const tabs = errors.filter(({ code }) => code === "TAB_AS_INDENT").slice(0, MAX_TABS);
  return tabs.map((error) => explain(document, error, text));
}

/** Nobody reads about more of them. */
const MAX_TABS = 50;
