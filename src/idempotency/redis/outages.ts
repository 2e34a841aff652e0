/** Tells an operator about the store, once each time that it goes away and once when it is back. */
export interface Outages {
  /** The store is out of reach. */
  readonly gone: (reason: string) => void;
  /** The store is there, and refused something: it is full, or read-only. */
  readonly refused: (reason: string) => void;
  /** The store did what it was asked. `wrote`: and kept something. */
  readonly worked: (wrote: boolean) => void;
}

/** Starts with a store that is there. `store` is its address as people may see it. */
export function createOutages(store: string, onWarning: (warning: string) => void): Outages {
  let out: "gone" | "refused" | null = null;
  const warn = (kind: "gone" | "refused", warning: string): void => {
    if (out === null) onWarning(warning);
    out ??= kind;
  };
  return {
    gone: (reason) =>
      warn("gone", `the store ${store} is gone (${reason}); requests get 503 until it is back`),
    refused: (reason) =>
      warn("refused", `the store ${store} refuses (${reason}); requests that it refuses get 503`),
    worked: (wrote) => {
      // A store that is full still answers reads.
      if (out === null || (out === "refused" && !wrote)) return;
      out = null;
      onWarning(`the store ${store} is back`);
    },
  };
}
