import type { KeyRecord, KeyState } from "./idempotency.js";
import type { KeyStore } from "./store.js";

/**
 * Records that are looked at for removal with each claim. More than one, so that removal outruns arrival; few, so that
 * a million records that expire at once never hold up a single request.
 */
const SWEPT_PER_CLAIM = 4;

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

/** A store in this process. Its order of work depends on calls alone, never on time. */
export function createMemoryKeyStore(): MemoryKeyStore {
  const records = new Map<string, KeyRecord>();
  // An iterator of a Map goes on where it stood, whatever is added or removed meanwhile.
  let cursor = records.entries();

  const sweep = (nowMs: number): void => {
    for (let looked = 0; looked < SWEPT_PER_CLAIM; looked++) {
      const next = cursor.next();
      if (next.done === true) {
        cursor = records.entries();
        return;
      }
      const [id, { keepUntilMs }] = next.value;
      if (keepUntilMs !== null && keepUntilMs <= nowMs) records.delete(id);
    }
  };

  return {
    get: (id) => records.get(id) ?? null,
    claim: (id, makeRecord, nowMs) => {
      const there = records.get(id);
      if (there === undefined) records.set(id, makeRecord());
      sweep(nowMs);
      return there ?? null;
    },
    replace: (id, token, next) => {
      if (records.get(id)?.token !== token) return false;
      if (next === null) records.delete(id);
      else records.set(id, next);
      return true;
    },
    setState: (id, token, state) => {
      const there = records.get(id);
      if (there?.token !== token) return false;
      records.set(id, { ...there, state });
      return true;
    },
    put: (id, record) => {
      const there = records.get(id);
      records.set(id, record);
      return there ?? null;
    },
    find: (key) => [...records.values()].filter((record) => record.key === key),
    clear: () => {
      records.clear();
      cursor = records.entries();
    },
    size: () => records.size,
    all: () => records.entries(),
  };
}
