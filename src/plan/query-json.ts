import { query } from "jsonpath-rfc9535";
import { type JsonNode, survivesJsonParse, tryParseJson } from "../core/json.js";

type JsonValue = Parameters<typeof query>[0];

/** What an RFC 9535 JSONPath selects from a JSON text; null where the text is not JSON. Pure. */
export function queryJson(text: string, path: string): readonly unknown[] | null {
  if (tryParseJson(text) === null) return null;
  return query(JSON.parse(text) as JsonValue, path);
}

function collectNumbers(node: JsonNode, texts: string[]): readonly string[] {
  if (node.kind === "number") texts.push(node.text);
  if (node.kind === "array") for (const item of node.items) collectNumbers(item, texts);
  if (node.kind === "object") for (const [, value] of node.members) collectNumbers(value, texts);
  return texts;
}

/** The text of a number that reading this JSON would change into `value`, such as 12345678901234567890; else null. Pure. */
export function changedNumberText(text: string, value: unknown): string | null {
  if (typeof value !== "number" || survivesJsonParse(text)) return null;
  const node = tryParseJson(text);
  const texts = node === null ? [] : collectNumbers(node, []);
  return texts.find((each) => Number(each) === value && each !== JSON.stringify(value)) ?? null;
}
