import fc from "fast-check";
import { expect, test } from "vitest";
import { isCompactOf, readCompact, writeCompact } from "../../src/idempotency/compact-record.js";
import type { KeyRecord } from "../../src/idempotency/idempotency.js";
import { anyRecord } from "./a-record.js";

const NOTHING_ELSEWHERE = (record: KeyRecord, scope: string) => ({ scope, path: record.first.path });

test("a record that can be written in short is read as it was", () => {
  fc.assert(
    fc.property(anyRecord, fc.string(), (record, scope) => {
      const compact = writeCompact(record, NOTHING_ELSEWHERE(record, scope));
      if (compact === null) return;
      expect(readCompact(compact, record.keepUntilMs)).toEqual({ scope, record });
    }),
    { numRuns: 2000 },
  );
});

test("what the engine writes when a request ends can be written in short, and nothing else", () => {
  fc.assert(
    fc.property(anyRecord, (record) => {
      const { state } = record;
      const usual =
        state.kind === "ended" &&
        (state.answer === null ||
          (state.answer.status === state.status && state.answer.resource === state.resource));
      expect(writeCompact(record, NOTHING_ELSEWHERE(record, "")) !== null).toBe(usual);
    }),
    { numRuns: 1000 },
  );
});

test("a path that is kept elsewhere is not in the text", () => {
  fc.assert(
    fc.property(anyRecord, (record) => {
      const compact = writeCompact(record, { scope: "", path: "" });
      if (compact === null) return;
      const first = { ...record.first, path: "" };
      expect(readCompact(compact, null).record).toEqual({ ...record, first, keepUntilMs: null });
    }),
  );
});

test("it is known by its scope and its key, and neither by the beginning of another", () => {
  fc.assert(
    fc.property(anyRecord, fc.string(), fc.string(), fc.string(), (record, scope, otherScope, otherKey) => {
      const compact = writeCompact(record, NOTHING_ELSEWHERE(record, scope));
      if (compact === null) return;
      expect(isCompactOf(compact, scope, record.key)).toBe(true);
      expect(isCompactOf(compact, otherScope, record.key)).toBe(otherScope === scope);
      expect(isCompactOf(compact, scope, otherKey)).toBe(otherKey === record.key);
      expect(isCompactOf(compact, scope, `${record.key}x`)).toBe(false);
    }),
  );
});

test("more than it has room for is not cut off: it is not written at all", () => {
  const [record] = fc.sample(
    anyRecord.filter(
      (each) =>
        writeCompact(each, { scope: "", path: "" }) !== null &&
        each.state.kind === "ended" &&
        each.state.answer !== null,
    ),
    { numRuns: 1, seed: 3 },
  );
  if (record?.state.kind !== "ended" || record.state.answer === null) throw new Error("no sample");
  const { state } = record;
  const { answer } = record.state;
  const withHeaders = (count: number) => ({
    ...record,
    state: {
      ...state,
      answer: { ...answer, headers: Array.from({ length: count }, () => ["a", "b"] as const) },
    },
  });
  const withToken = (length: number) => ({ ...record, token: "t".repeat(length) });
  const isWritten = (each: KeyRecord) => writeCompact(each, { scope: "", path: "" }) !== null;
  expect([40, 41].map((count) => isWritten(withHeaders(count)))).toEqual([true, false]);
  expect([65_535, 65_536].map((length) => isWritten(withToken(length)))).toEqual([true, false]);
});
