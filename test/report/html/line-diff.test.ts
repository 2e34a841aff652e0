import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pairLines } from "../../../page/line-diff.js";

const lines = fc.array(fc.constantFrom("{", "}", "a", "b", "c", ""), { maxLength: 14 });

/** The length of the longest common subsequence, in the plainest way. */
function commonLength(base: readonly string[], other: readonly string[]): number {
  const [one, ...rest] = base;
  if (one === undefined || other.length === 0) return 0;
  const at = other.indexOf(one);
  const without = commonLength(rest, other);
  return at < 0 ? without : Math.max(without, 1 + commonLength(rest, other.slice(at + 1)));
}

describe("two texts side by side", () => {
  test("each side has all of its lines, in their order", () => {
    fc.assert(
      fc.property(lines, lines, (base, other) => {
        const pairs = pairLines(base, other);
        expect(pairs.flatMap((pair) => pair.base ?? [])).toEqual(base);
        expect(pairs.flatMap((pair) => pair.other ?? [])).toEqual(other);
      }),
    );
  });

  test("as many lines stand beside their equal as can", () => {
    const short = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 7 });
    fc.assert(
      fc.property(short, short, (base, other) => {
        const equal = pairLines(base, other).filter((pair) => pair.base === pair.other);
        expect(equal.length).toBeGreaterThanOrEqual(commonLength(base, other));
      }),
    );
  });

  test("a line that was changed is one row, not two", () => {
    expect(pairLines(["{", '"a": 1', "}"], ["{", '"a": 2', "}"])).toEqual([
      { base: "{", other: "{" },
      { base: '"a": 1', other: '"a": 2' },
      { base: "}", other: "}" },
    ]);
  });

  test("of very long texts the equal beginning and end are found, and the rest is set side by side", () => {
    const numbered = (name: string): readonly string[] =>
      Array.from({ length: 1_500 }, (_, at) => `${name}${at}`);
    const pairs = pairLines(["same", ...numbered("a"), "end"], ["same", ...numbered("b"), "end"]);
    expect(pairs).toHaveLength(1_502);
    expect(pairs.at(-1)).toEqual({ base: "end", other: "end" });
  });
});
