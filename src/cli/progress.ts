import type { Ora } from "ora";
import { printable } from "../core/printable.js";
import type { RunObserver } from "../run/run.js";

/** Shows how far a run is, on a terminal's stderr only. */
export interface Progress extends RunObserver {
  /** From now on there is something to wait for. */
  readonly start: () => void;
  readonly stop: () => void;
}

/** Runs that are over by then need no spinner, and its package is never loaded for them. */
const PATIENCE_MS = 400;

function warn(message: string): void {
  process.stderr.write(`gcidem: ${printable(message)}\n`);
}

/** Makes a progress display. Loads the spinner only once the run has taken a while. */
export function createProgress(quiet: boolean): Progress {
  // A terminal that has no width yet (a container's, an expect script's) would make the spinner erase lines without end.
  const shown = process.stderr.isTTY === true && process.stderr.columns > 0 && !quiet;
  let spinner: Ora | null = null;
  let text = "no answer yet";
  let stopped = false;
  let timer: NodeJS.Timeout | null = null;
  const show = async (): Promise<void> => {
    const { default: ora } = await import("ora");
    if (!stopped) spinner = ora({ text, stream: process.stderr, discardStdin: false }).start();
  };
  return {
    start: () => {
      if (shown) timer = setTimeout(() => void show(), PATIENCE_MS).unref();
    },
    onStep: (step, sent, round) => {
      const inRound = round > 1 ? `round ${round}   ` : "";
      text = `${inRound}${printable(step)}   ${sent === 1 ? "1 request" : `${sent} requests`} sent`;
      if (spinner !== null) spinner.text = text;
    },
    onWarning: (message) => {
      if (!quiet) warn(message);
    },
    stop: () => {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      spinner?.stop();
    },
  };
}
