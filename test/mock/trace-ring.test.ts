import fc from "fast-check";
import { expect, test } from "vitest";
import type { TraceEntry } from "../../src/mock/mock.js";
import { createTrace } from "../../src/mock/trace.js";

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "x".repeat(70_000), "\n", "a\nb", "\u65e5", "\ud800"),
);

const entry: fc.Arbitrary<TraceEntry> = fc.record({
  method: text,
  path: text,
  key: fc.option(text),
  status: fc.option(fc.integer({ min: 100, max: 999 })),
  cause: fc.option(fc.constantFrom("stale-etag" as const, "key-in-flight" as const)),
  movedBy: fc.option(fc.constantFrom("own-write" as const, "unknown" as const)),
  reason: fc.option(text),
  correlationId: text,
  executed: fc.boolean(),
  arrivedAt: fc.double({ min: 0, noNaN: true }).map((atMs) => atMs + 0),
  at: fc.double({ min: 0, noNaN: true }).map((atMs) => atMs + 0),
});

test("the latest decisions are told as they were written down, oldest first", () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 40 }), fc.integer({ min: 1, max: 12 }), (entries, length) => {
      const trace = createTrace(length);
      for (const each of entries) trace.add(each);
      expect(trace.list()).toEqual(entries.slice(-length));
      trace.clear();
      expect(trace.list()).toEqual([]);
      for (const each of entries.slice(0, 2)) trace.add(each);
      expect(trace.list()).toEqual(entries.slice(0, 2).slice(-length));
    }),
    { numRuns: 500 },
  );
});
