import fc from "fast-check";
import { expect, test } from "vitest";
import { hasOverlap, measuredSpreadMs } from "../../src/run/race-record.js";
import type { Outcome } from "../../src/transport/transport.js";

interface Span {
  readonly writer: number;
  readonly fromMs: number;
  readonly lastedMs: number;
  readonly left: boolean;
}

function outcomeOf({ fromMs, lastedMs, left }: Span): Outcome {
  return {
    kind: "failed",
    code: "ECONNRESET",
    phase: "response",
    message: "",
    timings: {
      startMs: fromMs,
      sentMs: left ? fromMs : null,
      releasedMs: null,
      firstByteMs: null,
      endMs: fromMs + lastedMs,
    },
  };
}

const span: fc.Arbitrary<Span> = fc.record({
  writer: fc.nat(3),
  fromMs: fc.nat(20),
  lastedMs: fc.integer({ min: 1, max: 6 }),
  left: fc.boolean(),
});

test("requests overlap where those of two writers were under way at the same time", () => {
  fc.assert(
    fc.property(fc.array(span, { maxLength: 8 }), (spans) => {
      const sent = spans.filter(({ left }) => left);
      const expected = sent.some((a) =>
        sent.some((b) => a.writer !== b.writer && a.fromMs <= b.fromMs && b.fromMs < a.fromMs + a.lastedMs),
      );
      expect(hasOverlap(spans.map((each) => ({ writer: each.writer, outcome: outcomeOf(each) })))).toBe(
        expected,
      );
    }),
    { numRuns: 2_000 },
  );
});

test("the measured spread is that of all requests that were answered, or unknown", () => {
  const arrivals = new Map([
    ["a", 10],
    ["b", 12.5],
    ["c", 11],
  ]);
  expect(measuredSpreadMs(["a", "b", "c"], arrivals)).toBe(2.5);
  expect(measuredSpreadMs(["a", "d"], arrivals)).toBeNull();
  expect(measuredSpreadMs(["a", null, "b"], arrivals)).toBeNull();
  expect(measuredSpreadMs(["a"], arrivals)).toBeNull();
});
