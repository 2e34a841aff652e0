import { setMaxListeners } from "node:events";

/** Something that ends with any of several others, or by itself. */
export interface LinkedAbort {
  readonly signal: AbortSignal;
  readonly abort: () => void;
  /** Forgets the others. */
  readonly unlink: () => void;
}

/**
 * Makes a signal that is aborted with any of these. Node's own AbortSignal.any stays in the memory of signals that
 * outlive it (Node 20), as a transport outlives thousands of waves.
 */
export function linkAbort(others: readonly AbortSignal[]): LinkedAbort {
  const controller = new AbortController();
  const { signal } = controller;
  // One for each connection or request: more than Node takes for a leak.
  setMaxListeners(0, signal);
  const abort = (): void => controller.abort();
  const unlink = (): void => {
    for (const other of others) other.removeEventListener("abort", abort);
  };
  for (const other of others) {
    if (other.aborted) abort();
    else other.addEventListener("abort", abort, { once: true });
  }
  return { signal, abort, unlink };
}
