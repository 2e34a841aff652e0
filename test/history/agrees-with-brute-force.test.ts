import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkHistory } from "../../src/history/check-history.js";
import type { Operation } from "../../src/history/history.js";
import { hasOrder } from "./brute-force.js";
import { histories } from "./simulated.js";

/** Of each kind; the whole is above 200,000. */
const RUNS = Number(process.env.GCIDEM_HISTORY_RUNS ?? 105_000);

interface Tally {
  unknown: number;
  held: number;
  violated: number;
}

/** Judges a history both ways; a decided verdict must be what trying every order comes to. */
function agree(operations: readonly Operation[], tally: Tally): void {
  const { result, anomalies } = checkHistory(operations, { initial: 0 });
  tally[result] += 1;
  if (result === "unknown") return;
  expect(result === "held").toBe(hasOrder(operations, 0));
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
        fc.property(histories({ blind, length: 7 }), (operations) => agree(operations, tally)),
        { numRuns: RUNS },
      );
      expect(tally.unknown).toBe(0);
      expect(tally.held).toBeGreaterThan(RUNS / 10);
      expect(tally.violated).toBeGreaterThan(RUNS / 10);
    },
    300_000,
  );
});
