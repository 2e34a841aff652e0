import fc from "fast-check";
import { applyPatch, type Operation } from "rfc6902";
import { expect, test } from "vitest";
import { compareExchanges } from "../../src/compare/compare-exchanges.js";
import { diffJson } from "../../src/compare/diff-json.js";
import { canonicalJson, parseJson, writeJson } from "../../src/core/json.js";
import { exchangeOf } from "./exchanges.js";

const everything = { limit: Number.POSITIVE_INFINITY };

/** Small alphabets, so that two values share names, items and ids often enough to matter. */
const value = fc.letrec<{ value: fc.JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(null, true, 0, 1, "a", "b", ""),
    fc.array(tie("value"), { maxLength: 6 }),
    fc.array(fc.record({ id: fc.constantFrom("1", "2", "3", "4"), x: tie("value") }), { maxLength: 5 }),
    fc.dictionary(fc.constantFrom("a", "b", "/", "~", "id", "0"), tie("value"), { maxKeys: 4 }),
  ),
})).value;

/** rfc6902 replaces in place and refuses nothing that we emit; the whole document is wrapped so that path "" works. */
function patched(base: fc.JsonValue, operations: readonly Operation[]): unknown {
  const holder = { root: structuredClone(base) };
  const errors = applyPatch(
    holder,
    operations.map((each) => ({ ...each, path: `/root${each.path}` }) as Operation),
  );
  expect(errors.filter((error) => error !== null)).toEqual([]);
  return holder.root;
}

test("applying the changes to the base gives the other", () => {
  fc.assert(
    fc.property(value, value, (base, other) => {
      const { changes } = diffJson(
        parseJson(JSON.stringify(base)),
        parseJson(JSON.stringify(other)),
        everything.limit,
      );
      const operations = changes.map(({ op, path, value: to }) => ({
        op,
        path,
        ...(to === undefined ? {} : { value: JSON.parse(writeJson(to)) }),
      })) as readonly Operation[];
      expect(patched(base, operations)).toEqual(other);
    }),
    { numRuns: 1000 },
  );
});

test("a diff is empty exactly where the two values are the same, whichever comes first", () => {
  fc.assert(
    fc.property(value, value, (base, other) => {
      const [before, after] = [parseJson(JSON.stringify(base)), parseJson(JSON.stringify(other))];
      const same = canonicalJson(before, "textual") === canonicalJson(after, "textual");
      expect(diffJson(before, after, everything.limit).changes.length === 0).toBe(same);
      expect(diffJson(after, before, everything.limit).changes.length === 0).toBe(same);
      expect(diffJson(before, before, everything.limit).changes).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test("an exchange against itself differs in nothing, whatever it holds", () => {
  const headers = fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 5 });
  fc.assert(
    fc.property(fc.string(), fc.oneof(fc.json(), fc.string()), headers, (body, answer, answerHeaders) => {
      const exchange = exchangeOf({ body, answer, answerHeaders });
      const diff = compareExchanges(exchange, exchange);
      expect(diff.request).toMatchObject({ bodies: "identical", headers: [], body: [] });
      expect(diff.response).toMatchObject({ bodies: "identical", headers: [], body: [] });
      expect([diff.folded, diff.correlationIdDiffers]).toEqual([0, false]);
    }),
  );
});
