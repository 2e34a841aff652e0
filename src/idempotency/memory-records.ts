import { isCompactOf, readCompact, writeCompact } from "./compact-record.js";
import { createHashIndex, type HashIndex } from "./hash-index.js";
import { createIdScopes, type IdParts, type IdScopes } from "./id-scopes.js";
import type { KeyRecord } from "./idempotency.js";
import { createOpenRecords, type OpenRecord, type OpenRecords } from "./open-records.js";
import { createSharedTexts, type SharedTexts } from "./shared-texts.js";
import { createTextLog, type TextLog } from "./text-log.js";

/** Key records by their ids, in memory. */
export interface MemoryRecords {
  readonly get: (id: string) => KeyRecord | null;
  readonly set: (id: string, record: KeyRecord) => void;
  /** Sets a record where there is none and answers null; otherwise answers what is there. */
  readonly add: (id: string, makeRecord: () => KeyRecord) => KeyRecord | null;
  /** Changes what is there; false where that is nothing, or where nothing becomes of it. */
  readonly change: (id: string, next: (record: KeyRecord) => KeyRecord | null) => boolean;
  readonly remove: (id: string) => void;
  /** Removes some of those that need not be kept any more: a few with each call. */
  readonly sweep: (nowMs: number) => void;
  /** In the order in which their ids came. */
  readonly entries: () => Iterable<readonly [id: string, record: KeyRecord]>;
  readonly clear: () => void;
  readonly size: () => number;
}

/** Values of the index from here on are places of open records; below, positions in the log. */
const OPEN = 2 ** 30;

/** An entry's tag is the number of its path, and in the lower bits that of its scope; 0: spelled out in the text. */
const NUMBER_BITS = 16;
const NUMBER_MASK = 2 ** NUMBER_BITS - 1;

/** A client that asks for ever new paths shares nothing, and a table of all of them would cost as much again. */
const MOST_SHARED = 2 ** 14;

/**
 * Records of ended requests lie in the log, as bytes; those of requests under way, and a few of unusual kinds, are open:
 * objects. The index finds either.
 */
interface Parts {
  readonly ids: IdScopes;
  readonly paths: SharedTexts;
  readonly log: TextLog;
  readonly open: OpenRecords;
  readonly index: HashIndex<IdParts>;
}

function releasePath({ paths }: Pick<Parts, "paths">, tag: number): void {
  if (tag >>> NUMBER_BITS > 0) paths.release(tag >>> NUMBER_BITS);
}

function createParts(mostShared: number): Parts {
  const ids = createIdScopes(mostShared);
  const paths = createSharedTexts(mostShared);
  const log = createTextLog({
    onDue: (position) => {
      const tag = log.tagOf(position);
      index.remove(log.hashOf(position), position);
      releasePath({ paths }, tag);
      ids.release(tag & NUMBER_MASK);
    },
    onMoved: (hash, from, to) => index.replace(hash, from, to),
  });
  const open = createOpenRecords((place, { parts }) => {
    index.remove(parts.hash, OPEN + place);
    open.remove(place);
    ids.release(parts.number);
  });
  const index = createHashIndex<IdParts>((value, { split, number }) => {
    if (value >= OPEN) return open.get(value - OPEN)?.parts.split.id === split.id;
    const isOfScope = (log.tagOf(value) & NUMBER_MASK) === number;
    return isOfScope && isCompactOf(log.read(value), number === 0 ? split.scope : "", split.key);
  });
  return { ids, paths, log, open, index };
}

/** Appends an ended record to the log; 0 for a record that does not go into it. */
function appendEnded({ paths, log }: Parts, { parts: id, serial, record }: OpenRecord): number {
  if (record.state.kind !== "ended" || record.key !== id.split.key) return 0;
  const { hash, number } = id;
  const { path } = record.first;
  const pathNumber = paths.take(path) ?? 0;
  const spelled = { scope: number === 0 ? id.split.scope : "", path: pathNumber === 0 ? path : "" };
  const compact = writeCompact(record, spelled);
  const tag = (pathNumber << NUMBER_BITS) | number;
  const dueMs = record.keepUntilMs ?? Number.POSITIVE_INFINITY;
  const position =
    compact === null ? 0 : log.append({ hash, tag, serial, dueMs, head: compact.head, text: compact.text });
  if (position === 0) releasePath({ paths }, tag);
  return position;
}

/** Answers the value for the index. */
function write(parts: Parts, of: OpenRecord): number {
  const position = appendEnded(parts, of);
  return position === 0 ? OPEN + parts.open.add(of) : position;
}

function discard(parts: Parts, value: number): void {
  const { open, log } = parts;
  if (value >= OPEN) {
    open.remove(value - OPEN);
    return;
  }
  releasePath(parts, log.tagOf(value));
  log.drop(value);
}

function readLog({ log, ids, paths }: Parts, position: number): readonly [id: string, record: KeyRecord] {
  const entry = log.read(position);
  const { tag, dueMs } = entry;
  const { scope, record } = readCompact(entry, dueMs === Number.POSITIVE_INFINITY ? null : dueMs);
  const id = ((tag & NUMBER_MASK) === 0 ? scope : ids.textOf(tag & NUMBER_MASK)) + record.key;
  if (tag >>> NUMBER_BITS === 0) return [id, record];
  return [id, { ...record, first: { ...record.first, path: paths.textOf(tag >>> NUMBER_BITS) } }];
}

function read(parts: Parts, value: number): readonly [id: string, record: KeyRecord] | null {
  if (value < OPEN) return readLog(parts, value);
  const open = parts.open.get(value - OPEN);
  return open === undefined ? null : [open.parts.split.id, open.record];
}

function recordAt(parts: Parts, value: number): KeyRecord | null {
  if (value >= OPEN) return parts.open.get(value - OPEN)?.record ?? null;
  return value === 0 ? null : readLog(parts, value)[1];
}

function serialOf({ open, log }: Parts, value: number): number {
  return value < OPEN ? log.serialOf(value) : (open.get(value - OPEN)?.serial ?? 0);
}

function* inOrder(parts: Parts): Iterable<readonly [id: string, record: KeyRecord]> {
  const values = [...parts.index.values()].map((value) => [serialOf(parts, value), value] as const);
  for (const [, value] of values.sort(([a], [b]) => a - b)) {
    const entry = read(parts, value);
    if (entry !== null) yield entry;
  }
}

/**
 * Starts empty. Its order of work depends on calls alone. `mostShared`, at most 16,384: scopes, and paths, that are kept
 * once; beyond that each record has its own.
 */
export function createMemoryRecords(mostShared: number = MOST_SHARED): MemoryRecords {
  const parts = createParts(mostShared);
  const { ids, paths, log, open, index } = parts;
  let made = 0;
  const find = (id: string): number => {
    const of = ids.partsOf(id);
    return index.find(of.hash, of);
  };
  const append = (id: string, record: KeyRecord): void => {
    made += 1;
    const of = ids.take(id);
    index.add(of.hash, write(parts, { parts: of, serial: made, record }));
  };
  const replace = (id: string, value: number, record: KeyRecord): void => {
    const of = ids.partsOf(id);
    index.replace(of.hash, value, write(parts, { parts: of, serial: serialOf(parts, value), record }));
    discard(parts, value);
  };
  return {
    get: (id) => recordAt(parts, find(id)),
    set: (id, record) => {
      const value = find(id);
      if (value === 0) append(id, record);
      else replace(id, value, record);
    },
    add: (id, makeRecord) => {
      const there = recordAt(parts, find(id));
      if (there === null) append(id, makeRecord());
      return there;
    },
    change: (id, next) => {
      const value = find(id);
      const there = recordAt(parts, value);
      const changed = there === null ? null : next(there);
      if (changed === null) return false;
      replace(id, value, changed);
      return true;
    },
    remove: (id) => {
      const value = find(id);
      if (value === 0) return;
      const { hash, number } = ids.partsOf(id);
      index.remove(hash, value);
      discard(parts, value);
      ids.release(number);
    },
    sweep: (nowMs) => {
      open.sweep(nowMs);
      log.sweep(nowMs);
    },
    entries: () => inOrder(parts),
    clear: () => {
      for (const part of [ids, paths, log, open, index]) part.clear();
    },
    size: index.size,
  };
}
