/** Numbers by hashes, in typed arrays: nothing of it is an object that a collector would have to look at. */
export interface HashIndex<Wanted> {
  /** The value of this hash that is the one wanted; 0: there is none. */
  readonly find: (hash: number, wanted: Wanted) => number;
  /** Adds a value, from 1 to 2^31 - 1. */
  readonly add: (hash: number, value: number) => void;
  readonly replace: (hash: number, value: number, next: number) => void;
  readonly remove: (hash: number, value: number) => void;
  readonly values: () => Iterable<number>;
  readonly clear: () => void;
  readonly size: () => number;
}

/**
 * A table that grows is copied in one go, so there are many small ones: with a million values, some two thousand are
 * copied at a time.
 */
const TABLES = 512;
const TABLE_BITS = 9;

const FIRST_CAPACITY = 8;

/** Open addressing with linear probing. Slot n is two words: the hash and the value; value 0: empty. */
interface Table {
  readonly slots: Uint32Array;
  /** The capacity, a power of two, less one. */
  readonly mask: number;
  used: number;
}

function newTable(capacity: number): Table {
  return { slots: new Uint32Array(2 * capacity), mask: capacity - 1, used: 0 };
}

function homeOf(hash: number, mask: number): number {
  return (hash >>> TABLE_BITS) & mask;
}

function hashAt({ slots }: Table, at: number): number {
  return slots[2 * at] ?? 0;
}

function valueAt({ slots }: Table, at: number): number {
  return slots[2 * at + 1] ?? 0;
}

function put({ slots }: Table, at: number, { hash, value }: { hash: number; value: number }): void {
  slots[2 * at] = hash;
  slots[2 * at + 1] = value;
}

function insert(table: Table, hash: number, value: number): void {
  let at = homeOf(hash, table.mask);
  while (valueAt(table, at) !== 0) at = (at + 1) & table.mask;
  put(table, at, { hash, value });
  table.used += 1;
}

/** Twice the size where three quarters are full, so that each search ends at an empty slot. */
function withRoom(table: Table): Table {
  if (4 * (table.used + 1) <= 3 * (table.mask + 1)) return table;
  const larger = newTable(2 * (table.mask + 1));
  for (let at = 0; at <= table.mask; at++) {
    const value = valueAt(table, at);
    if (value !== 0) insert(larger, hashAt(table, at), value);
  }
  return larger;
}

/** The slot of a value that is there; -1 where it is not. */
function slotOf(table: Table, hash: number, value: number): number {
  for (let at = homeOf(hash, table.mask); valueAt(table, at) !== 0; at = (at + 1) & table.mask) {
    if (valueAt(table, at) === value && hashAt(table, at) === hash) return at;
  }
  return -1;
}

/** Empties a slot and closes the gap, so that what was moved on past it is still found. */
function empty(table: Table, slot: number): void {
  const { mask } = table;
  let gap = slot;
  for (let at = (gap + 1) & mask; valueAt(table, at) !== 0; at = (at + 1) & mask) {
    const hash = hashAt(table, at);
    const fromHome = (at - homeOf(hash, mask)) & mask;
    if (fromHome < ((at - gap) & mask)) continue;
    put(table, gap, { hash, value: valueAt(table, at) });
    gap = at;
  }
  put(table, gap, { hash: 0, value: 0 });
  table.used -= 1;
}

/** Starts empty. `isWanted` tells values of one hash apart. Hashes are whole numbers from 0 to 2^31 - 1. */
export function createHashIndex<Wanted>(
  isWanted: (value: number, wanted: Wanted) => boolean,
): HashIndex<Wanted> {
  const tables: (Table | undefined)[] = [];
  let size = 0;
  const tableOf = (hash: number): Table | undefined => tables[hash & (TABLES - 1)];
  return {
    find: (hash, wanted) => {
      const table = tableOf(hash);
      if (table === undefined) return 0;
      for (let at = homeOf(hash, table.mask); ; at = (at + 1) & table.mask) {
        const value = valueAt(table, at);
        if (value === 0 || (hashAt(table, at) === hash && isWanted(value, wanted))) return value;
      }
    },
    add: (hash, value) => {
      const table = withRoom(tableOf(hash) ?? newTable(FIRST_CAPACITY));
      tables[hash & (TABLES - 1)] = table;
      insert(table, hash, value);
      size += 1;
    },
    replace: (hash, value, next) => {
      const table = tableOf(hash);
      const at = table === undefined ? -1 : slotOf(table, hash, value);
      if (table !== undefined && at !== -1) put(table, at, { hash, value: next });
    },
    remove: (hash, value) => {
      const table = tableOf(hash);
      const at = table === undefined ? -1 : slotOf(table, hash, value);
      if (table === undefined || at === -1) return;
      empty(table, at);
      size -= 1;
      if (table.used === 0) tables[hash & (TABLES - 1)] = undefined;
    },
    *values() {
      for (const table of tables) {
        for (let at = 0; table !== undefined && at <= table.mask; at++) {
          if (valueAt(table, at) !== 0) yield valueAt(table, at);
        }
      }
    },
    clear: () => {
      tables.length = 0;
      size = 0;
    },
    size: () => size,
  };
}
