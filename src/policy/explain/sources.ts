import type { DimensionName } from "../dimension-names.js";
import { OWN_CHOICE, type Policy, type RouteRule } from "../policy.js";

/** Gives each source a number, in the order in which they are first asked for. */
export interface SourceList {
  /** What stands behind a fact: nothing for a source that was named just before. */
  readonly markOf: (source: string, named: string | null) => string;
  /** The sources that have a number, `1` first. */
  readonly numbered: () => readonly string[];
}

/** The mark of what no source says. */
export const OWN_MARK = "[*]";

/** Starts with no source numbered. */
export function createSourceList(): SourceList {
  const numbers = new Map<string, number>();
  return {
    markOf: (source, named) => {
      if (source === OWN_CHOICE) return OWN_MARK;
      if (source === named) return "";
      const number = numbers.get(source) ?? numbers.size + 1;
      numbers.set(source, number);
      return `[${number}]`;
    },
    numbered: () => [...numbers.keys()],
  };
}

/** Who says so of a dimension: the route that changes it, else the base. Pure. */
export function sourceOf(policy: Policy, rule: RouteRule | null, dimension: DimensionName): string {
  return rule?.sources[dimension] ?? policy.sources[dimension];
}
