import type { KeyRecord } from "./idempotency.js";
/** A record as text. Pure. */
export function packRecord(record: KeyRecord): string {
  return JSON.stringify(record);
}
/** A record out of its text. Pure. */
export function unpackRecord(text: string): KeyRecord {
  return JSON.parse(text) as KeyRecord;
}
