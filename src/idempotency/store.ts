import type { KeyRecord } from "./idempotency.js";
import type { MaybePromise } from "./maybe-promise.js";

/** What becomes of a record; null: nothing. */
export type NextRecord = (record: KeyRecord) => KeyRecord | null;

/**
 * Where key records live. Each call is one atomic step, so that several servers can share a store. A store never
 * decides by time: it only forgets what nobody may ask for any more (`keepUntilMs`).
 */
export interface KeyStore {
  readonly get: (id: string) => MaybePromise<KeyRecord | null>;
  /**
   * Stores the record where there is none and answers null; otherwise changes nothing and answers what is there. The
   * record is asked for once and only where it may be needed: a replay should not pay for making one.
   */
  readonly claim: (id: string, makeRecord: () => KeyRecord, nowMs: number) => MaybePromise<KeyRecord | null>;
  /** Replaces (null: removes) the record that has this token; false where it is another one by now. */
  readonly replace: (id: string, token: string, next: KeyRecord | null) => MaybePromise<boolean>;
  /** Changes the record that has this token; false where it stays, or is another one by now. */
  readonly change: (id: string, token: string, next: NextRecord) => MaybePromise<boolean>;
  /** Stores the record and answers what was there: the second half of a check-then-set. */
  readonly put: (id: string, record: KeyRecord) => MaybePromise<KeyRecord | null>;
  /** All records of a key, whatever their scope. Costs a walk over the store. */
  readonly find: (key: string) => MaybePromise<readonly KeyRecord[]>;
  readonly clear: () => MaybePromise<void>;
}
