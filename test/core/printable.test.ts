import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printable, printableJson } from "../../src/core/printable.js";

/** Controls, bidirectional and invisible format characters; joiners and script-specific signs are none of them. */
const HOSTILE =
  /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;

const text = fc.string({
  unit: fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    fc.constantFrom("\u001b", "\u009b", "\u202e", "\u2066", "\u200b", "\ufeff", "\u00ad", "\u{e0041}", "\n"),
  ),
});

describe("text of a server", () => {
  it("is printed without any character that drives, reorders, breaks or hides", () => {
    fc.assert(
      fc.property(text, (any) => {
        expect(printable(any)).not.toMatch(HOSTILE);
      }),
    );
  });

  it("is as it was where there is none of these", () => {
    for (const plain of ["a b", "Ünïcödé", "日本語", "👩‍👩‍👧", "नि‍ज", "😀"])
      expect(printable(plain)).toBe(plain);
  });

  it("shows each of them as its escape", () => {
    expect(printable("a\u001b[31m\n\u202e\u{e0041}")).toBe("a\\u001b[31m\\n\\u202e\\u{e0041}");
  });
});

describe("JSON that is printed", () => {
  it("means the same and holds none of them", () => {
    fc.assert(
      fc.property(text, (any) => {
        const json = printableJson(JSON.stringify({ [any]: any }));
        expect(json).not.toMatch(HOSTILE);
        expect(JSON.parse(json)).toEqual({ [any]: any });
      }),
    );
  });
});
