import fc from "fast-check";
import { expect, test } from "vitest";
import { createSharedTexts } from "../../src/idempotency/shared-texts.js";

test("a text has one number as long as it is in use, and no two texts have the same", () => {
  const text = fc.constantFrom("a", "b", "c", "d");
  const calls = fc.array(fc.record({ take: fc.boolean(), text }), { maxLength: 60 });
  fc.assert(
    fc.property(calls, (sequence) => {
      const texts = createSharedTexts(3);
      const uses = new Map<string, number>();
      for (const call of sequence) {
        const used = uses.get(call.text) ?? 0;
        const number = texts.numberOf(call.text);
        expect(number !== null).toBe(used > 0);
        if (call.take) {
          const taken = texts.take(call.text);
          const full = used === 0 && [...uses.values()].filter((count) => count > 0).length === 3;
          expect(taken === null).toBe(full);
          if (number !== null) expect(taken).toBe(number);
          if (taken !== null) uses.set(call.text, used + 1);
        } else if (number !== null) {
          texts.release(number);
          uses.set(call.text, used - 1);
        }
      }
      const inUse = [...uses].filter(([, count]) => count > 0).map(([each]) => each);
      expect(inUse.map((each) => texts.textOf(texts.numberOf(each) ?? 0))).toEqual(inUse);
    }),
    { numRuns: 500 },
  );
});

test("numbers begin at 1 and are given out again", () => {
  const texts = createSharedTexts(2);
  expect([texts.take("a"), texts.take("b"), texts.take("c")]).toEqual([1, 2, null]);
  texts.release(1);
  expect([texts.take("c"), texts.numberOf("a"), texts.textOf(1)]).toEqual([1, null, "c"]);
  texts.clear();
  expect([texts.numberOf("b"), texts.take("d")]).toEqual([null, 1]);
});
