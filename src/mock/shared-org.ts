import { createHash } from "node:crypto";
import type { DocumentChange, DocumentName, FoundDocument } from "../idempotency/shared-state.js";
import { readDocument, TABLE_NAMES, writeDocument } from "./documents.js";
import type { Need } from "./operation.js";
import { emptyTables, type Org, type TableName, type Tables } from "./org.js";
import { MOST_TOMBSTONES } from "./tombstones.js";

/** What one request sees of a state that several servers share. */
export interface OrgView {
  readonly org: Org;
  /** What the request made of the documents that it saw; `creationsOnly` leaves changes of the seen ones out. */
  readonly changes: (how: { readonly creationsOnly: boolean }) => readonly DocumentChange[];
}

/** Somebody looked at a document that was not fetched. This must not pass for "there is none". */
export class NotFetched extends Error {
  override readonly name = "NotFetched";
  readonly need: Need;

  constructor(need: Need) {
    super(`${need.table}/${need.id ?? "*"} was not fetched`);
    this.need = need;
  }
}

/** A collection of which only some was fetched. */
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
    this.#demand(null);
    return super.values();
  }

  override [Symbol.iterator](): MapIterator<[string, T]> {
    this.#demand(null);
    return super[Symbol.iterator]();
  }

  /** A document under its name in the shared state. */
  put(id: string, document: T): void {
    super.set(id, document);
  }

  /** Documents that are there by their names in the shared state, whether or not all were fetched. */
  held(): MapIterator<[string, T]> {
    return super.entries();
  }

  isHeld(id: string): boolean {
    return super.has(id);
  }

  #demand(id: string | null): void {
    if (this.#fetched === null || (id !== null && this.#fetched.has(id))) return;
    throw new NotFetched({ table: this.#table, id });
  }
}

/**
 * Guards are named after whatever clients write, and nothing ever tells that one is not needed any more. So many guards
 * for all names keep them from growing without end; two names under one guard only make a write try again.
 */
function guardFor(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 3);
}

/** Guards by the names that operations have for them. */
class GuardMap extends FetchedMap<number> {
  override get(name: string): number | undefined {
    return super.get(guardFor(name));
  }

  override set(name: string, count: number): this {
    return super.set(guardFor(name), count);
  }
}

/** What a request needs, as the shared state names it. Pure. */
export function documentsOf(needs: readonly Need[]): readonly DocumentName[] {
  return needs.map(({ table, id }) => ({ table, id: table === "guards" && id !== null ? guardFor(id) : id }));
}

type FetchedTables = Readonly<Record<TableName, FetchedMap<unknown>>>;

function fetchedTables(wanted: readonly DocumentName[]): FetchedTables {
  const tables = Object.keys(emptyTables()).map((name) => {
    const table = name as TableName;
    const ids = wanted.filter((each) => each.table === table).map(({ id }) => id);
    const fetched = ids.includes(null) ? null : new Set(ids.filter((id) => id !== null));
    const map = table === "guards" ? new GuardMap(table, fetched) : new FetchedMap<unknown>(table, fetched);
    return [table, map] as const;
  });
  return Object.fromEntries(tables) as unknown as FetchedTables;
}

/** Stands where a document of the first world was removed: without it, that one would be there again. */
const REMOVED = "null";

/** True for the text of a document that is there, and not for the mark of one that was removed. Pure. */
function isThere(text: string | null): boolean {
  return text !== null && text !== REMOVED;
}

/** A document as the request found it; text null: it was not there. */
interface Seen extends FoundDocument {
  readonly table: TableName;
}

/** The number that a stamp begins with: documents came into being in its order, those of the world at 0. */
function bornAt({ stamp }: FoundDocument): number {
  return Number.parseInt(stamp, 10);
}

/** Documents of the world that everything began with, as far as they are wanted: nobody has stored those yet. */
function fromWorld(base: Tables, wanted: readonly DocumentName[]): readonly Seen[] {
  return wanted.flatMap(({ table: name, id }) => {
    const table = name as TableName;
    const held: ReadonlyMap<string, unknown> = base[table];
    const ids = id === null ? [...held.keys()] : held.has(id) ? [id] : [];
    return ids.map((each) => ({ table, id: each, stamp: "", text: writeDocument(table, held.get(each)) }));
  });
}

/** By table and id, in the order in which a server alone would list them: the world's first. */
function seenDocuments(
  base: Tables,
  wanted: readonly DocumentName[],
  found: readonly FoundDocument[],
): ReadonlyMap<string, Seen> {
  const stored = found.filter(({ stamp }) => stamp !== "").toSorted((a, b) => bornAt(a) - bornAt(b));
  const seen = new Map<string, Seen>();
  for (const document of fromWorld(base, wanted)) seen.set(`${document.table}/${document.id}`, document);
  for (const document of stored) {
    const { table, id, text } = document;
    const name = `${table}/${id}`;
    if (bornAt(document) > 0) seen.delete(name);
    seen.set(name, { ...document, table: table as TableName, text: isThere(text) ? text : null });
  }
  return seen;
}

/** How many documents of a table are kept where a server alone would keep no more either. */
const MOST_KEPT: Partial<Readonly<Record<TableName, number>>> = {
  executions: 100_000,
  tombstones: MOST_TOMBSTONES,
};

/** What earlier readers no longer see: reads drop it from what they were given, which nobody stores. */
function dropPast(document: unknown, nowMs: number): void {
  if (typeof document !== "object" || document === null || !("past" in document)) return;
  const remembering = document as { past: readonly { readonly untilMs: number }[] };
  remembering.past = remembering.past.filter(({ untilMs }) => untilMs > nowMs);
}

/** What a view is made of. */
export interface ViewParts {
  /** Holds the world that everything began with. */
  readonly base: Org;
  readonly needs: readonly Need[];
  readonly found: readonly FoundDocument[];
  readonly nowMs: () => number;
}

function fill(tables: FetchedTables, seen: Iterable<Seen>): void {
  const read = emptyTables();
  for (const { table, id, text } of seen) {
    if (text === null) continue;
    readDocument(read, table, { id, text });
    tables[table].put(id, read[table].get(id));
  }
}

/** The documents as an org, and what becomes of them. */
export function openOrgView({ base, needs, found, nowMs }: ViewParts): OrgView {
  const wanted = documentsOf(needs);
  const tables = fetchedTables(wanted);
  const seen = seenDocuments(base, wanted, found);
  fill(tables, seen.values());
  const changeOf = (table: TableName, id: string, text: string | null): DocumentChange => {
    const before = seen.get(`${table}/${id}`);
    const isNew = (before?.text ?? null) === null;
    return { table, id, stamp: before?.stamp ?? "", text, isNew, keeps: MOST_KEPT[table] ?? null };
  };
  const written = (table: TableName, creationsOnly: boolean): readonly DocumentChange[] =>
    [...tables[table].held()].flatMap(([id, document]) => {
      const before = seen.get(`${table}/${id}`)?.text ?? null;
      if (before !== null && (creationsOnly || before === writeDocument(table, document))) return [];
      dropPast(document, nowMs());
      return [changeOf(table, id, writeDocument(table, document))];
    });
  const removed = (): readonly DocumentChange[] =>
    [...seen.values()]
      .filter(({ table, id, text }) => text !== null && !tables[table].isHeld(id))
      .map(({ table, id }) => changeOf(table, id, base[table].has(id) ? REMOVED : null));
  const { firstSight, random, life } = base;
  return {
    org: { ...(tables as unknown as Tables), firstSight, random, life, shared: true },
    changes: ({ creationsOnly }) => [
      ...TABLE_NAMES.flatMap((table) => written(table, creationsOnly)),
      ...(creationsOnly ? [] : removed()),
    ],
  };
}
