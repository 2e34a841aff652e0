import type { Call } from "./operation.js";
import {
  addItem,
  type DeletableTable,
  type Fields,
  type Item,
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
