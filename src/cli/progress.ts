import type { Ora } from "ora";
import { printable } from "../core/printable.js";
import type { RunObserver } from "../run/run.js";

/** Shows how far a run is, on a terminal's stderr only. */
export interface Progress extends RunObserver {
  readonly stop: () => void;
}

/** Runs that are over by then need no spinner, and its package is never loaded for them. */
const PATIENCE_MS = 400;

function warn(message: string): void {
  process.stderr.write(`gcidem: ${printable(message)}\n`);
}

/** Starts to watch. Loads the spinner only once the run has taken a while. */
export function startProgress(quiet: boolean): Progress {
  const shown = process.stderr.isTTY === true && !quiet;
  let spinner: Ora | null = null;
  let text = "";
  let stopped = !shown;
  const start = async (): Promise<void> => {
    const { default: ora } = await import("ora");
    if (!stopped) spinner = ora({ text, stream: process.stderr, discardStdin: false }).start();
  };
  const timer = shown ? setTimeout(() => void start(), PATIENCE_MS) : null;
  timer?.unref();
  return {
    onStep: (step, sent) => {
      text = `${printable(step)}   ${sent} requests sent`;
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
