import type { Operation, Version } from "../../src/history/history.js";

/** A register's state: a version, or an unacknowledged write's nameless one. */
type State = Version | null;

function precedes(a: Operation, b: Operation): boolean {
  return a.ok !== null && a.ret !== null && a.ret < b.call;
}

function after(operation: Operation, state: State): State | undefined {
  const { kind, ok, version, expected, saw } = operation;
  if (kind === "read") return version === state ? state : undefined;
  if (ok === false) {
    if (saw !== undefined && saw !== state) return undefined;
    return kind === "cas" && expected === state ? undefined : state;
  }
  if (kind === "cas" && expected !== state) return undefined;
  return version ?? null;
}

/** Tries every order of every choice of the operations whose outcome nobody knows. */
function tryFrom(left: readonly Operation[], state: State): boolean {
  if (left.every(({ ok }) => ok === null)) return true;
  return left.some((candidate) => {
    if (left.some((other) => other !== candidate && precedes(other, candidate))) return false;
    const next = after(candidate, state);
    return (
      next !== undefined &&
      tryFrom(
        left.filter((each) => each !== candidate),
        next,
      )
    );
  });
}

function mentioned(operations: readonly Operation[]): readonly Version[] {
  const all = operations.flatMap(({ version, expected, saw }) => [version, expected, saw]);
  return [...new Set(all.filter((each) => each !== undefined))];
}

/** Every way in which writes whose version nobody told may have made versions that nobody is known to have made. */
function named(
  operations: readonly Operation[],
  strangers: readonly Version[],
): readonly (readonly Operation[])[] {
  const at = operations.findIndex(
    ({ kind, ok, version }) => kind !== "read" && ok !== false && version === undefined,
  );
  const nameless = operations[at];
  if (nameless === undefined) return [operations];
  const choices: readonly Version[] = [`of ${nameless.id}`, ...strangers];
  return choices.flatMap((version) =>
    named(
      operations.with(at, { ...nameless, version }),
      strangers.filter((each) => each !== version),
    ),
  );
}

function hasOrderFrom(operations: readonly Operation[], initial: Version): boolean {
  const counted = operations.filter(({ kind, ok }) => kind !== "read" || ok === true);
  const made = new Set(
    counted.flatMap(({ kind, ok, version }) => (kind !== "read" && ok !== false ? [version] : [])),
  );
  const strangers = mentioned(counted).filter((version) => version !== initial && !made.has(version));
  return named(counted, strangers).some((each) => tryFrom(each, initial));
}

/** Whether some order of the operations of one resource agrees with what each was answered and when. */
export function hasOrder(operations: readonly Operation[], initial?: Version): boolean {
  if (initial !== undefined) return hasOrderFrom(operations, initial);
  const made = new Set(operations.flatMap(({ kind, version }) => (kind === "read" ? [] : [version])));
  const first = mentioned(operations).filter((version) => !made.has(version));
  return ["one that nobody met", ...first].some((version) => hasOrderFrom(operations, version));
}
