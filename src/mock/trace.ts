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

/** Makes an empty ring. */
export function createTrace(length: number = TRACE_LENGTH): Trace {
  const ring: TraceEntry[] = [];
  let oldest = 0;
  return {
    add: (entry) => {
      if (ring.length < length) {
        ring.push(entry);
        return;
      }
      ring[oldest] = entry;
      oldest = (oldest + 1) % length;
    },
    list: () => [...ring.slice(oldest), ...ring.slice(0, oldest)],
    clear: () => {
      ring.length = 0;
      oldest = 0;
    },
  };
}
