import type { Need, Subject, Wanting } from "../operation.js";
import type { Fields, Item, TableName } from "../org.js";

/** The item as a reader sees it now: the oldest state whose time is not over (C8). */
export function seenItem(item: Item, nowMs: number): Item {
  if (item.past.length === 0) return item;
  item.past = item.past.filter((past) => past.untilMs > nowMs);
  return item.past[0]?.entity ?? item;
}

/** A user or thing as the rules see it. `view` is its content. */
export function itemSubject(item: Item, noun: string, view: (item: Item) => Fields): Subject {
  return {
    noun,
    versioned: item.versioned,
    content: () => JSON.stringify(view(item)),
    parent: () => null,
    states: () => {
      const { state } = item.fields;
      return typeof state === "string" ? [{ state, sinceMs: 0 }] : [];
    },
    remember: (untilMs) => {
      const { past } = item;
      item.past = [];
      const entity = structuredClone(item);
      item.past = [...past, { untilMs, entity }];
    },
  };
}

/** An operation on the one member of a collection whose id is a segment of the path. Pure. */
export function needsMember(table: TableName, segment = 0): (wanting: Wanting) => readonly Need[] {
  return ({ params }) => [{ table, id: params[segment] ?? "" }];
}

/** An operation on all of a collection. Pure. */
export function needsAll(table: TableName): () => readonly Need[] {
  return () => [{ table, id: null }];
}

/** An operation that looks at nothing. Pure. */
export function needsNothing(): readonly Need[] {
  return [];
}

/** An object by its JSON: one with a member `toString` has no text of its own. */
function textOf(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Entries that have every queried member with that text. Pure. */
export function matching<T extends Readonly<Record<string, unknown>>>(
  entries: readonly T[],
  query: URLSearchParams,
): readonly T[] {
  const wanted = [...query];
  return entries.filter((entry) =>
    wanted.every(([name, value]) => Object.hasOwn(entry, name) && textOf(entry[name]) === value),
  );
}
