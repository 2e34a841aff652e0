import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { settlingMs, twoTripsMs } from "../../src/transport/race/settling.js";

describe("requests that are kept back have two round trips to arrive", () => {
  test("and the time that their bytes take on a slow line", () => {
    expect(twoTripsMs([20, 20, 20])).toBe(40);
    expect(settlingMs({ bytes: 1_250_000, twoTripsMs: 40, toLoopback: false })).toBe(140);
  });

  test("both of two connections that differ", () => {
    expect(twoTripsMs([10, 60])).toBeGreaterThanOrEqual(60);
  });

  test("one straggler among many does not hold up the others", () => {
    const usual = Array.from({ length: 19 }, () => 10);
    expect(twoTripsMs([...usual, 5_000])).toBe(twoTripsMs([...usual, 10]));
  });

  test("where nothing was measured there is a little time to read", () => {
    expect(settlingMs({ bytes: 75, twoTripsMs: twoTripsMs([]), toLoopback: true })).toBe(5);
  });

  test("never longer than a second on this machine, than three elsewhere", () => {
    const anyTrips = fc.array(fc.double({ min: 0, max: 60_000, noNaN: true }), { maxLength: 1_000 });
    fc.assert(
      fc.property(anyTrips, fc.nat({ max: 1e9 }), fc.boolean(), (trips, bytes, toLoopback) => {
        const waitMs = settlingMs({ bytes, twoTripsMs: twoTripsMs(trips), toLoopback });
        expect(waitMs).toBeGreaterThanOrEqual(5);
        expect(waitMs).toBeLessThanOrEqual(toLoopback ? 1_000 : 3_000);
      }),
    );
  });
});
