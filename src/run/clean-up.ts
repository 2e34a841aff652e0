import { linkAbort } from "../core/linked-abort.js";
import { type CancelTimer, startTimer } from "../core/real-time.js";
import type { NotRemoved } from "../journal/journal.js";
import type { PlannedStep } from "../plan/plan.js";
import type { Ledger } from "./ledger.js";
import { cleanUpAllowance, notRemoved } from "./not-removed.js";
import type { RunOptions } from "./run.js";
import { runSection, type Stop } from "./run-section.js";
import type { Running } from "./running.js";

/** How long clean-up may take once the user has interrupted. */
const CLEAN_UP_AFTER_INTERRUPT_MS = 10_000;

/** What ends clean-up: the user's second interrupt, or too long a time after the first. */
function cleanUpLimit({ interrupt, stop }: RunOptions): {
  readonly signal: AbortSignal;
  readonly forget: () => void;
} {
  const { signal, abort, unlink } = linkAbort(stop === undefined ? [] : [stop]);
  let cancel: CancelTimer = () => {};
  const limit = (): void => {
    cancel = startTimer(CLEAN_UP_AFTER_INTERRUPT_MS, abort);
  };
  if (interrupt.aborted) limit();
  else interrupt.addEventListener("abort", limit, { once: true });
  const forget = (): void => {
    unlink();
    cancel();
    interrupt.removeEventListener("abort", limit);
  };
  return { signal, forget };
}

/** What came of a clean-up. */
interface CleanedUp {
  readonly stops: ReadonlySet<Stop>;
  readonly left: readonly NotRemoved[];
}

/** True for a step of the plan's clean-up. Pure. */
export function isCleanUp({ section }: PlannedStep): boolean {
  return section === "cleanUp";
}

/**
 * Cleans up after a round, also one that a refusal, a failure, a spent budget or an interrupt has ended: whatever
 * `--max-requests` says, and after an interrupt within 10 s. Writes down what may be left.
 */
export async function cleanUp(running: Running, ledger: Ledger): Promise<CleanedUp> {
  const { options, sender } = running;
  const steps = options.plan.steps.filter(isCleanUp);
  if (steps.length === 0) return { stops: new Set(), left: [] };
  sender.allow(cleanUpAllowance(options.plan));
  const { signal, forget } = cleanUpLimit(options);
  const cleaning = { ...running, options: { ...options, interrupt: signal } };
  let stops: ReadonlySet<Stop>;
  let left: readonly NotRemoved[] = [];
  try {
    stops = await runSection(cleaning, steps, "each");
  } finally {
    forget();
    left = notRemoved(cleaning, steps, ledger);
    for (const each of left) options.journal.append(each);
  }
  return { stops, left };
}

/** Cleans up after an error that ends the run without a report: what is left is said at once. */
export async function cleanUpAfterError(running: Running, ledger: Ledger): Promise<void> {
  const { left } = await cleanUp(running, ledger).catch(() => ({ left: [] }));
  for (const { step, reason, request } of left) {
    const what = request === null ? "" : `; to be sent by hand: ${request.method} ${request.url}`;
    running.options.observer.onWarning(`clean-up step ${step} may have left something: ${reason}${what}`);
  }
}
