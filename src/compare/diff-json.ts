import { type JsonMember, type JsonNode, writeJson } from "../core/json.js";
import { alignItems } from "./align-items.js";
import type { BodyChange } from "./compare.js";
import { decimalValue } from "./json-number.js";

/** What two JSON values have apart. */
export interface JsonDiff {
  readonly changes: readonly BodyChange[];
  /** Changes found beyond the limit. */
  readonly omitted: number;
  /** True where nothing but the spelling of numbers differs. */
  readonly sameValue: boolean;
}

interface Walk {
  readonly changes: BodyChange[];
  readonly limit: number;
  /** Equal nodes (members in any order, numbers by their text) have one name. */
  readonly classOf: (node: JsonNode) => string;
  omitted: number;
  sameValue: boolean;
}

/** Names nodes bottom up, each once, so that comparing deep trees at every level stays linear. */
function classifier(): (node: JsonNode) => string {
  const classes = new Map<string, string>();
  const known = new Map<JsonNode, string>();
  const signature = (node: Extract<JsonNode, { kind: "array" | "object" }>): string =>
    node.kind === "array"
      ? `[${node.items.map(classOf).join()}]`
      : `{${byName(node.members)
          .map(([name, value]) => `${JSON.stringify(name)}:${classOf(value)}`)
          .join()}}`;
  const classOf = (node: JsonNode): string => {
    if (node.kind === "number") return node.text;
    if (node.kind !== "array" && node.kind !== "object") return writeJson(node);
    const before = known.get(node);
    if (before !== undefined) return before;
    const text = signature(node);
    const found = classes.get(text) ?? `#${classes.size}`;
    classes.set(text, found);
    known.set(node, found);
    return found;
  };
  return classOf;
}

function byName(members: readonly JsonMember[]): readonly JsonMember[] {
  return [...members].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function report(walk: Walk, change: BodyChange): void {
  if (walk.changes.length < walk.limit) walk.changes.push(change);
  else walk.omitted++;
}

function reportValue(walk: Walk, change: BodyChange): void {
  walk.sameValue = false;
  report(walk, change);
}

/** `~` and `/` are escaped in a JSON Pointer (RFC 6901, section 3). */
function child(path: string, name: string | number): string {
  return `${path}/${String(name).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** Most lists of an API hold things with an `id`: by it an item is known again although its content changed. */
function itemKey(node: JsonNode, classOf: Walk["classOf"]): string {
  const id = node.kind === "object" ? node.members.find(([name]) => name === "id")?.[1] : undefined;
  if (id?.kind === "string") return `id ${JSON.stringify(id.value)}`;
  return id?.kind === "number" ? `id ${id.text}` : `class ${classOf(node)}`;
}

/**
 * Removals come first, from the end, so that their paths are those of the base; then changes and additions from the
 * start, so that theirs are those of the other. Applied in this order each path is right at its turn.
 */
function diffArrays(
  walk: Walk,
  path: string,
  [base, other]: readonly [readonly JsonNode[], readonly JsonNode[]],
): void {
  const keysOf = (items: readonly JsonNode[]): readonly string[] =>
    items.map((item) => itemKey(item, walk.classOf));
  const [baseKeys, otherKeys] = [keysOf(base), keysOf(other)];
  const hasId = (key: string | undefined): boolean => key?.startsWith("id ") ?? false;
  const alignment = [
    ...alignItems(baseKeys, otherKeys, (at, to) => !(hasId(baseKeys[at]) && hasId(otherKeys[to]))),
  ];
  for (const [at, to] of alignment.toReversed()) {
    const from = at === null ? undefined : base[at];
    if (to === null && at !== null && from !== undefined)
      reportValue(walk, { op: "remove", path: child(path, at), from });
  }
  for (const [at, to] of alignment) {
    const value = to === null ? undefined : other[to];
    if (to === null || value === undefined) continue;
    const from = at === null ? undefined : base[at];
    if (from === undefined) reportValue(walk, { op: "add", path: child(path, to), value });
    else if (hasId(otherKeys[to]) || baseKeys[at ?? 0] !== otherKeys[to]) {
      diffNodes(walk, child(path, to), [from, value]);
    }
  }
}

/** Null where a name occurs twice: no JSON Pointer can tell the two apart. */
function membersByName(members: readonly JsonMember[]): ReadonlyMap<string, JsonNode> | null {
  const named = new Map(members);
  return named.size === members.length ? named : null;
}

function diffObjects(walk: Walk, path: string, [base, other]: readonly [JsonNode, JsonNode]): void {
  const before = base.kind === "object" ? membersByName(base.members) : null;
  const after = other.kind === "object" ? membersByName(other.members) : null;
  if (before === null || after === null) {
    if (walk.classOf(base) !== walk.classOf(other))
      reportValue(walk, { op: "replace", path, from: base, value: other });
    return;
  }
  for (const [name, from] of before) {
    const value = after.get(name);
    if (value === undefined) reportValue(walk, { op: "remove", path: child(path, name), from });
    else diffNodes(walk, child(path, name), [from, value]);
  }
  for (const [name, value] of after)
    if (!before.has(name)) reportValue(walk, { op: "add", path: child(path, name), value });
}

function diffNodes(walk: Walk, path: string, [from, value]: readonly [JsonNode, JsonNode]): void {
  if (from.kind === "array" && value.kind === "array") diffArrays(walk, path, [from.items, value.items]);
  else if (from.kind === "object" && value.kind === "object") diffObjects(walk, path, [from, value]);
  else if (from.kind === "number" && value.kind === "number") diffNumbers(walk, path, [from, value]);
  else if (from.kind !== value.kind || scalar(from) !== scalar(value)) {
    reportValue(walk, { op: "replace", path, from, value });
  }
}

type NumberNode = Extract<JsonNode, { kind: "number" }>;

function diffNumbers(walk: Walk, path: string, [from, value]: readonly [NumberNode, NumberNode]): void {
  if (from.text === value.text) return;
  if (decimalValue(from.text) === decimalValue(value.text))
    report(walk, { op: "replace", path, from, value });
  else reportValue(walk, { op: "replace", path, from, value });
}

function scalar(node: JsonNode): string | boolean | null {
  return node.kind === "string" || node.kind === "boolean" ? node.value : null;
}

/**
 * The changes that make `other` of `base`, at most `limit` of them, numbers compared as they are written. Pure.
 */
export function diffJson(base: JsonNode, other: JsonNode, limit: number): JsonDiff {
  const walk: Walk = { changes: [], limit, classOf: classifier(), omitted: 0, sameValue: true };
  diffNodes(walk, "", [base, other]);
  return { changes: walk.changes, omitted: walk.omitted, sameValue: walk.sameValue };
}
