import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { upperLimit, wilsonInterval } from "../../src/core/rates.js";
import { reproductionOf } from "../../src/report/reproduction.js";

describe("Wilson's interval of a rate", () => {
  test.each([
    { hits: 24, rounds: 50, low: 0.348, high: 0.6149 },
    { hits: 0, rounds: 50, low: 0, high: 0.0713 },
    { hits: 50, rounds: 50, low: 0.9287, high: 1 },
    { hits: 1, rounds: 1, low: 0.2065, high: 1 },
    { hits: 0, rounds: 0, low: 0, high: 1 },
  ])("$hits of $rounds lies between $low and $high", ({ hits, rounds, low, high }) => {
    expect(wilsonInterval(hits, rounds)).toEqual({ low, high });
  });

  test("holds the rate itself, and is the same seen from the other side", () => {
    const sample = fc
      .integer({ min: 1, max: 5000 })
      .chain((rounds) => fc.tuple(fc.constant(rounds), fc.integer({ min: 0, max: rounds })));
    fc.assert(
      fc.property(sample, ([rounds, hits]) => {
        const { low, high } = wilsonInterval(hits, rounds);
        expect(low).toBeLessThanOrEqual(hits / rounds + 1e-4);
        expect(high).toBeGreaterThanOrEqual(hits / rounds - 1e-4);
        const missed = wilsonInterval(rounds - hits, rounds);
        expect(missed.low).toBeCloseTo(1 - high, 3);
        expect(missed.high).toBeCloseTo(1 - low, 3);
      }),
    );
  });

  test("narrows with the number of rounds", () => {
    const width = (rounds: number): number => {
      const { low, high } = wilsonInterval(rounds / 2, rounds);
      return high - low;
    };
    expect([10, 100, 1000].map(width).sort((a, b) => b - a)).toEqual([10, 100, 1000].map(width));
  });
});

describe("how often a conflict came back", () => {
  test("counts the rounds that hit and names them", () => {
    expect(reproductionOf(4, [2, 4])).toEqual({
      ...{ rounds: 4, hits: 2, hitRounds: [2, 4] },
      ...wilsonInterval(2, 4),
    });
  });

  test("names only the first hundred of many", () => {
    const all = Array.from({ length: 5000 }, (_, index) => index + 1);
    const found = reproductionOf(5000, all);
    expect(found.hits).toBe(5000);
    expect(found.hitRounds).toEqual(all.slice(0, 100));
  });
});

describe("what was never seen", () => {
  test("may still be there in so many rounds, one is 95 % sure", () => {
    expect(upperLimit(50)).toBeCloseTo(0.0582, 4);
    expect(upperLimit(1)).toBeCloseTo(0.95, 10);
    expect(upperLimit(0)).toBe(1);
  });

  test("would have been missed each time with a chance of 5 % if it were there as often as that", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (rounds) => {
        expect((1 - upperLimit(rounds)) ** rounds).toBeCloseTo(0.05, 6);
      }),
    );
  });
});
