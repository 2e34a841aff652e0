import type { Dimensions, Layer } from "./policy.js";

type PlainMap = Readonly<Record<string, unknown>>;

function isMap(value: unknown): value is PlainMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mergeValue(base: unknown, over: unknown): unknown {
  if (!isMap(base) || !isMap(over) || "kind" in base || "kind" in over) return over;
  const merged: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    merged[name] = name in base ? mergeValue(base[name], value) : value;
  }
  return merged;
}

/**
 * Lays some dimensions over others: maps merge deeply, lists and maps with a `kind` are replaced whole, null switches
 * off. Pure.
 */
export function mergeLayers<Base extends Dimensions | Layer<Dimensions>>(
  base: Base,
  over: Layer<Dimensions>,
): Base {
  return mergeValue(base, over) as Base;
}
