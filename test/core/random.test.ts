import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src/core/random.js";

describe("seeded randomness", () => {
  it("repeats a sequence for a seed and a stream, and for no other", () => {
    const ids = (seed: number, stream: string): readonly string[] => {
      const random = seededRandom(seed, stream);
      return [random.uuid(), random.uuid(), random.uuid()];
    };
    expect(ids(1, "run")).toEqual(ids(1, "run"));
    expect(ids(1, "run")).not.toEqual(ids(2, "run"));
    expect(ids(1, "run")).not.toEqual(ids(1, "mock"));
  });

  it("makes version 4 UUIDs (RFC 9562)", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        expect(seededRandom(seed).uuid()).toMatch(
          /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        );
      }),
    );
  });

  it("spreads fractions over [0, 1)", () => {
    const random = seededRandom(7);
    const values = Array.from({ length: 10_000 }, random.fraction);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(mean).toBeGreaterThan(0.48);
    expect(mean).toBeLessThan(0.52);
  });
});
