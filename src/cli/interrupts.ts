/** Turns Ctrl-C into a signal. */
export interface Interrupts {
  readonly signal: AbortSignal;
  readonly close: () => void;
}

const EXIT_INTERRUPTED = 130;

/** The first SIGINT or SIGTERM lets the run end in order: clean-up, journal, reports. The second ends it at once. */
export function watchInterrupts(): Interrupts {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED);
    process.stderr.write("gcidem: interrupted; writing what there is (once more to stop at once)\n");
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
