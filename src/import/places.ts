import type { JsonNode } from "../core/json.js";
import type { Draft } from "./draft.js";

/** A value in a request that may be somebody else's: an id, a version. */
export interface Place {
  readonly in: "path" | "query" | "body";
  readonly value: string;
  /** The segment before it, the parameter or the member that it is the value of. */
  readonly name: string;
  readonly number: boolean;
}

/** A value in an answer, and how to capture it. */
export interface Answered {
  readonly value: string;
  readonly name: string;
  readonly number: boolean;
  /** `$.id`, `header ETag`. */
  readonly from: string;
}

function decoded(text: string): string | null {
  try {
    const value = decodeURIComponent(text);
    // What a template inserts is encoded in this way and no other.
    return encodeURIComponent(value) === text ? value : null;
  } catch {
    return null;
  }
}

/** Parts of a target between its separators, each with the name that it goes by; `replace` may give another text. Pure. */
export function mapTarget(target: string, replace: (place: Place) => string | null): string {
  const [path = "", ...queries] = target.split("?");
  let before = "";
  const segments = path.split("/").map((segment) => {
    const value = decoded(segment);
    const other =
      value === null || value === "" ? null : replace({ in: "path", value, name: before, number: false });
    if (other === null) before = segment;
    return other ?? segment;
  });
  const query = queries
    .join("?")
    .split("&")
    .map((part) => {
      const [, name, coded] = /^([^=]*)=(.+)$/s.exec(part) ?? [];
      const value = coded === undefined ? null : decoded(coded);
      const other =
        value === null || name === undefined ? null : replace({ in: "query", value, name, number: false });
      return other === null ? part : `${name ?? ""}=${other}`;
    });
  return queries.length === 0 ? segments.join("/") : `${segments.join("/")}?${query.join("&")}`;
}

/** A tree whose leaves are replaced by texts of JSON strings. Pure. */
export function mapLeaves(node: JsonNode, replace: (place: Place) => string | null, name = ""): JsonNode {
  if (node.kind === "array")
    return { kind: "array", items: node.items.map((each) => mapLeaves(each, replace, name)) };
  if (node.kind === "object")
    return {
      kind: "object",
      members: node.members.map(([each, value]) => [each, mapLeaves(value, replace, each)] as const),
    };
  if (node.kind !== "string" && node.kind !== "number") return node;
  const value = node.kind === "string" ? node.value : node.text;
  const other = replace({ in: "body", value, name, number: node.kind === "number" });
  return other === null ? node : { kind: "string", value: other };
}

/** Everything in a request that may be somebody else's value. Pure. */
export function placesOf({ target, body }: Draft): readonly Place[] {
  const places: Place[] = [];
  const collect = (place: Place): null => {
    places.push(place);
    return null;
  };
  mapTarget(target, collect);
  if (body.kind === "json") mapLeaves(body.node, collect);
  return places;
}

function member(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `['${name.replace(/[\\']/g, "\\$&")}']`;
}

/** More values of one answer than these are a list that nobody chose from by hand. */
const MOST_ANSWERED = 5_000;

/** The scalars of an answer's JSON, each with its JSONPath (RFC 9535). Pure. */
export function answeredIn(node: JsonNode): readonly Answered[] {
  const found: Answered[] = [];
  const walk = (each: JsonNode, path: string, name: string): void => {
    if (found.length >= MOST_ANSWERED) return;
    if (each.kind === "array")
      for (const [index, item] of each.items.entries()) walk(item, `${path}[${index}]`, name);
    else if (each.kind === "object")
      for (const [key, value] of each.members) walk(value, `${path}${member(key)}`, key);
    else if (each.kind === "string") found.push({ value: each.value, name, number: false, from: path });
    else if (each.kind === "number" && JSON.stringify(Number(each.text)) === each.text)
      found.push({ value: each.text, name, number: true, from: path });
  };
  walk(node, "$", "");
  return found;
}
