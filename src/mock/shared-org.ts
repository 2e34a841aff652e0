import type { DocumentChange, FoundDocument } from "../idempotency/shared-state.js";
import { readDocument, TABLE_NAMES, writeDocument } from "./documents.js";
import type { Need } from "./operation.js";
import { emptyTables, type Org, type TableName, type Tables } from "./org.js";

/** What one request sees of a state that several servers share. */
export interface OrgView {
  readonly org: Org;
  /** What the request made of the documents that it saw; `creationsOnly` leaves changes of the seen ones out. */
  readonly changes: (how: { readonly creationsOnly: boolean }) => readonly DocumentChange[];
}

/** A collection of which only some was fetched. Looking beyond that is a bug that must not pass for "there is none". */
class FetchedMap<T> extends Map<string, T> {
  readonly #table: TableName;
  /** Null: all of it was fetched. */
  readonly #fetched: ReadonlySet<string> | null;

  constructor(table: TableName, fetched: ReadonlySet<string> | null) {
    super();
    this.#table = table;
    this.#fetched = fetched;
  }

  override get(id: string): T | undefined {
    const found = super.get(id);
    if (found === undefined) this.#demand(id);
    return found;
  }

  override has(id: string): boolean {
    const there = super.has(id);
    if (!there) this.#demand(id);
    return there;
  }

  override values(): MapIterator<T> {
    if (this.#fetched !== null) throw new Error(`not all of ${this.#table} was fetched`);
    return super.values();
  }

  #demand(id: string): void {
    if (this.#fetched?.has(id) === false) throw new Error(`${this.#table}/${id} was not fetched`);
  }
}

function fetchedOf(table: TableName, needs: readonly Need[]): ReadonlySet<string> | null {
  const ids = needs.filter((need) => need.table === table).map(({ id }) => id);
  return ids.includes(null) ? null : new Set(ids.filter((id) => id !== null));
}

function fetchedTables(needs: readonly Need[]): Tables {
  const tables = Object.keys(emptyTables()).map((name) => {
    const table = name as TableName;
    return [table, new FetchedMap<unknown>(table, fetchedOf(table, needs))] as const;
  });
  return Object.fromEntries(tables) as unknown as Tables;
}

/** Stands where a document of the first world was removed: without it, that one would be there again. */
const REMOVED = "null";

/** Documents of the world that everything began with, as far as they were asked for: nobody has stored those yet. */
function fromWorld(base: Tables, needs: readonly Need[], tables: Tables): void {
  for (const { table, id } of needs) {
    const held: ReadonlyMap<string, unknown> = base[table];
    const wanted = id === null ? [...held.keys()] : held.has(id) ? [id] : [];
    for (const each of wanted) {
      readDocument(tables, table, { id: each, text: writeDocument(table, held.get(each)) });
    }
  }
}

/** The documents as an org, and what becomes of them. `base` holds the world that everything began with. */
export function openOrgView(base: Org, needs: readonly Need[], found: readonly FoundDocument[]): OrgView {
  const tables = fetchedTables(needs);
  fromWorld(base, needs, tables);
  const before = new Map<string, FoundDocument>();
  for (const document of found) {
    const { table, id, text } = document;
    before.set(`${table}/${id}`, text === REMOVED ? { ...document, text: null } : document);
    if (text === REMOVED) tables[table as TableName].delete(id);
    else if (text !== null) readDocument(tables, table as TableName, { id, text });
  }
  const { firstSight, random, life } = base;
  const org: Org = { ...tables, firstSight, random, life, shared: true };
  const present = TABLE_NAMES.flatMap((table) => [...org[table].keys()].map((id) => ({ table, id })));
  const stampOf = (table: TableName, id: string): string => before.get(`${table}/${id}`)?.stamp ?? "";
  const written = (table: TableName, creationsOnly: boolean): readonly DocumentChange[] => {
    const held: ReadonlyMap<string, unknown> = org[table];
    return [...held].flatMap(([id, document]) => {
      const seen = before.get(`${table}/${id}`)?.text ?? null;
      if (creationsOnly && seen !== null) return [];
      const text = writeDocument(table, document);
      return text === seen ? [] : [{ table, id, stamp: stampOf(table, id), text }];
    });
  };
  const removed = (): readonly DocumentChange[] =>
    present
      .filter(({ table, id }) => !Map.prototype.has.call(org[table], id))
      .map(({ table, id }) => {
        const text = base[table].has(id) ? REMOVED : null;
        return { table, id, stamp: stampOf(table, id), text };
      });
  return {
    org,
    changes: ({ creationsOnly }) => [
      ...TABLE_NAMES.flatMap((table) => written(table, creationsOnly)),
      ...(creationsOnly ? [] : removed()),
    ],
  };
}
