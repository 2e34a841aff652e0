import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  canonicalJson,
  JsonSyntaxError,
  MAX_JSON_DEPTH,
  parseJson,
  survivesJsonParse,
  tryParseJson,
  writeJson,
} from "../../src/core/json.js";

describe("the JSON reader", () => {
  it("agrees with JSON.parse on every JSON text", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.parse(writeJson(parseJson(text)))).toEqual(JSON.parse(text));
      }),
    );
  });

  it("accepts and refuses the same texts as JSON.parse", () => {
    const nearJson = fc
      .array(
        fc.constantFrom(
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          '"a"',
          "1",
          "01",
          "1.",
          "-",
          ".5",
          "1e5",
          "true",
          "nul",
          " ",
          '"\\u12"',
          "\t",
        ),
      )
      .map((parts) => parts.join(""));
    const accepts = (text: string): boolean => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(nearJson, (text) => {
        expect(tryParseJson(text) !== null).toBe(accepts(text));
      }),
      { numRuns: 2000 },
    );
  });

  it("keeps what JSON.parse loses: digits, spelling and the order of integer-like names", () => {
    const text = '{"b":12345678901234567890,"2":1.0,"1":1e3}';
    expect(writeJson(parseJson(text))).toBe(text);
    expect(survivesJsonParse(text)).toBe(false);
    expect(survivesJsonParse('{"b":1,"a":[1.5,null]}')).toBe(true);
  });

  it("refuses nesting that would exhaust the stack", () => {
    const deep = `${"[".repeat(MAX_JSON_DEPTH + 2)}${"]".repeat(MAX_JSON_DEPTH + 2)}`;
    expect(() => parseJson(deep)).toThrow(JsonSyntaxError);
  });

  it("reads a string of any length", () => {
    const text = JSON.stringify('é\\"'.repeat(4_000_000));
    expect(writeJson(parseJson(text))).toBe(text);
  });

  it("says at which offset a text stops being JSON", () => {
    expect(() => parseJson('{"a":1,}')).toThrow("expected a string at offset 7");
  });
});

describe("canonical JSON", () => {
  it("is one text for every member order and white space", () => {
    expect(canonicalJson(parseJson('{ "b": [1, 2], "a": {"d":1,"c":2} }'))).toBe(
      '{"a":{"c":2,"d":1},"b":[1,2]}',
    );
  });

  it("takes 1 and 1.0 for the same number unless told to compare the text", () => {
    expect(canonicalJson(parseJson("1.0"))).toBe("1");
    expect(canonicalJson(parseJson("1.0"), "textual")).toBe("1.0");
  });
});
