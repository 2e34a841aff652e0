import parseJsonPath from "jsonpath-rfc9535/parser";
import { oneOf, quoted } from "../document/describe-value.js";
import { didYouMeanHint } from "../document/did-you-mean.js";

/** Why RFC 9535 refuses a JSONPath. */
export interface JsonPathProblem {
  readonly message: string;
  readonly hint?: string;
}

interface Node {
  readonly type: string;
  readonly [member: string]: unknown;
}

type Kind = "value" | "logical" | "nodes";

interface Signature {
  readonly takes: readonly Kind[];
  readonly gives: Kind;
}

/** The function extensions of RFC 9535, 2.4. The parser knows their grammar, not their types. */
const FUNCTIONS: Readonly<Record<string, Signature>> = {
  length: { takes: ["value"], gives: "value" },
  count: { takes: ["nodes"], gives: "value" },
  match: { takes: ["value", "value"], gives: "logical" },
  search: { takes: ["value", "value"], gives: "logical" },
  value: { takes: ["nodes"], gives: "value" },
};

class Refused extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value;
}

function childNodes(node: Node): readonly Node[] {
  return Object.values(node)
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter(isNode);
}

/** A query that selects at most one node can stand for its value (RFC 9535, 2.4.3). */
function isSingular(query: Node): boolean {
  const segments = query.segments as readonly Node[];
  return segments.every((segment) => {
    const node = segment.node as Node;
    if (segment.type === "DescendantSegment") return false;
    if (node.type === "MemberNameShorthand" || node.type === "NameSelector" || node.type === "IndexSelector")
      return true;
    const selectors = (node.selectors ?? []) as readonly Node[];
    return selectors.length === 1 && ["NameSelector", "IndexSelector"].includes(selectors[0]?.type ?? "");
  });
}

function fits(argument: Node, wanted: Kind): boolean {
  if (argument.type === "FunctionExpr") {
    const gives = FUNCTIONS[String(argument.name)]?.gives;
    return gives === undefined || gives === wanted;
  }
  const query =
    argument.type === "FilterQuery"
      ? argument.value
      : argument.type === "TestExpr"
        ? argument.expression
        : argument;
  const inner = isNode(query) && query.type === "FilterQuery" ? query.value : query;
  const isQuery = isNode(inner) && "segments" in inner;
  if (wanted === "nodes") return isQuery;
  if (wanted === "value") return argument.type === "Literal" || (isQuery && isSingular(inner));
  return argument.type !== "Literal";
}

function checkFunction(node: Node, usedAs: Kind): void {
  const name = String(node.name);
  const signature = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  const names = Object.keys(FUNCTIONS);
  if (signature === undefined) {
    throw new Refused(
      `found the unknown function ${quoted(`${name}()`)}, expected ${oneOf(names)}`,
      didYouMeanHint(name, names).hint,
    );
  }
  const given = node.arguments as readonly Node[];
  if (given.length !== signature.takes.length) {
    throw new Refused(`found ${given.length} arguments of ${name}(), expected ${signature.takes.length}`);
  }
  for (const [index, wanted] of signature.takes.entries()) {
    const argument = given[index];
    const words = wanted === "nodes" ? "a path" : "a value or a path that selects at most one";
    if (argument !== undefined && !fits(argument, wanted))
      throw new Refused(`found another argument of ${name}(), expected ${words}`);
  }
  if (signature.gives === usedAs) return;
  throw new Refused(
    usedAs === "logical"
      ? `found ${name}() as a condition, expected a comparison such as ${name}(@.a) > 1`
      : `found ${name}() in a comparison, expected it as the condition itself`,
  );
}

const SAFE = Number.MAX_SAFE_INTEGER;

function checkTypes(node: Node): void {
  if (node.type === "TestExpr" && isNode(node.expression) && node.expression.type === "FunctionExpr") {
    checkFunction(node.expression, "logical");
  }
  if (node.type === "ComparisonExpr") {
    for (const side of [node.left, node.right]) {
      if (isNode(side) && side.type === "FunctionExpr") checkFunction(side, "value");
    }
  }
  if (node.type === "FunctionExpr") {
    for (const argument of node.arguments as readonly Node[]) {
      const signature = FUNCTIONS[String(argument.name)];
      if (argument.type === "FunctionExpr") checkFunction(argument, signature?.gives ?? "value");
    }
  }
  if (node.type === "IndexSelector" || node.type === "SliceSelector") {
    for (const number of Object.values(node)) {
      if (typeof number === "number" && Math.abs(number) > SAFE)
        throw new Refused(`found the index ${number}, expected at most ${SAFE}`);
    }
  }
  for (const child of childNodes(node)) checkTypes(child);
}

function syntaxProblem(path: string, offset: number): JsonPathProblem {
  const hyphenated = /\.([A-Za-z_][\w]*(?:-[\w-]+)+)/.exec(path)?.[1];
  const found = path.slice(offset) === "" ? "the end" : quoted(path.slice(offset));
  const message = `found ${found} at character ${offset + 1} of the JSONPath ${quoted(path)}, expected what RFC 9535 allows there`;
  if (hyphenated !== undefined) return { message, hint: `a name with a hyphen is written ['${hyphenated}']` };
  return { message };
}

/** What is wrong with a JSONPath by RFC 9535; null when nothing is. Pure. */
export function checkJsonPath(path: string): JsonPathProblem | null {
  try {
    checkTypes(parseJsonPath(path) as unknown as Node);
    return null;
  } catch (error) {
    if (error instanceof Refused) {
      const message = `in the JSONPath ${quoted(path)} ${error.message}`;
      return error.hint === undefined ? { message } : { message, hint: error.hint };
    }
    const { location } = error as { readonly location?: { readonly start: { readonly offset: number } } };
    if (location === undefined) throw error;
    return syntaxProblem(path, location.start.offset);
  }
}
