import type { Operation, Version } from "./history.js";

/** No version, no operation. */
export const NONE = -1;

/** What an operation was, as {@link Register} keeps it. */
export const KIND = { read: 0, write: 1, cas: 2 } as const;

/** How an operation ended, as {@link Register} keeps it. `open`: nobody knows. */
export const OUTCOME = { refused: 0, done: 1, open: 2 } as const;

/**
 * One resource's operations with their versions numbered: what the checkers work on. In columns, because a million
 * objects are read from memory anew by each pass over them, and that takes longer than what the pass does.
 */
export interface Register {
  readonly operations: readonly Operation[];
  /** For each operation one of {@link KIND}. */
  readonly kind: Uint8Array;
  /** For each operation one of {@link OUTCOME}. */
  readonly outcome: Uint8Array;
  /** Versions by their numbers. */
  readonly versions: readonly Version[];
  /** For each operation the number of `version`, `expected` and `saw`, or {@link NONE}. */
  readonly made: Int32Array;
  readonly expected: Int32Array;
  readonly saw: Int32Array;
  readonly call: Float64Array;
  /** Infinity where no answer came. */
  readonly ret: Float64Array;
  /** Number of the initial version; {@link NONE} where it was not given. */
  readonly initial: number;
}

function outcomeOf({ ok }: Operation): number {
  if (ok === null) return OUTCOME.open;
  return ok ? OUTCOME.done : OUTCOME.refused;
}

/** Refusals that say: what you named is not the current version. Any other says nothing of versions. */
const OUTDATED: ReadonlySet<number> = new Set([409, 412]);

function kindOf({ kind, ok, status }: Operation): number {
  const isOther = ok === false && status !== undefined && !OUTDATED.has(status);
  return isOther && kind === "cas" ? KIND.write : KIND[kind];
}

/** Numbers the versions of one resource. Pure. */
export function toRegister(operations: readonly Operation[], initial: Version | undefined): Register {
  const numbers = new Map<Version, number>();
  const versions: Version[] = [];
  const numberOf = (version: Version | undefined): number => {
    if (version === undefined) return NONE;
    const known = numbers.get(version);
    if (known !== undefined) return known;
    numbers.set(version, versions.length);
    return versions.push(version) - 1;
  };
  const count = operations.length;
  const register = {
    operations,
    kind: new Uint8Array(count),
    outcome: new Uint8Array(count),
    versions,
    made: new Int32Array(count),
    expected: new Int32Array(count),
    saw: new Int32Array(count),
    call: new Float64Array(count),
    ret: new Float64Array(count),
    initial: numberOf(initial),
  };
  operations.forEach((operation, index) => {
    const kind = kindOf(operation);
    register.kind[index] = kind;
    register.outcome[index] = outcomeOf(operation);
    register.made[index] = operation.ok === false ? NONE : numberOf(operation.version);
    register.expected[index] = kind === KIND.cas ? numberOf(operation.expected) : NONE;
    register.saw[index] = numberOf(operation.saw);
    register.call[index] = operation.call;
    register.ret[index] =
      operation.ok === null ? Number.POSITIVE_INFINITY : (operation.ret ?? Number.POSITIVE_INFINITY);
  });
  return register;
}
