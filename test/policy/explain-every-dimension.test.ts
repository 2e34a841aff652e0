import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { explainPolicy } from "../../src/policy/explain-policy.js";
import { NO_POLICY } from "../../src/policy/lay-over.js";
import type { Dimensions, Policy } from "../../src/policy/policy.js";
import { arbitraryDimensions, arbitraryPolicy } from "./arbitrary-policy.js";
import { effective } from "./effective.js";

function textOf(dimensions: Dimensions): string {
  return [...explainPolicy({ ...NO_POLICY, ...dimensions })].join("\n");
}

type PlainMap = Readonly<Record<string, unknown>>;

function isPlainMap(value: unknown): value is PlainMap {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !("kind" in value);
}

/** Paths to everything that can be changed by itself: maps, and what is in them where both policies have it. */
function pathsIn(one: unknown, other: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  const inner =
    isPlainMap(one) && isPlainMap(other)
      ? Object.keys(one).flatMap((name) => pathsIn(one[name], other[name], [...path, name]))
      : [];
  return path.length === 0 ? inner : [path, ...inner];
}

function withValueOf(one: unknown, other: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return other;
  const map = one as PlainMap;
  return { ...map, [name]: withValueOf(map[name], (other as PlainMap)[name], rest) };
}

const changed: fc.Arbitrary<readonly [before: Dimensions, after: Dimensions, path: string]> = fc
  .tuple(arbitraryDimensions, arbitraryDimensions, fc.nat())
  .map(([one, other, chosen]) => {
    const paths = pathsIn(one, other);
    const path = paths[chosen % paths.length] ?? [];
    return [one, withValueOf(one, other, path) as Dimensions, path.join(".")] as const;
  });

describe("no dimension is left out", () => {
  test("a change of one is a change of the text, unless it has no effect under the others", {
    timeout: 60_000,
  }, () => {
    fc.assert(
      fc.property(changed, ([before, after, path]) => {
        const isSame = JSON.stringify(effective(before)) === JSON.stringify(effective(after));
        const isToldAlike = textOf(before) === textOf(after);
        expect({ path, isToldAlike }).toEqual({ path, isToldAlike: isSame });
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("whatever a policy says", () => {
  const linesOf = (policy: Policy): readonly string[] => [...explainPolicy(policy)];

  test("lines are 80 columns wide at most, unless one word or a route is wider", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(arbitraryPolicy, (policy) => {
        const wide = linesOf(policy).filter((line) => line.length > 80 && /\S\s+\S+\s+\S/.test(line));
        expect(wide).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test("every route and every open question of a policy is told", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(arbitraryPolicy, (policy) => {
        const lines = linesOf(policy);
        for (const { match } of policy.routes) expect(lines).toContain(`${match.method} ${match.path}`);
        const asked = policy.unknown.map(({ dimension }) => `${dimension}:`);
        const told = lines.join("\n");
        for (const question of asked) expect(told.slice(told.indexOf("\nUnknown\n"))).toContain(question);
      }),
      { numRuns: 100 },
    );
  });

  test("no line drives a terminal, and none shows a value that is not there", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(arbitraryPolicy, fc.string({ unit: "binary" }), (policy, hostile) => {
        const lines = linesOf({ ...policy, name: hostile, description: hostile, source: hostile });
        for (const line of lines)
          expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        const own = linesOf({ ...policy, description: "", source: null }).join("\n");
        expect(own).not.toMatch(/\b(undefined|NaN|Infinity|\[object)/);
      }),
      { numRuns: 100 },
    );
  });
});
