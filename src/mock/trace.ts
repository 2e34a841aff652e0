import { createTextLog } from "../idempotency/text-log.js";
import type { TraceEntry } from "./mock.js";

/** How many decisions are remembered. */
export const TRACE_LENGTH = 100_000;

/** A ring of decisions. */
export interface Trace {
  readonly add: (entry: TraceEntry) => void;
  /** Oldest first. */
  readonly list: () => readonly TraceEntry[];
  readonly clear: () => void;
}

type Texts = readonly (string | null)[];

/** Bits of an entry's tag. The lowest seven tell which of its texts are null. */
const TEXTS = 7;
const IS_EXECUTED = 128;
const IS_JSON = 256;

/** No answer has this status. */
const NO_STATUS = 0;

const LONGEST_TEXT = 0xffff;

/** The length of each text, and when the request had arrived. One for all: it is filled and read within one call. */
const ARRIVED_AT = 2 * TEXTS;
const head = new Uint8Array(ARRIVED_AT + 8);
const view = new DataView(head.buffer);

/** Writes the lengths into the head, and answers which texts are null; -1 where one is too long for it. */
function fillHead(texts: Texts): number {
  let nulls = 0;
  for (let at = 0; at < TEXTS; at++) {
    const text = texts[at] ?? null;
    const length = text === null ? 0 : text.length;
    if (length > LONGEST_TEXT) return -1;
    if (text === null) nulls |= 1 << at;
    view.setUint16(2 * at, length, true);
  }
  return nulls;
}

/** The texts of an entry whose head is filled in. */
function textsIn(text: string, tag: number): Texts {
  if ((tag & IS_JSON) > 0) return JSON.parse(text) as Texts;
  let from = 0;
  return Array.from({ length: TEXTS }, (_, at) => {
    const start = from;
    from += view.getUint16(2 * at, true);
    return (tag & (1 << at)) > 0 ? null : text.slice(start, from);
  });
}

/**
 * Makes an empty ring. Its entries lie outside of what the collector looks at: as objects they cost each request 2 µs
 * more, though nobody may ever ask for them (Node 20, 2026-11-22).
 */
export function createTrace(length: number = TRACE_LENGTH): Trace {
  const log = createTextLog({ onDue: () => {}, onMoved: () => {} });
  const positions: number[] = [];
  let oldest = 0;
  const append = (entry: TraceEntry): number => {
    const { method, path, key, status, cause, movedBy, reason, correlationId, executed, at } = entry;
    const texts = [method, path, key, cause, movedBy, reason, correlationId];
    const flags = executed ? IS_EXECUTED : 0;
    const serial = status ?? NO_STATUS;
    const nulls = fillHead(texts);
    view.setFloat64(ARRIVED_AT, entry.arrivedAt, true);
    const text = nulls < 0 ? "" : texts.join("");
    const position =
      nulls < 0 ? 0 : log.append({ hash: 0, tag: flags | nulls, serial, dueMs: at, head, text });
    if (position > 0) return position;
    const json = JSON.stringify(texts);
    return log.append({ hash: 0, tag: flags | IS_JSON, serial, dueMs: at, head, text: json });
  };
  const read = (position: number): TraceEntry => {
    const entry = log.read(position);
    const { tag, serial, dueMs: at } = entry;
    head.set(entry.head);
    const arrivedAt = view.getFloat64(ARRIVED_AT, true);
    const [method, path, key, cause, movedBy, reason, correlationId] = textsIn(entry.text, tag);
    return {
      method: method ?? "",
      path: path ?? "",
      key: key ?? null,
      status: serial === NO_STATUS ? null : serial,
      cause: (cause ?? null) as TraceEntry["cause"],
      movedBy: (movedBy ?? null) as TraceEntry["movedBy"],
      reason: reason ?? null,
      correlationId: correlationId ?? "",
      executed: (tag & IS_EXECUTED) > 0,
      arrivedAt,
      at,
    };
  };
  return {
    add: (entry) => {
      const position = append(entry);
      if (positions.length < length) {
        positions.push(position);
        return;
      }
      log.drop(positions[oldest] ?? 0);
      positions[oldest] = position;
      oldest = (oldest + 1) % length;
    },
    list: () => [...positions.slice(oldest), ...positions.slice(0, oldest)].map(read),
    clear: () => {
      log.clear();
      positions.length = 0;
      oldest = 0;
    },
  };
}

/**
 * When requests had arrived as a whole, by the correlation IDs of their answers. A stored answer may carry the id of the
 * request that it was first given to: an id that stands for several requests is left out. Pure.
 */
export function arrivalsIn(
  entries: readonly Pick<TraceEntry, "correlationId" | "arrivedAt">[],
  correlationIds: readonly string[],
): ReadonlyMap<string, number> {
  const asked = new Set(correlationIds);
  const arrivals = new Map<string, number>();
  const shared = new Set<string>();
  for (const { correlationId, arrivedAt } of entries) {
    if (!asked.has(correlationId)) continue;
    if (arrivals.has(correlationId)) shared.add(correlationId);
    arrivals.set(correlationId, arrivedAt);
  }
  for (const id of shared) arrivals.delete(id);
  return arrivals;
}
