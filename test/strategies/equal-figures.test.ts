import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PRESET_NAMES } from "../../src/policy/preset-names.js";
import { comparisonJson } from "../../src/strategies/comparison-json.js";
import { compare, figures } from "./comparing.js";

describe("a comparison", () => {
  it("gives the same figures for the same conditions, whenever it runs", async () => {
    const once = await compare({ runs: 4, churnsPerSecond: [0, 25] });
    const again = await compare({ runs: 4, churnsPerSecond: [0, 25] });
    expect(comparisonJson(again)).toBe(comparisonJson(once));
  });

  it("gives other figures for another seed", async () => {
    const one = await compare({ runs: 2, churnsPerSecond: [0] });
    const other = await compare({ runs: 2, churnsPerSecond: [0], seed: 2 });
    expect(other.cells).not.toEqual(one.cells);
  });

  it("gives each churn rate the figures that it has alone", async () => {
    const both = await compare({ runs: 3, churnsPerSecond: [0, 5] });
    const alone = await compare({ runs: 3, churnsPerSecond: [5] });
    expect(both.cells.filter(({ churnPerSecond }) => churnPerSecond !== 0)).toEqual(alone.cells);
  });

  it("says nothing that cannot be, under whatever conditions", async () => {
    const conditions = fc.record({
      policy: fc.constantFrom(...PRESET_NAMES),
      seed: fc.nat(),
      writers: fc.integer({ min: 1, max: 6 }),
      deadlineMs: fc.integer({ min: 20, max: 3_000 }),
      churnsPerSecond: fc.constantFrom([0], [3], [100]),
      lostShare: fc.constantFrom(0, 0.2, 0.9),
    });
    await fc.assert(
      fc.asyncProperty(conditions, async (chosen) => {
        const { cells, comparing } = await compare({ ...chosen, runs: 2 });
        for (const { figures } of cells) {
          expect(figures.writers).toBe(2 * chosen.writers);
          expect(figures.told + figures.doneUntold).toBeLessThanOrEqual(figures.writers);
          expect(figures.lostUpdates).toBeLessThanOrEqual(figures.told);
          expect(figures.writes).toBeLessThanOrEqual(figures.requests);
          expect(figures.p50Ms === null).toBe(figures.told === 0);
          expect(figures.p50Ms ?? 0).toBeLessThanOrEqual(figures.p95Ms ?? 0);
          expect(figures.p95Ms ?? 0).toBeLessThanOrEqual(comparing.deadlineMs);
        }
      }),
      { numRuns: 12 },
    );
  });

  it("of one writer without churn and losses has no conflict, and each way succeeds at once", async () => {
    const comparison = await compare({ writers: 1, runs: 3, churnsPerSecond: [0], lostShare: 0 });
    for (const { strategy, churnPerSecond } of comparison.cells) {
      const { told, writes, doneTwice, lostUpdates } = figures(comparison, strategy, churnPerSecond);
      expect({ strategy, told, writes, doneTwice, lostUpdates }).toEqual({
        ...{ strategy, told: 3, writes: 3, doneTwice: 0, lostUpdates: 0 },
      });
    }
  });
});
