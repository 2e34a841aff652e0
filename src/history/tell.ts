import type { Anomaly, HistoryAnomaly, Operation } from "./history.js";
import { NONE, OUTCOME, type Register } from "./register.js";

const METHOD: Readonly<Record<Operation["kind"], string>> = {
  read: "read",
  write: "write",
  cas: "conditional write",
};

function shown(value: unknown): string {
  return typeof value === "string" ? value : String(value);
}

function ms(durationMs: number): string {
  const rounded = durationMs < 10 ? durationMs.toFixed(2) : durationMs.toFixed(1);
  return `${rounded.replace(/\.?0+$/, "")} ms`;
}

function name(register: Register, index: number): string {
  const operation = register.operations[index];
  return operation === undefined
    ? "a write"
    : `${operation.id} (${METHOD[operation.kind]} by ${operation.process})`;
}

function at(register: Register, index: number, when: "call" | "ret"): string {
  const instant = register[when][index] ?? Number.NaN;
  return Number.isFinite(instant) ? `at ${ms(instant)}` : "";
}

function version(register: Register, number: number): string {
  return number === NONE ? "a version" : `version ${shown(register.versions[number])}`;
}

function anomaly(
  register: Register,
  word: HistoryAnomaly,
  of: { readonly witness: readonly number[]; readonly explanation: string },
): Anomaly {
  const distinct = [...new Set(of.witness)].filter((index) => index !== NONE);
  return {
    name: word,
    operations: distinct.map((index) => register.operations[index]?.id ?? ""),
    explanation: of.explanation,
  };
}

/** Whoever shows that a write happened which nobody acknowledged; {@link NONE} where it was acknowledged. */
function witnessOf(register: Register, write: number): number {
  const { made, expected, saw, outcome } = register;
  const version = made[write] ?? NONE;
  if (outcome[write] !== OUTCOME.open || version === NONE) return NONE;
  const shows = (index: number): boolean =>
    outcome[index] === OUTCOME.refused
      ? saw[index] === version
      : outcome[index] === OUTCOME.done && (made[index] === version || expected[index] === version);
  return made.findIndex((_, index) => shows(index));
}

/** Two writes from one version, of which one may have been carried out without an answer. */
function fork(
  word: HistoryAnomaly,
  sentence: (names: { readonly both: string; readonly from: string; readonly done: string }) => string,
): TellPair {
  return (register, first, second) => {
    const both = `${name(register, first)} and ${name(register, second)}`;
    const from = version(register, register.expected[first] ?? NONE);
    const met = [first, second].flatMap((write) => {
      const witness = witnessOf(register, write);
      return witness === NONE ? [] : [{ write, witness }];
    });
    const told = met.map(
      ({ write, witness }) =>
        ` ${register.operations[write]?.id ?? ""} got no answer, but ${name(register, witness)} met what it made.`,
    );
    const done = met.length === 0 ? "acknowledged" : "carried out";
    return anomaly(register, word, {
      // More than three requests nobody reads; the sentence names them all.
      witness: [first, second, ...met.map(({ witness }) => witness)].slice(0, 3),
      explanation: `${sentence({ both, from, done })}${told.join("")}`,
    });
  };
}

function pair(
  word: HistoryAnomaly,
  sentence: (register: Register, first: number, second: number) => string,
): (register: Register, first: number, second: number) => Anomaly {
  return (register, first, second) =>
    anomaly(register, word, { witness: [first, second], explanation: sentence(register, first, second) });
}

type TellPair = (register: Register, first: number, second: number) => Anomaly;

interface Tell {
  readonly lostUpdate: TellPair;
  readonly severalWinners: TellPair;
  readonly duplicateVersion: TellPair;
  readonly circle: TellPair;
  readonly phantomVersion: (register: Register, index: number, version: number) => Anomaly;
  /** `stale` met an older version than `newer` had shown before it was sent. */
  readonly staleRead: (
    register: Register,
    stale: number,
    newer: number,
    seen: { readonly old: number; readonly new: number },
  ) => Anomaly;
  readonly futureRead: (register: Register, reader: number, writer: number, seen: number) => Anomaly;
  readonly order: (register: Register, early: number, late: number) => Anomaly;
  readonly noOrder: (register: Register, witness: readonly number[]) => Anomaly;
  readonly spuriousConflict: (register: Register, refused: number, around: readonly number[]) => Anomaly;
}

/** Each contradiction as a story for people. Pure. */
export const tell: Tell = {
  lostUpdate: fork(
    "lost-update",
    ({ both, from, done }) =>
      `${both} both replaced ${from} and both were ${done}: the one that came first was overwritten by a writer that had not seen it.`,
  ),
  severalWinners: fork(
    "several-winners",
    ({ both, from, done }) =>
      `${both} were both conditional on ${from}, and both were ${done}; at most one can win.`,
  ),
  duplicateVersion: pair("duplicate-version", (register, first, second) => {
    const made = version(register, register.made[first] ?? NONE);
    return `${name(register, first)} and ${name(register, second)} both made ${made}.`;
  }),
  circle: pair(
    "order",
    (register, first, second) =>
      `${name(register, first)} replaced what ${name(register, second)} made, and the other way round through the writes between: no order has both.`,
  ),
  phantomVersion: (register: Register, index: number, number: number): Anomaly =>
    anomaly(register, "phantom-version", {
      witness: [index],
      explanation: `${name(register, index)} met ${version(register, number)}, which nobody in this history wrote.`,
    }),
  staleRead: (
    register: Register,
    stale: number,
    newer: number,
    seen: { readonly old: number; readonly new: number },
  ): Anomaly =>
    anomaly(register, "stale-read", {
      witness: [stale, newer],
      explanation: `${name(register, stale)}, sent ${at(register, stale, "call")}, met ${version(register, seen.old)}, but ${name(register, newer)} had shown ${version(register, seen.new)} ${at(register, newer, "ret")}, ${ms((register.call[stale] ?? 0) - (register.ret[newer] ?? 0))} before that was sent.`,
    }),
  futureRead: (register: Register, reader: number, writer: number, seen: number): Anomaly =>
    anomaly(register, "future-read", {
      witness: [reader, writer],
      explanation: `${name(register, reader)} was answered ${at(register, reader, "ret")} with ${version(register, seen)}, but ${name(register, writer)} that made it was sent only ${at(register, writer, "call")}.`,
    }),
  order: (register: Register, early: number, late: number): Anomaly =>
    anomaly(register, "order", {
      witness: [early, late],
      explanation: `${name(register, early)} was answered ${at(register, early, "ret")} and needs ${name(register, late)} before it, which was sent only ${at(register, late, "call")}.`,
    }),
  noOrder: (register: Register, witness: readonly number[]): Anomaly =>
    anomaly(register, "order", {
      witness,
      explanation: `${witness.map((index) => name(register, index)).join(", ")}: no order of these agrees with what each was answered and when.`,
    }),
  spuriousConflict: (register: Register, refused: number, around: readonly number[]): Anomaly =>
    anomaly(register, "spurious-conflict", {
      witness: [refused, ...around],
      explanation: `${name(register, refused)} was refused although ${version(register, register.expected[refused] ?? NONE)}, which it named, was the current one from before it was sent until after it was answered.`,
    }),
};
