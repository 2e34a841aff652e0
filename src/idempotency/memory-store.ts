import type { KeyRecord } from "./idempotency.js";
import { createMemoryRecords, type MemoryRecords } from "./memory-records.js";
import type { KeyStore, NextRecord } from "./store.js";

/** A store whose answers are all at hand. */
export interface MemoryKeyStore extends KeyStore {
  readonly get: (id: string) => KeyRecord | null;
  readonly claim: (id: string, makeRecord: () => KeyRecord, nowMs: number) => KeyRecord | null;
  readonly replace: (id: string, token: string, next: KeyRecord | null) => boolean;
  readonly change: (id: string, token: string, next: NextRecord) => boolean;
  readonly put: (id: string, record: KeyRecord) => KeyRecord | null;
  readonly find: (key: string) => readonly KeyRecord[];
  readonly clear: () => void;
  readonly size: () => number;
  /** Every record with its name, for whoever saves the store. */
  readonly all: () => Iterable<readonly [id: string, record: KeyRecord]>;
}

/** A store in this process. Its order of work depends on calls alone, never on time. */
export function createMemoryKeyStore(records: MemoryRecords = createMemoryRecords()): MemoryKeyStore {
  const { get, set, entries } = records;
  return {
    get,
    claim: (id, makeRecord, nowMs) => {
      const there = records.add(id, makeRecord);
      records.sweep(nowMs);
      return there;
    },
    replace: (id, token, next) => {
      if (get(id)?.token !== token) return false;
      if (next === null) records.remove(id);
      else set(id, next);
      return true;
    },
    change: (id, token, next) => records.change(id, (there) => (there.token === token ? next(there) : null)),
    put: (id, record) => {
      const there = get(id);
      set(id, record);
      return there;
    },
    find: (key) => [...entries()].map(([, record]) => record).filter((record) => record.key === key),
    clear: records.clear,
    size: records.size,
    all: entries,
  };
}
