import type { Operation, Version } from "./history.js";

/** No version, no operation. */
export const NONE = -1;

/** One resource's operations with their versions numbered: what the checkers work on. */
export interface Register {
  readonly operations: readonly Operation[];
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
    versions,
    made: new Int32Array(count),
    expected: new Int32Array(count),
    saw: new Int32Array(count),
    call: new Float64Array(count),
    ret: new Float64Array(count),
    initial: numberOf(initial),
  };
  operations.forEach((operation, index) => {
    register.made[index] = operation.ok === false ? NONE : numberOf(operation.version);
    register.expected[index] = operation.kind === "cas" ? numberOf(operation.expected) : NONE;
    register.saw[index] = numberOf(operation.saw);
    register.call[index] = operation.call;
    register.ret[index] =
      operation.ok === null ? Number.POSITIVE_INFINITY : (operation.ret ?? Number.POSITIVE_INFINITY);
  });
  return register;
}
