import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkHistory } from "../../src/history/check-history.js";
import type { Operation } from "../../src/history/history.js";
import { hasOrder } from "./brute-force.js";
import { anyHistories, histories } from "./simulated.js";

/** Of each kind; the whole is above 200,000. */
const RUNS = Number(process.env.GCIDEM_HISTORY_RUNS ?? 105_000);

const FREE_RUNS = Math.ceil(RUNS / 2);

interface Tally {
  unknown: number;
  held: number;
  violated: number;
}

/** Judges a history both ways; a decided verdict must be what trying every order comes to. */
function agree(operations: readonly Operation[], tally: Tally, initial?: number): void {
  const { result, anomalies } = checkHistory(operations, initial === undefined ? {} : { initial });
  tally[result] += 1;
  if (result === "unknown") return;
  expect(result === "held").toBe(hasOrder(operations, initial));
  expect(anomalies.length > 0).toBe(result === "violated");
  for (const { operations: witness } of anomalies) {
    expect(witness.length).toBeGreaterThanOrEqual(1);
    expect(witness.length).toBeLessThanOrEqual(3);
    expect(operations.map(({ id }) => id)).toEqual(expect.arrayContaining([...witness]));
  }
}

describe("histories of up to seven operations, judged and tried in every order", () => {
  it.each([
    ["reads and compare-and-sets", false],
    ["blind writes as well", true],
  ] as const)(
    "with %s: the same verdict, and each is decided",
    (_name, blind) => {
      const tally: Tally = { unknown: 0, held: 0, violated: 0 };
      fc.assert(
        fc.property(histories({ blind, length: 7 }), (operations) => agree(operations, tally, 0)),
        { numRuns: RUNS },
      );
      expect(tally.unknown).toBe(0);
      expect(tally.held).toBeGreaterThan(RUNS / 10);
      expect(tally.violated).toBeGreaterThan(RUNS / 10);
    },
    300_000,
  );

  it.each([
    ["the first version is given", 0],
    ["nobody tells which version was there first", undefined],
  ] as const)(
    "that met whatever they may, where %s: the same verdict, and each is decided",
    (_name, initial) => {
      const tally: Tally = { unknown: 0, held: 0, violated: 0 };
      fc.assert(
        fc.property(anyHistories(6), (operations) => agree(operations, tally, initial)),
        { numRuns: FREE_RUNS },
      );
      expect(tally.unknown).toBe(0);
      expect(tally.held).toBeGreaterThan(FREE_RUNS / 10);
      expect(tally.violated).toBeGreaterThan(FREE_RUNS / 10);
    },
    300_000,
  );
});
