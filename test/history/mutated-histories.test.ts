import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src/core/random.js";
import { checkHistory } from "../../src/history/check-history.js";
import type { Operation } from "../../src/history/history.js";
import { validHistory } from "../bench/checker-history.mjs";

const LENGTH = 1_000;
const CONCURRENCY = 10;
const TRIES = 300;

/** A fault that no order of the operations can explain; null where this operation cannot carry it. */
type Mutation = (operation: Operation, history: readonly Operation[]) => Operation | null;

/** What had been current long before, and what will be long after: nothing under way can excuse it. */
const FAR = 20;

function madeAround(history: readonly Operation[], { id }: Operation, distance: number): Operation | null {
  const made = history.filter(({ kind, ok }) => kind === "cas" && ok === true);
  const at = history.findIndex((each) => each.id === id);
  const place = made.findIndex((each) => history.indexOf(each) >= at) + distance;
  return made[place] ?? null;
}

const isRead = ({ kind }: Operation): boolean => kind === "read";
const isWon = ({ kind, ok }: Operation): boolean => kind === "cas" && ok === true;

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "a read that shows what had long been replaced": (operation, history) => {
    const other = madeAround(history, operation, -FAR);
    return isRead(operation) && other?.version !== undefined
      ? { ...operation, version: other.version }
      : null;
  },
  "a read that shows what was made long after": (operation, history) => {
    const other = madeAround(history, operation, FAR);
    return isRead(operation) && other?.version !== undefined
      ? { ...operation, version: other.version }
      : null;
  },
  "a read of what nobody made": (operation) => (isRead(operation) ? { ...operation, version: -7 } : null),
  "a write that won from a version long replaced": (operation, history) => {
    const other = madeAround(history, operation, -FAR);
    return isWon(operation) && other?.version !== undefined
      ? { ...operation, expected: other.version }
      : null;
  },
  "a write that made what another made": (operation, history) => {
    const other = madeAround(history, operation, FAR);
    return isWon(operation) && other?.version !== undefined ? { ...operation, version: other.version } : null;
  },
  "a refusal of what was current for long": (operation) =>
    operation.ok === false && operation.expected !== undefined
      ? { ...operation, saw: operation.expected }
      : null,
};

/** Operations that name a version that the mutated one names or named. */
function counterparts(
  before: Operation,
  after: Operation,
  history: readonly Operation[],
): ReadonlySet<string> {
  const versions = new Set([before, after].flatMap(({ version, expected }) => [version, expected]));
  versions.delete(undefined);
  const named = history.filter(({ version, expected }) => versions.has(version) || versions.has(expected));
  return new Set([after.id, ...named.map(({ id }) => id)]);
}

describe.each(Object.entries(MUTATIONS))(
  "one mutated operation of a long valid history: %s",
  (_name, mutate) => {
    it("is caught every time, and the proof names it or its counterpart", () => {
      const random = seededRandom(1, "mutations");
      const history: readonly Operation[] = validHistory(LENGTH, CONCURRENCY, 7);
      expect(checkHistory(history, { initial: 0 }).result).toBe("held");
      let mutated = 0;
      for (let attempt = 0; attempt < TRIES; attempt++) {
        const at = Math.floor(random.fraction() * LENGTH);
        const before = history[at];
        const after = before === undefined ? null : mutate(before, history);
        if (before === undefined || after === null) continue;
        mutated += 1;
        const { result, anomalies } = checkHistory(history.with(at, after), { initial: 0 });
        expect(result).toBe("violated");
        const named = counterparts(before, after, history);
        const witnesses = anomalies.flatMap(({ operations }) => operations);
        expect(witnesses.some((id) => named.has(id))).toBe(true);
      }
      expect(mutated).toBeGreaterThan(TRIES / 20);
    });
  },
);
