import type { IdParts } from "./id-scopes.js";
import type { KeyRecord } from "./idempotency.js";

/** A record that is kept as the object that it is: its request still runs, or it is of an unusual kind. */
export interface OpenRecord {
  /** Of its id. */
  readonly parts: IdParts;
  /** Grows from record to record. */
  readonly serial: number;
  readonly record: KeyRecord;
}

/** Records in numbered places, from 0. */
export interface OpenRecords {
  readonly get: (place: number) => OpenRecord | undefined;
  /** Answers the place. */
  readonly add: (open: OpenRecord) => number;
  readonly remove: (place: number) => void;
  /** Looks at a few places and tells those whose record need not be kept; the next call goes on from there. */
  readonly sweep: (nowMs: number) => void;
  readonly clear: () => void;
}

/** More than one, so that removal outruns arrival. */
const SWEPT_AT_ONCE = 4;

/** Starts empty. */
export function createOpenRecords(onDue: (place: number, open: OpenRecord) => void): OpenRecords {
  const places: (OpenRecord | undefined)[] = [];
  const unused: number[] = [];
  let swept = 0;
  const lookAt = (place: number, nowMs: number): void => {
    const open = places[place];
    const keepUntilMs = open?.record.keepUntilMs ?? null;
    if (open !== undefined && keepUntilMs !== null && keepUntilMs <= nowMs) onDue(place, open);
  };
  return {
    get: (place) => places[place],
    add: (open) => {
      const place = unused.pop() ?? places.length;
      places[place] = open;
      return place;
    },
    remove: (place) => {
      places[place] = undefined;
      unused.push(place);
    },
    sweep: (nowMs) => {
      for (let looks = Math.min(SWEPT_AT_ONCE, places.length); looks > 0; looks--) {
        swept = swept + 1 < places.length ? swept + 1 : 0;
        lookAt(swept, nowMs);
      }
    },
    clear: () => {
      places.length = 0;
      unused.length = 0;
      swept = 0;
    },
  };
}
