/** A queue in front of one resource: whoever comes first has the first turn. */
export interface Turns {
  /** Does something once everybody who came before is done. */
  readonly inTurn: <T>(act: () => Promise<T>) => Promise<T>;
}

/** Makes a queue that nobody stands in. */
export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return {
    inTurn: (act) => {
      const mine = last.then(act);
      last = mine.catch(() => {});
      return mine;
    },
  };
}
