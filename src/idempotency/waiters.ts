/** Requests of this process that wait for another one under the same key to end. */
export interface Waiters {
  readonly untilEnded: (id: string) => Promise<void>;
  readonly wake: (id: string) => void;
  readonly wakeAll: () => void;
}

/** Makes an empty waiting room. */
export function createWaiters(): Waiters {
  const waiting = new Map<string, (() => void)[]>();
  const wake = (id: string): void => {
    // Nobody waits, mostly; then an id of 200 characters need not be hashed, a quarter of a microsecond.
    if (waiting.size === 0) return;
    const resumes = waiting.get(id);
    if (resumes === undefined) return;
    waiting.delete(id);
    for (const resume of resumes) resume();
  };
  return {
    untilEnded: (id) =>
      new Promise((resolve) => {
        const resumes = waiting.get(id);
        if (resumes === undefined) waiting.set(id, [resolve]);
        else resumes.push(resolve);
      }),
    wake,
    wakeAll: () => {
      for (const id of [...waiting.keys()]) wake(id);
    },
  };
}
