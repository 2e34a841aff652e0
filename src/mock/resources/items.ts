import { isObject } from "../json-shape.js";
import type { Need, Reader, Subject, Wanting } from "../operation.js";
import {
  type DeletableTable,
  type Fields,
  type Item,
  type TableName,
  type Tombstone,
  tombstoneName,
} from "../org.js";

/**
 * An item, or one that was deleted, as a reader sees it now: the oldest state whose time is not over (C8). Null: there is
 * none for that reader.
 */
export function seenItem(held: Item | Tombstone | null, reader: Reader): Item | null {
  if (held === null) return null;
  if (held.past.length > 0 && !reader.seesAll) {
    held.past = held.past.filter((past) => past.untilMs > reader.instant.nowMs);
    const [oldest] = held.past;
    if (oldest !== undefined) {
      reader.trails = true;
      return oldest.entity;
    }
  }
  return "fields" in held ? held : null;
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
      return typeof state === "string" ? [{ state, sinceMs: item.stateSinceMs }] : [];
    },
    remember: (untilMs) => {
      const { past } = item;
      item.past = [];
      const entity = structuredClone(item);
      item.past = [...past, { untilMs, entity }];
    },
  };
}

/** True for a body that gives an item another state: such a write may pass a lock, since it is how the state changes. */
export function movesState({ fields }: Item): (body: unknown) => boolean {
  return (body) => isObject(body) && typeof body.state === "string" && body.state !== fields.state;
}

/** An operation on the one member of a collection from which clients can delete. Pure. */
export function needsDeletable(table: DeletableTable): (wanting: Wanting) => readonly Need[] {
  return ({ params }) => withTombstone(table, params[0] ?? "");
}

/** A member that may be there or may have been. Pure. */
export function withTombstone(table: DeletableTable, id: string): readonly Need[] {
  return [
    { table, id },
    { table: "tombstones", id: tombstoneName(table, id) },
  ];
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
