import type { Ora } from "ora";
import { printable } from "../core/printable.js";
import type { RunObserver } from "../run/run.js";
import { progressLine, progressWords, type Way } from "./progress-words.js";

/** What is known of a run before it starts. */
export interface Expected {
  /** Requests in all; null where nobody knows. */
  readonly requests: number | null;
  /** Null where there are none, or nobody knows how many. */
  readonly rounds: number | null;
}

/** Shows how far a run is on stderr: a spinner at a terminal, a line now and then in CI's log, nothing elsewhere. */
export interface Progress extends RunObserver {
  /** From now on there is something to wait for. */
  readonly start: (expected?: Expected) => void;
  readonly stop: () => void;
}

/** What of the process a progress display looks at. */
export interface Surroundings {
  readonly stderr: Pick<NodeJS.WriteStream, "write"> & {
    readonly isTTY?: boolean;
    readonly columns?: number;
  };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly nowMs: () => number;
  /** Calls again and again; gives what ends that. */
  readonly every: (intervalMs: number, call: () => void) => () => void;
}

/** Runs that are over by then need no spinner, and its package is never loaded for them. */
const PATIENCE_MS = 400;

/** In a log every line stays: often enough to see that it goes on. */
const LOG_INTERVAL_MS = 30_000;

/** What the common build servers set; all but Jenkins and Azure set CI as well. */
const CI_NAMES = ["CI", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "TEAMCITY_VERSION", "TF_BUILD"];

function processSurroundings(): Surroundings {
  return {
    stderr: process.stderr,
    env: process.env,
    nowMs: () => performance.now(),
    every: (intervalMs, call) => {
      const timer = setInterval(call, intervalMs).unref();
      return () => clearInterval(timer);
    },
  };
}

type Manner = "spinner" | "lines" | "none";

function mannerOf({ stderr, env }: Surroundings, quiet: boolean): Manner {
  if (quiet) return "none";
  // A terminal that has no width yet (a container's, an expect script's) would make the spinner erase lines without end.
  if (stderr.isTTY === true) return (stderr.columns ?? 0) > 0 ? "spinner" : "none";
  return CI_NAMES.some((name) => !["", "0", "false", undefined].includes(env[name])) ? "lines" : "none";
}

/** What stands on a terminal's last line, or comes into a log by itself. */
interface Shown {
  readonly show: (text: string) => void;
  /** Makes room for another line. */
  readonly clear: () => void;
  readonly stop: () => void;
}

/** A spinner that comes once the run has taken a while. */
function createSpinner(): Shown {
  let spinner: Ora | null = null;
  let text = "no answer yet";
  let stopped = false;
  const appear = async (): Promise<void> => {
    const { default: ora } = await import("ora");
    if (!stopped) spinner = ora({ text, stream: process.stderr, discardStdin: false }).start();
  };
  const timer = setTimeout(() => void appear(), PATIENCE_MS).unref();
  return {
    show: (next) => {
      text = next;
      if (spinner !== null) spinner.text = next;
    },
    clear: () => void spinner?.clear(),
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      spinner?.stop();
    },
  };
}

/** Adds up what each run counts for itself, from 1 again. */
function createCount(): (sent: number) => number {
  let [total, last] = [0, 0];
  return (sent) => {
    total += sent > last ? sent - last : sent < last ? sent : 0;
    last = sent;
    return total;
  };
}

/** Makes a progress display. Loads the spinner only once the run has taken a while. */
export function createProgress(quiet: boolean, around: Surroundings = processSurroundings()): Progress {
  const manner = mannerOf(around, quiet);
  const count = createCount();
  let expected: Expected = { requests: null, rounds: null };
  let way: Way | null = null;
  let startMs = around.nowMs();
  let shown: Shown | null = null;
  const write = (text: string): void => void around.stderr.write(`gcidem: ${text}\n`);
  const lines = (): Shown => {
    const stop = around.every(LOG_INTERVAL_MS, () => {
      const sinceMs = around.nowMs() - startMs;
      write(
        way === null
          ? `${Math.round(sinceMs / 1000)} s: no answer yet`
          : progressLine({ ...way, elapsedMs: sinceMs }, sinceMs),
      );
    });
    return { show: () => {}, clear: () => {}, stop };
  };
  return {
    start: (what) => {
      expected = what ?? expected;
      startMs = around.nowMs();
      if (manner !== "none") shown = manner === "spinner" ? createSpinner() : lines();
    },
    onStep: (step, sent, round) => {
      const { requests: planned, rounds } = expected;
      way = { step, round, rounds, sent: count(sent), planned, elapsedMs: around.nowMs() - startMs };
      if (manner === "spinner") shown?.show(progressWords(way).join("   "));
    },
    onWarning: (message) => {
      if (quiet) return;
      shown?.clear();
      write(printable(message));
    },
    stop: () => {
      shown?.stop();
      shown = null;
    },
  };
}
