import type { KeyRecord, KeyState } from "./idempotency.js";
import { createMemoryRecords, type MemoryRecords } from "./memory-records.js";
import type { KeyStore } from "./store.js";

/** A store whose answers are all at hand. */
export interface MemoryKeyStore extends KeyStore {
  readonly get: (id: string) => KeyRecord | null;
  readonly claim: (id: string, makeRecord: () => KeyRecord, nowMs: number) => KeyRecord | null;
  readonly replace: (id: string, token: string, next: KeyRecord | null) => boolean;
  readonly setState: (id: string, token: string, state: KeyState) => boolean;
  readonly put: (id: string, record: KeyRecord) => KeyRecord | null;
  readonly find: (key: string) => readonly KeyRecord[];
  readonly clear: () => void;
  readonly size: () => number;
  /** Every record with its name, for whoever saves the store. */
  readonly all: () => Iterable<readonly [id: string, record: KeyRecord]>;
}

/** Member by member, for speed: see `toRequest` of the mock's server. */
function withState(record: KeyRecord, state: KeyState): KeyRecord {
  const { key, account, first, createdAtMs, lastUsedAtMs, keepUntilMs, token } = record;
  return { key, account, first, state, createdAtMs, lastUsedAtMs, keepUntilMs, token };
}

/** A store in this process. Its order of work depends on calls alone, never on time. */
export function createMemoryKeyStore(records: MemoryRecords = createMemoryRecords()): MemoryKeyStore {
  const { get, set, entries } = records;
  return {
    get,
    claim: (id, makeRecord, nowMs) => {
      const there = get(id);
      if (there === null) set(id, makeRecord());
      records.sweep(nowMs);
      return there;
    },
    replace: (id, token, next) => {
      if (get(id)?.token !== token) return false;
      if (next === null) records.remove(id);
      else set(id, next);
      return true;
    },
    setState: (id, token, state) => {
      const there = get(id);
      if (there?.token !== token) return false;
      set(id, withState(there, state));
      return true;
    },
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
