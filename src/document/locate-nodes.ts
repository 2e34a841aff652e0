import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
  type YAMLMap,
} from "yaml";
import type { SourcePosition } from "../core/errors.js";
import { memberName } from "./convert-nodes.js";
import type { DocumentPath, SourceDocument } from "./document.js";

/** Parsed YAML with all that finding a place in it takes. */
export interface NodeTree {
  readonly file: string;
  readonly root: Node | null;
  readonly aliasTargets: ReadonlyMap<Alias, Node>;
  readonly lines: LineCounter;
}

interface Found {
  readonly node: Node | null;
  /** The node of the member's name; null for list items and the root. */
  readonly key: Node | null;
  /** False when the path ends before its last name: `node` is then the nearest ancestor. */
  readonly whole: boolean;
}

/** The place of an offset in a text, line and column counted from 1. Pure. */
function positionAt(lines: LineCounter, file: string, offset: number): SourcePosition {
  const { line, col } = lines.linePos(offset);
  return { file, line: Math.max(1, line), column: Math.max(1, col) };
}

function followAlias(tree: NodeTree, node: Node | null): Node | null {
  return isAlias(node) ? (tree.aliasTargets.get(node) ?? null) : node;
}

/** Each map is asked many times: for the place of each of its values, and of all below them. */
const pairsByName = new WeakMap<YAMLMap, ReadonlyMap<string | null, Pair>>();

function pairsOf(map: YAMLMap): ReadonlyMap<string | null, Pair> {
  const known = pairsByName.get(map);
  if (known !== undefined) return known;
  // Of two with one name the first counts: a map keeps the last.
  const pairs = new Map(map.items.toReversed().map((pair) => [memberName(pair.key), pair] as const));
  pairsByName.set(map, pairs);
  return pairs;
}

function findPair(node: Node | null, name: string): Pair | undefined {
  return isMap(node) ? pairsOf(node).get(name) : undefined;
}

function find(tree: NodeTree, path: DocumentPath): Found {
  let found: Found = { node: tree.root, key: null, whole: true };
  for (const step of path) {
    const parent = followAlias(tree, found.node);
    if (isSeq(parent) && parent.items[Number(step)] !== undefined) {
      found = { node: parent.items[Number(step)] as Node, key: null, whole: true };
      continue;
    }
    const pair = findPair(parent, String(step));
    if (pair === undefined) return { ...found, whole: false };
    found = { node: pair.value as Node | null, key: pair.key as Node, whole: true };
  }
  return found;
}

/** A value that is not written (`headers:` and nothing after it) has no place of its own; its name has. */
function isWritten(node: Node | null): node is Node {
  const [start, end] = node?.range ?? [0, 0];
  return node !== null && (!isScalar(node) || node.value !== null || end > start);
}

/** The look-ups of a {@link SourceDocument} over a parsed tree. Pure. */
export function locateIn(tree: NodeTree): Pick<SourceDocument, "positionOf" | "namesAt" | "plainTextAt"> {
  return {
    positionOf: (path, part = "value") => {
      const { node, key, whole } = find(tree, path);
      const best = whole && key !== null && (part === "key" || !isWritten(node)) ? key : node;
      return positionAt(tree.lines, tree.file, best?.range?.[0] ?? 0);
    },
    namesAt: (path) => {
      const { node, whole } = find(tree, path);
      const map = followAlias(tree, node);
      if (!whole || !isMap(map)) return [];
      return [...new Set(map.items.map((pair) => memberName(pair.key)).filter((name) => name !== null))];
    },
    plainTextAt: (path) => {
      const { node, whole } = find(tree, path);
      const scalar = followAlias(tree, node);
      return whole && isScalar(scalar) && scalar.type === "PLAIN" ? (scalar.source ?? "") : null;
    },
  };
}
