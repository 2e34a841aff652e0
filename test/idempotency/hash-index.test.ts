import fc from "fast-check";
import { expect, test } from "vitest";
import { createHashIndex } from "../../src/idempotency/hash-index.js";

/** Few hashes that meet in one table, from a few homes, so that they are in each other's way. */
const hash = fc.constantFrom(0, 512, 1024, 2048, 4096, 7 * 512, 5, 5 + 512, 2 ** 31 - 1);
const value = fc.integer({ min: 1, max: 30 });

type Call =
  | { readonly call: "add" | "remove"; readonly hash: number; readonly value: number }
  | { readonly call: "replace"; readonly hash: number; readonly value: number; readonly next: number };

const calls = fc.array(
  fc.oneof(
    fc.record({ call: fc.constant("add" as const), hash, value }),
    fc.record({ call: fc.constant("remove" as const), hash, value }),
    fc.record({ call: fc.constant("replace" as const), hash, value, next: value }),
  ),
  { maxLength: 120 },
);

/** Whose value is it? Values are told apart by themselves. */
const newIndex = () => createHashIndex<number>((found, wanted) => found === wanted);

test("it knows what a list of pairs would know, whatever is added, replaced and removed", () => {
  const name = (of: { hash: number; value: number }) => `${of.hash} ${of.value}`;
  fc.assert(
    fc.property(calls, (sequence: readonly Call[]) => {
      const index = newIndex();
      const model = new Map<string, Call>();
      for (const step of sequence) {
        const there = model.has(name(step));
        if (step.call === "add" && !there) {
          index.add(step.hash, step.value);
          model.set(name(step), step);
        }
        if (step.call === "remove") {
          index.remove(step.hash, step.value);
          model.delete(name(step));
        }
        if (step.call === "replace" && there && !model.has(name({ hash: step.hash, value: step.next }))) {
          index.replace(step.hash, step.value, step.next);
          model.delete(name(step));
          model.set(name({ hash: step.hash, value: step.next }), { ...step, value: step.next });
        }
      }
      const known = [...model.values()];
      expect(index.size()).toBe(known.length);
      for (const each of known) expect(index.find(each.hash, each.value)).toBe(each.value);
      expect([...index.values()].sort()).toEqual(known.map((each) => each.value).sort());
      for (const gone of sequence.filter((step) => !model.has(name(step))))
        expect(index.find(gone.hash, gone.value)).toBe(0);
    }),
    { numRuns: 1000 },
  );
});

test("it grows as far as it has to", () => {
  const index = newIndex();
  for (let each = 1; each <= 20_000; each++) index.add((each * 7919) % 65_536, each);
  expect(index.size()).toBe(20_000);
  const lost = Array.from({ length: 20_000 }, (_, at) => at + 1).filter(
    (each) => index.find((each * 7919) % 65_536, each) !== each,
  );
  expect(lost).toEqual([]);
  index.clear();
  expect([index.size(), index.find(7919, 1), [...index.values()].length]).toEqual([0, 0, 0]);
});
