import type { Renamed, VolatileKind } from "./runs.js";

/** Which values of two runs stand for each other. */
export interface Renaming {
  /**
   * True where these two may stand for each other: both are new, or they were met together before. A value that stood
   * for another one is a difference. Dates always may.
   */
  readonly unify: (kind: VolatileKind, base: string, other: string) => boolean;
  readonly summary: () => readonly Renamed[];
}

interface Names {
  readonly toOther: Map<string, string>;
  readonly toBase: Map<string, string>;
}

const MOST_EXAMPLES = 5;

/** So many different values of one kind are held against each other; any further one must be the same. */
const MOST_NAMES = 500_000;

function bind({ toOther, toBase }: Names, base: string, other: string): boolean {
  const [known, from] = [toOther.get(base), toBase.get(other)];
  if (known !== undefined || from !== undefined) return known === other;
  if (toOther.size >= MOST_NAMES) return base === other;
  toOther.set(base, other);
  toBase.set(other, base);
  return true;
}

function summaryOf(kind: VolatileKind, { toOther }: Names): readonly Renamed[] {
  const renamed = [...toOther].filter(([base, other]) => base !== other);
  if (renamed.length === 0) return [];
  return [{ kind, count: renamed.length, examples: renamed.slice(0, MOST_EXAMPLES) }];
}

/**
 * Starts without any. Two runs are the same up to renaming where each id and token of one stands for one id or token of
 * the other throughout: a server that gives one ETag twice is not taken for one that gives two. `exact` kinds stand only
 * for themselves.
 */
export function createRenaming(exact: readonly VolatileKind[]): Renaming {
  const ids: Names = { toOther: new Map(), toBase: new Map() };
  const tokens: Names = { toOther: new Map(), toBase: new Map() };
  let dates = 0;
  return {
    unify: (kind, base, other) => {
      if (exact.includes(kind)) return base === other;
      if (kind !== "dates") return bind(kind === "ids" ? ids : tokens, base, other);
      if (base !== other) dates += 1;
      return true;
    },
    summary: () => [
      ...summaryOf("ids", ids),
      ...summaryOf("tokens", tokens),
      ...(dates === 0 ? [] : [{ kind: "dates", count: dates, examples: [] } as const]),
    ],
  };
}
