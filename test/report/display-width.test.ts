import Table from "cli-table3";
import fc from "fast-check";
import { expect, test } from "vitest";
import { certainWidth, displayWidth, headOf, tailOf } from "../../src/report/terminal/display-width.js";

/** What cli-table3 takes a text's width for: by it it pads. */
function tableWidth(text: string): number {
  const table = new Table({ style: { "padding-left": 0, "padding-right": 0, head: [], border: [] } });
  table.push([text]);
  return table.width - 2;
}

const printableText = fc
  .string({ unit: "binary", maxLength: 20 })
  .map((text) => text.replace(/[\p{Cc}\p{Surrogate}]/gu, ""));

test("text in a table is as wide as cli-table3 takes it to be, so that columns line up", () => {
  fc.assert(
    fc.property(fc.oneof(printableText, fc.string({ unit: "grapheme" })), (text) => {
      const certain = `x${certainWidth(text.replace(/\p{Cc}/gu, ""))}`;
      expect(displayWidth(certain)).toBe(tableWidth(certain));
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ["abc", 3],
  ["漢字", 4],
  ["e\u0301", 1],
  ["😀", 2],
  ["ｆｕｌｌ", 8],
])("%s takes %i columns", (text, columns) => {
  expect(displayWidth(text)).toBe(columns);
});

test("a wide character that does not fit whole is left out", () => {
  expect([headOf("漢字", 3), tailOf("漢字", 3)]).toEqual(["漢", "字"]);
});
