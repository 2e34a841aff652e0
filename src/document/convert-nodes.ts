import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from "yaml";
import { quoted } from "./describe-value.js";
import { isFiller, UNREADABLE } from "./repair-line.js";

/** More values than this, counted with every alias written out, is an attack or a mistake, not a scenario. */
const MAX_DOCUMENT_NODES = 200_000;

/** Something wrong with one node; `offset` counts UTF-16 units from the start of the text. */
export interface NodeProblem {
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
}

/** Plain values made from nodes, and where each alias leads. */
export interface Conversion {
  readonly value: unknown;
  readonly aliasTargets: ReadonlyMap<Alias, Node>;
  readonly problems: readonly NodeProblem[];
}

interface State {
  readonly text: string;
  readonly anchors: Map<string, Node>;
  readonly aliasTargets: Map<Alias, Node>;
  readonly converted: Map<Node, { readonly value: unknown; readonly size: number }>;
  readonly problems: NodeProblem[];
  /** Values so far, each alias counted as what it stands for. */
  size: number;
}

const CORE_TAG = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/;

function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

/** The member name that a key stands for: `200` and `"200"` are one name. Null for maps, lists and nothing. */
export function memberName(key: unknown): string | null {
  if (!isScalar(key)) return null;
  if (typeof key.value === "string") return key.value;
  return key.source === undefined || key.source === "" ? null : key.source;
}

function convertAlias(alias: Alias, state: State): unknown {
  const target = state.anchors.get(alias.source);
  if (target === undefined) {
    state.problems.push({
      offset: offsetOf(alias),
      message: `found the alias ${quoted(`*${alias.source}`)}, but no anchor \`&${alias.source}\` stands before it`,
      hint: "quote the text if a plain asterisk was meant",
    });
    return UNREADABLE;
  }
  const done = state.converted.get(target);
  if (done === undefined) {
    state.problems.push({
      offset: offsetOf(alias),
      message: `the alias ${quoted(`*${alias.source}`)} contains itself`,
    });
    return UNREADABLE;
  }
  state.aliasTargets.set(alias, target);
  state.size += done.size;
  return done.value;
}

/** `{{x}}` is a map whose name is a map. */
function isMustache(key: Node | null, text: string): boolean {
  return key !== null && isMap(key) && text.startsWith("{{", offsetOf(key) - 1);
}

/** Why a member cannot be part of its map; null when it can. */
function memberProblem(pair: Pair, name: string | null, seen: ReadonlySet<string>): string | null {
  if (name === null) {
    const found = pair.key === null || isScalar(pair.key) ? "nothing" : "a map or list";
    return `found ${found} as a field's name, expected text`;
  }
  if (name === "__proto__") return "the field name `__proto__` is not allowed";
  return seen.has(name) ? `the field ${quoted(name)} stands twice in one map` : null;
}

/** `{ a: hello, world }` gives `world` a member of its own: YAML's flow style splits at commas that nobody quoted. */
function splitProblem(name: string): Omit<NodeProblem, "offset"> {
  return {
    message: `found ${quoted(name)} without a value, expected \`name: value\` between commas`,
    hint: name.includes(":")
      ? "put a space after the colon"
      : "between { and } YAML splits texts at commas and brackets: quote the text",
  };
}

function convertMap(map: YAMLMap, state: State): unknown {
  const members: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  const seen = new Set<string>();
  let previous: string | null = null;
  for (const pair of map.items) {
    const key = pair.key as Node | null;
    const offset = key === null ? offsetOf(map) : offsetOf(key);
    if (isMustache(key, state.text)) {
      state.problems.push({
        offset: offset - 1,
        message: "found `{{`, expected a value; a template is written `$(name)`",
      });
      return UNREADABLE;
    }
    const name = memberName(key);
    const message = memberProblem(pair, name, seen);
    if (message !== null) state.problems.push({ offset, message });
    if (message !== null || name === null) continue;
    seen.add(name);
    if (map.flow === true && pair.value === null) {
      state.problems.push({ offset, ...splitProblem(name) });
      if (previous !== null) members[previous] = UNREADABLE;
      continue;
    }
    members[name] = pair.value === null ? null : convertNode(pair.value as Node, state);
    previous = name;
  }
  return members;
}

function convertScalar(scalar: Scalar, state: State): unknown {
  const { value } = scalar;
  if (typeof value === "string" && isFiller(value)) return UNREADABLE;
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return value;
  return state.text.slice(offsetOf(scalar), scalar.range?.[1]);
}

function convertNode(node: Node | null, state: State): unknown {
  const sizeBefore = state.size;
  state.size += 1;
  if (node === null || state.size > MAX_DOCUMENT_NODES) return null;
  if (isAlias(node)) return convertAlias(node, state);
  if (node.tag !== undefined && !CORE_TAG.test(node.tag)) {
    state.problems.push({
      offset: offsetOf(node),
      message: `found the YAML tag ${quoted(node.tag)}, expected none`,
    });
    return UNREADABLE;
  }
  const { anchor } = node as { readonly anchor?: string };
  if (anchor !== undefined) state.anchors.set(anchor, node);
  const value = isMap(node)
    ? convertMap(node, state)
    : isSeq(node)
      ? node.items.map((item) => convertNode(item as Node, state))
      : convertScalar(node as Scalar, state);
  if (anchor !== undefined) state.converted.set(node, { value, size: state.size - sizeBefore });
  return value;
}

/**
 * Turns parsed YAML into plain values: maps without prototype, aliases as the very value that they name. Counts every
 * value as if aliases were written out, so that a few lines cannot stand for billions. Pure.
 */
export function convertNodes(root: Node | null, text: string): Conversion {
  const state: State = {
    text,
    anchors: new Map(),
    aliasTargets: new Map(),
    converted: new Map(),
    problems: [],
    size: 0,
  };
  const value = convertNode(root, state);
  if (state.size <= MAX_DOCUMENT_NODES)
    return { value, aliasTargets: state.aliasTargets, problems: state.problems };
  const message = `the document holds more than ${MAX_DOCUMENT_NODES} values, each alias counted as what it stands for`;
  return { value: undefined, aliasTargets: state.aliasTargets, problems: [{ offset: 0, message }] };
}
