import { type JsonNode, MAX_JSON_DEPTH, survivesJsonParse, writeJson } from "../core/json.js";

/** Longer names are read as names in some places only. */
const LONGEST_NAME = 500;
/** Deeper values leave no room for what stands around them. */
const DEEPEST = 40;

function depthOf(node: JsonNode): number {
  if (node.kind === "array") return 1 + Math.max(0, ...node.items.map(depthOf));
  return node.kind === "object" ? 1 + Math.max(0, ...node.members.map(([, value]) => depthOf(value))) : 0;
}

function namesIn(node: JsonNode): readonly string[] {
  if (node.kind === "array") return node.items.flatMap(namesIn);
  return node.kind === "object" ? node.members.flatMap(([name, value]) => [name, ...namesIn(value)]) : [];
}

/**
 * True where this text of JSON, written into a document as YAML, is read as the same value and written as the same text
 * again: YAML reads some names, and escapes of half characters, in another way than JSON. Pure.
 */
export function survivesYaml(text: string, node: JsonNode): boolean {
  if (/\\u[dD][89a-fA-F]/.test(text) || depthOf(node) > Math.min(DEEPEST, MAX_JSON_DEPTH)) return false;
  if (
    namesIn(node).some(
      (name) => name === "" || name === "<<" || name === "__proto__" || name.length > LONGEST_NAME,
    )
  )
    return false;
  return writeJson(node) === text && survivesJsonParse(text);
}
