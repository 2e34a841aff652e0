import type { Transport } from "../transport/transport.js";
import type { ExchangeSender } from "./exchange-sender.js";
import type { Names } from "./names.js";
import type { RunOptions } from "./run.js";

/** A round under way, or one writer of a race in it. */
export interface Running {
  readonly options: RunOptions;
  readonly round: number;
  /** Where all random values of this round start. */
  readonly seed: number;
  /** Null outside of races. */
  readonly writer: number | null;
  readonly names: Names;
  readonly sender: ExchangeSender;
  /** What its requests go over, but for those that a race releases. */
  readonly transport: () => Transport;
  /** Attempts made so far of each step that another step's `reread` runs again. */
  readonly rereads: Map<string, number>;
  /** Captures that become credentials, as `step.name`. */
  readonly secrets: ReadonlySet<string>;
  /** Hears of a step that is left out, and why. */
  readonly onSkip?: (step: string, reason: string) => void;
  /** True where a step of this round was left out before. */
  readonly hasSkipped?: () => boolean;
}

/** Waits on the target's clock; an interrupt ends it early. Within a race time goes at real speed everywhere. */
export function pause(
  { options, writer }: Pick<Running, "options" | "writer">,
  durationMs: number,
): Promise<void> {
  const { clock, virtualTime } = options.target;
  if (virtualTime && writer === null) return clock.sleep(durationMs);
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      options.interrupt.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.after(durationMs, done);
    options.interrupt.addEventListener("abort", done, { once: true });
    if (options.interrupt.aborted) done();
  });
}
