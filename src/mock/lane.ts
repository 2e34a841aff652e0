import { ConstitutionChanged, NothingDone, StoreUnavailable } from "../idempotency/shared-state.js";

/** Lets one request of this server after another try again. */
export interface Lane {
  readonly inTurn: <T>(attempt: () => Promise<T>) => Promise<T>;
}

/** An outage or a reset is the next one's too: to wait for it once more would take as many time-outs as requests. */
function isEveryones(error: unknown): boolean {
  const reason = error instanceof NothingDone ? error.cause : error;
  return reason instanceof ConstitutionChanged || reason instanceof StoreUnavailable;
}

/**
 * Requests that lost a race for a document would lose it again and again to one another, as often as there are of them.
 * In turn, each has only other servers for rivals.
 */
export function createLane(): Lane {
  let last: Promise<unknown> = Promise.resolve();
  return {
    inTurn: (attempt) => {
      const mine = last.then(attempt);
      const settled: Promise<unknown> = mine.catch((error: unknown) => {
        if (isEveryones(error) && last !== settled) throw error;
      });
      last = settled;
      return mine;
    },
  };
}
