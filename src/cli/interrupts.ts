/** Turns Ctrl-C into signals. */
export interface Interrupts {
  /** Aborted the first time. */
  readonly signal: AbortSignal;
  /** Aborted the second time. */
  readonly stop: AbortSignal;
  readonly close: () => void;
}

const EXIT_INTERRUPTED = 130;

const WRITING = "interrupted; writing what there is (once more to stop at once)";

/**
 * The first SIGINT or SIGTERM lets the command end in order (a run: clean-up, journal, reports) and says `notice`. The
 * second ends it at once: requests under way are given up, and after `graceMs`, in which reports are written, so is
 * everything else. A third waits for nothing.
 */
export function watchInterrupts(
  notice: string = WRITING,
  { graceMs }: { readonly graceMs: number } = { graceMs: 0 },
): Interrupts {
  const first = new AbortController();
  const second = new AbortController();
  const end = (): never => process.exit(EXIT_INTERRUPTED);
  const onSignal = (): void => {
    if (second.signal.aborted || (first.signal.aborted && graceMs === 0)) end();
    if (!first.signal.aborted) {
      process.stderr.write(`gcidem: ${notice}\n`);
      first.abort();
      return;
    }
    process.stderr.write("gcidem: stopping at once\n");
    setTimeout(end, graceMs).unref();
    second.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: first.signal,
    stop: second.signal,
    close: () => {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
