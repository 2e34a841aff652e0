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

/** Bits of an entry's tag. The lowest eight tell which of its texts are null. */
const TEXTS = 8;
const IS_EXECUTED = 256;
const IS_JSON = 512;

/** No answer has this status. */
const NO_STATUS = 0;

const NO_HEAD = new Uint8Array(0);

function nullsIn(texts: Texts): number {
  let nulls = 0;
  for (let at = 0; at < TEXTS; at++) if (texts[at] === null) nulls |= 1 << at;
  return nulls;
}

function hasLineFeed(text: string | null): boolean {
  return text?.includes("\n") === true;
}

function textsIn(text: string, tag: number): Texts {
  if ((tag & IS_JSON) > 0) return JSON.parse(text) as Texts;
  return text.split("\n").map((line, at) => ((tag & (1 << at)) > 0 ? null : line));
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
    const texts = [method, path, key, cause, movedBy, reason, correlationId, String(entry.arrivedAt)];
    const tag = nullsIn(texts) | (executed ? IS_EXECUTED : 0);
    const serial = status ?? NO_STATUS;
    const lines = texts.some(hasLineFeed) ? null : texts.join("\n");
    const position =
      lines === null ? 0 : log.append({ hash: 0, tag, serial, dueMs: at, head: NO_HEAD, text: lines });
    if (position > 0) return position;
    const text = JSON.stringify(texts);
    return log.append({ hash: 0, tag: tag | IS_JSON, serial, dueMs: at, head: NO_HEAD, text });
  };
  const read = (position: number): TraceEntry => {
    const { tag, serial, dueMs: at, text } = log.read(position);
    const [method, path, key, cause, movedBy, reason, correlationId, arrivedAt] = textsIn(text, tag);
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
      arrivedAt: Number(arrivedAt),
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
