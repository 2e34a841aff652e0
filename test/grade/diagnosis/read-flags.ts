import { TARGETS } from "./plan.js";
import type { Job } from "./worker.js";

/** What a person asked of a grade. */
export interface Flags {
  /** Null: the whole grade, which writes its page. */
  readonly conflicts: number | null;
  /** Scenarios of this target alone. */
  readonly cause: Job["target"] | null;
  /** How many cases are printed. */
  readonly show: number;
  /** The cases that are printed are those whose control is there, and nobody was certain. */
  readonly uncertain: boolean;
  /** The one scenario of the cause with this seed, all of whose exchanges are shown. */
  readonly seed: number | null;
  /** Every scenario is gone on with as `--confirm` does. */
  readonly confirm: boolean;
}

function numberAfter(argv: readonly string[], flag: string): number | null {
  const at = argv.indexOf(flag);
  if (at === -1) return null;
  const value = Number(argv[at + 1]);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`found ${flag} ${argv[at + 1] ?? ""}, expected a number`);
  return value;
}

/** Reads the flags. @throws Error for a value that is none. */
export function readFlags(argv: readonly string[]): Flags {
  const at = argv.indexOf("--cause");
  const named = at === -1 ? null : (argv[at + 1] ?? "");
  const known: readonly Job["target"][] = [...TARGETS, "habits"];
  const cause = known.find((each) => each === named) ?? null;
  if (named !== null && cause === null)
    throw new Error(`found --cause ${named}, expected one of ${known.join(", ")}`);
  return {
    conflicts: numberAfter(argv, "--conflicts"),
    cause,
    show: numberAfter(argv, "--show") ?? 0,
    uncertain: argv.includes("--uncertain"),
    seed: numberAfter(argv, "--seed"),
    confirm: argv.includes("--confirm"),
  };
}
