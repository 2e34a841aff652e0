import type { $ZodType, $ZodTypes } from "zod/v4/core";
import { oneOf } from "./describe-value.js";
import { shapeNotes } from "./shapes.js";

/** Zod's schema as the union that its `def.type` tells apart. Pure. */
function known(schema: $ZodType): $ZodTypes {
  return schema as $ZodTypes;
}

/** The schema below optional, nullable, default and similar wrappers. Pure. */
export function unwrapped(schema: $ZodType): $ZodTypes {
  const each = known(schema);
  const { def } = each._zod;
  return "innerType" in def ? unwrapped(def.innerType as $ZodType) : each;
}

const PLAIN_NAMES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  record: "a map",
  null: "null",
  never: "nothing",
};

function wordsOf(schema: $ZodTypes): readonly string[] {
  const { def } = schema._zod;
  if (def.type === "enum") return Object.values(def.entries).map(String);
  if (def.type === "literal") return def.values.map((value) => String(value));
  if (def.type === "union") return def.options.flatMap((option) => closedWords(option) ?? []);
  return [];
}

/** The words of a closed set of values; null for any other schema. Pure. */
export function closedWords(schema: $ZodType): readonly string[] | null {
  const words = wordsOf(unwrapped(schema));
  return words.length > 0 ? words : null;
}

/** What a schema takes, in a few words: `text`, `a duration such as 5s`, `GET or POST`. Pure. */
export function describeShape(schema: $ZodType): string {
  const own = shapeNotes.get(schema)?.expected;
  if (own !== undefined) return own;
  const inner = unwrapped(schema);
  const inherited = shapeNotes.get(inner)?.expected;
  if (inherited !== undefined) return inherited;
  const { def } = inner._zod;
  if (def.type === "union") return oneOf([...new Set(def.options.map((option) => describeShape(option)))]);
  if (def.type === "enum" || def.type === "literal") return oneOf(wordsOf(inner));
  if (def.type === "number" && "format" in def) return PLAIN_NAMES.int ?? "";
  return PLAIN_NAMES[def.type] ?? def.type;
}

/** Member names that a map schema knows. Pure. */
export function fieldNames(schema: $ZodType): readonly string[] {
  const { def } = unwrapped(schema)._zod;
  if (def.type === "object") return Object.keys(def.shape);
  return def.type === "record" ? (closedWords(def.keyType) ?? []) : [];
}

/** Member names without which a map schema refuses a map. Pure. */
export function requiredNames(schema: $ZodType): readonly string[] {
  const { def } = unwrapped(schema)._zod;
  if (def.type !== "object") return [];
  return Object.entries(def.shape)
    .filter(([, field]) => (field as $ZodType)._zod.optin === undefined)
    .map(([name]) => name);
}
