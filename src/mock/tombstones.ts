import type { Call } from "./operation.js";
import {
  addItem,
  type DeletableTable,
  type Fields,
  type Item,
  type Org,
  type Tombstone,
  tombstoneName,
} from "./org.js";
import { goOnFrom, noHistory, type Versioned } from "./versioned.js";

/** How many tombstones are kept. What was deleted longer ago is as if it had never been. */
export const MOST_TOMBSTONES = 10_000;

/** What is left of a member of a collection that was deleted; null where none was. */
export function tombstoneOf({ org }: Call, table: DeletableTable, id: string): Tombstone | null {
  return org.tombstones.get(tombstoneName(table, id)) ?? null;
}

/** Deletes an item. The write that does so moves its token once more, as any other write. */
export function bury({ org }: Pick<Call, "org">, table: DeletableTable, item: Item): void {
  org[table].delete(item.id);
  const { past, versioned } = item;
  org.tombstones.set(tombstoneName(table, item.id), { past, versioned });
  if (org.shared || org.tombstones.size <= MOST_TOMBSTONES) return;
  const [oldest] = org.tombstones.keys();
  if (oldest !== undefined) org.tombstones.delete(oldest);
}

/** Makes an item, which goes on where one of that id was deleted: no token comes back, and reads trail this write too. */
export function makeItem(
  call: Call,
  table: DeletableTable,
  fields: Readonly<Fields> & { readonly id: string },
): Item {
  const { org, instant, policy } = call;
  const before = tombstoneOf(call, table, fields.id);
  const item = addItem(org, table, { fields, instant });
  if (before === null) return item;
  org.tombstones.delete(tombstoneName(table, item.id));
  goOnFrom(before.versioned, item.versioned);
  const { readLagMs } = policy.concurrency;
  const absence = { untilMs: instant.nowMs + readLagMs, entity: null };
  item.past = readLagMs > 0 ? [...before.past, absence] : before.past;
  return item;
}

/** The history under an id that is free: that of what was deleted there, or none. */
export function historyBefore(call: Call, table: DeletableTable, id: string): Versioned {
  return tombstoneOf(call, table, id)?.versioned ?? noHistory(`${table}/${id}`, call.instant.epochMs);
}

/** The name of an item for as long as it lives: what is made under its id once it is deleted has another. Pure. */
export function lifeOf(table: DeletableTable, { id, versioned }: Item): string {
  return `${table}/${id}@${versioned.bornRevision}`;
}

const LIFE = /^(things|groups|drafts)\/(.*)@(\d+)$/s;

/** The item that {@link lifeOf} named, and the revision with which it came into being; null for any other text. Pure. */
export function readLife(
  life: string,
): { readonly table: DeletableTable; readonly id: string; readonly bornRevision: number } | null {
  const [, table, id, born] = LIFE.exec(life) ?? [];
  return table === undefined || id === undefined
    ? null
    : { table: table as DeletableTable, id, bornRevision: Number(born) };
}

/** True for as long as what {@link lifeOf} named has not been deleted. */
export function isAlive(org: Pick<Org, DeletableTable>, life: string): boolean {
  const named = readLife(life);
  return named === null || org[named.table].get(named.id)?.versioned.bornRevision === named.bornRevision;
}
