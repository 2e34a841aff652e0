/**
 * JSON as it was written: numbers keep their text and members their order, which JSON.parse loses. Two bodies can be
 * the same value in other bytes, and whether a server minds is one of the questions that gcidem answers.
 */
export type JsonNode =
  | { readonly kind: "null" }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "array"; readonly items: readonly JsonNode[] }
  | { readonly kind: "object"; readonly members: readonly JsonMember[] };

/** One member of an object. A name may occur twice: RFC 8259 leaves that to the receiver. */
export type JsonMember = readonly [name: string, value: JsonNode];

/** Text that is not JSON, with the offset of the first character that does not fit. */
export class JsonSyntaxError extends Error {
  override readonly name = "JsonSyntaxError";
  readonly offset: number;

  constructor(offset: number, expected: string) {
    super(`expected ${expected} at offset ${offset}`);
    this.offset = offset;
  }
}

/** Deeper nesting than this is refused: it is an attack on the stack, not data. */
export const MAX_JSON_DEPTH = 500;

const SPACES: ReadonlySet<string | undefined> = new Set("\t\n\r ");
/** What keeps a string from standing for itself: escapes, and what has to be one. */
const NOT_PLAIN = /[\\\u0000-\u001f]/;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

interface Reader {
  readonly text: string;
  offset: number;
}

function take(reader: Reader, pattern: RegExp): string | null {
  pattern.lastIndex = reader.offset;
  const found = pattern.exec(reader.text)?.[0] ?? null;
  if (found !== null) reader.offset += found.length;
  return found;
}

function skipSpace(reader: Reader): void {
  while (SPACES.has(reader.text[reader.offset])) reader.offset += 1;
}

function accept(reader: Reader, token: string): boolean {
  skipSpace(reader);
  if (!reader.text.startsWith(token, reader.offset)) return false;
  reader.offset += token.length;
  return true;
}

function expectToken(reader: Reader, token: string): void {
  if (!accept(reader, token)) throw new JsonSyntaxError(reader.offset, `"${token}"`);
}

/** The offset behind a string's closing quote; -1 where there is none. A pattern would need a stack as long as the string. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text[end - 1 - escapes] === "\\") escapes++;
    if (escapes % 2 === 0) return end + 1;
  }
  return -1;
}

function readString(reader: Reader): string {
  skipSpace(reader);
  const start = reader.offset;
  const end = reader.text[start] === '"' ? endOfString(reader.text, start) : -1;
  try {
    if (end === -1) throw new SyntaxError("no string");
    reader.offset = end;
    const plain = reader.text.slice(start + 1, end - 1);
    return NOT_PLAIN.test(plain) ? (JSON.parse(reader.text.slice(start, end)) as string) : plain;
  } catch {
    throw new JsonSyntaxError(start, "a string");
  }
}

function readList<T>(reader: Reader, close: string, readItem: () => T): readonly T[] {
  const items: T[] = [];
  if (accept(reader, close)) return items;
  do items.push(readItem());
  while (accept(reader, ","));
  expectToken(reader, close);
  return items;
}

function readMember(reader: Reader, depth: number): JsonMember {
  const name = readString(reader);
  expectToken(reader, ":");
  return [name, readNode(reader, depth)];
}

function readNode(reader: Reader, depth: number): JsonNode {
  if (depth > MAX_JSON_DEPTH) throw new JsonSyntaxError(reader.offset, `at most ${MAX_JSON_DEPTH} levels`);
  if (accept(reader, "{")) {
    return { kind: "object", members: readList(reader, "}", () => readMember(reader, depth + 1)) };
  }
  if (accept(reader, "[")) {
    return { kind: "array", items: readList(reader, "]", () => readNode(reader, depth + 1)) };
  }
  if (accept(reader, "true")) return { kind: "boolean", value: true };
  if (accept(reader, "false")) return { kind: "boolean", value: false };
  if (accept(reader, "null")) return { kind: "null" };
  if (reader.text[reader.offset] === '"') return { kind: "string", value: readString(reader) };
  const number = take(reader, NUMBER);
  if (number === null) throw new JsonSyntaxError(reader.offset, "a JSON value");
  return { kind: "number", text: number };
}

/**
 * Reads one JSON text. Pure.
 * @throws JsonSyntaxError where the text is not JSON by RFC 8259.
 */
export function parseJson(text: string): JsonNode {
  const reader: Reader = { text, offset: 0 };
  const node = readNode(reader, 0);
  skipSpace(reader);
  if (reader.offset !== text.length) throw new JsonSyntaxError(reader.offset, "the end of the text");
  return node;
}

/** {@link parseJson}, with null for text that is not JSON. Pure. */
export function tryParseJson(text: string): JsonNode | null {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return null;
    throw error;
  }
}

/** How {@link writeJson} may depart from the compact form in source order. */
export interface JsonStyle {
  /** `source` keeps the members' order, `sorted` orders them by UTF-16 code units (RFC 8785), `reversed` turns it round. */
  readonly members?: "source" | "sorted" | "reversed";
  /** `text` keeps a number as written, `ieee` writes the shortest text of its double, so that 1.0 becomes 1. */
  readonly numbers?: "text" | "ieee";
  readonly comma?: string;
  readonly colon?: string;
  readonly quote?: (value: string) => string;
  readonly number?: (text: string) => string;
}

function orderMembers(members: readonly JsonMember[], order: JsonStyle["members"]): readonly JsonMember[] {
  if (order === "sorted") return [...members].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return order === "reversed" ? members.toReversed() : members;
}

function writeNumber(text: string, style: JsonStyle): string {
  const value = style.numbers === "ieee" ? JSON.stringify(Number(text)) : text;
  return style.number === undefined ? value : style.number(value);
}

/** Writes a node: compact and in source order unless the style says otherwise. Pure. */
export function writeJson(node: JsonNode, style: JsonStyle = {}): string {
  const quote = style.quote ?? JSON.stringify;
  const comma = style.comma ?? ",";
  switch (node.kind) {
    case "null":
      return "null";
    case "boolean":
      return String(node.value);
    case "number":
      return writeNumber(node.text, style);
    case "string":
      return quote(node.value);
    case "array":
      return `[${node.items.map((item) => writeJson(item, style)).join(comma)}]`;
    case "object":
      return `{${orderMembers(node.members, style.members)
        .map(([name, value]) => `${quote(name)}${style.colon ?? ":"}${writeJson(value, style)}`)
        .join(comma)}}`;
  }
}

/** One text for all spellings of a value: members sorted, no white space, numbers as doubles or as written. Pure. */
export function canonicalJson(node: JsonNode, numbers: "ieee" | "textual" = "ieee"): string {
  return writeJson(node, { members: "sorted", numbers: numbers === "ieee" ? "ieee" : "text" });
}

/** True where JSON.parse would keep everything that the text says: no number loses digits, no member is dropped or moved. Pure. */
export function survivesJsonParse(text: string): boolean {
  const node = tryParseJson(text);
  return node !== null && writeJson(node) === JSON.stringify(JSON.parse(text));
}
