import { paths, query } from "jsonpath-rfc9535";
import { type JsonNode, survivesJsonParse, tryParseJson } from "../core/json.js";

type JsonValue = Parameters<typeof query>[0];

/** What an RFC 9535 JSONPath selects from a JSON text; null where the text is not JSON. Pure. */
export function queryJson(text: string, path: string): readonly unknown[] | null {
  if (tryParseJson(text) === null) return null;
  return query(JSON.parse(text) as JsonValue, path);
}

/** Names and indices of a normalised path (RFC 9535, 2.7), such as `$['a'][0]`. */
function stepsOf(path: string): readonly (string | number)[] {
  return [...path.matchAll(/\['((?:[^'\\]|\\.)*)'\]|\[(\d+)\]/gs)].map(([, name, index]) => {
    if (name === undefined) return Number(index);
    const escaped = name.replace(/\\'/g, "'").replace(/"/g, '\\"');
    return JSON.parse(`"${escaped}"`) as string;
  });
}

function childOf(node: JsonNode | undefined, step: string | number): JsonNode | undefined {
  if (node?.kind === "array" && typeof step === "number") return node.items[step];
  return node?.kind === "object" ? node.members.findLast(([name]) => name === step)?.[1] : undefined;
}

/**
 * The text of the first number that a JSONPath selects, where reading it would change it, as with
 * 12345678901234567890 or 1.0; else null. Pure.
 */
export function changedNumberText(text: string, path: string): string | null {
  if (survivesJsonParse(text)) return null;
  const [first] = paths(JSON.parse(text) as JsonValue, path);
  if (first === undefined) return null;
  const node = stepsOf(first).reduce<JsonNode | undefined>(childOf, tryParseJson(text) ?? undefined);
  if (node?.kind !== "number") return null;
  return node.text === JSON.stringify(Number(node.text)) ? null : node.text;
}
