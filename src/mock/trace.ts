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
