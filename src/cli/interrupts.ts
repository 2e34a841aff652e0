/** Turns Ctrl-C into a signal. */
export interface Interrupts {
  readonly signal: AbortSignal;
  readonly close: () => void;
}

const EXIT_INTERRUPTED = 130;

const WRITING = "interrupted; writing what there is (once more to stop at once)";

/**
 * The first SIGINT or SIGTERM lets the command end in order (a run: clean-up, journal, reports) and says `notice`. The
 * second ends it at once.
 */
export function watchInterrupts(notice: string = WRITING): Interrupts {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED);
    process.stderr.write(`gcidem: ${notice}\n`);
    controller.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    close: () => {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
