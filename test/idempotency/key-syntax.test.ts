import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseStructuredString, readKey } from "../../src/idempotency/key-syntax.js";
import { aRequest, honouring } from "./a-request.js";

function keyOf(syntax: string, value: string): string | null {
  const reading = readKey(honouring(`{ syntax: ${syntax}, maxLength: 20 }`), aRequest({ key: value }));
  return reading.kind === "key" ? reading.key : null;
}

describe("what counts as a key", () => {
  test.each([
    ["bare", "k1", "k1"],
    ["bare", " k1 ", "k1"],
    ["bare", '"k1"', '"k1"'],
    ["bare", "k1, k2", "k1, k2"],
    ["quoted", '"k1"', "k1"],
    ["quoted", "k1", null],
    ["quoted", '"k1', null],
    ["quoted", '"k1", "k2"', null],
    ["quoted", '"a\\"b\\\\c"', 'a"b\\c'],
    ["quoted", '"a\\b"', null],
    ["quoted", '"kö"', null],
    ["quoted", '"k1";v=1;q="x"', "k1"],
    ["quoted", '"k1";', null],
    ["quoted", '""', null],
    ["normalised", '"k1"', "k1"],
    ["normalised", "k1", "k1"],
    ["normalised", '"k1', null],
    ["bare", "", null],
    ["bare", "k".repeat(20), "k".repeat(20)],
    ["bare", "k".repeat(21), null],
    ["quoted", `"${"k".repeat(20)}"`, "k".repeat(20)],
  ])("%s: %s is %s", (syntax, value, expected) => {
    expect(keyOf(syntax, value)).toBe(expected);
  });

  test("a malformed key is told with what was found and what is wanted", () => {
    expect(readKey(honouring("{ syntax: quoted }"), aRequest())).toEqual({
      kind: "malformed",
      found: "k1",
      expected: 'a quoted string such as "8e03978e-40d5"',
    });
    expect(readKey(honouring("{ maxLength: 2 }"), aRequest({ key: "k123" }))).toMatchObject({
      found: "a key of 4 characters",
      expected: "at most 2",
    });
  });
});

describe("where a key travels", () => {
  test("in a header of any name", () => {
    const request = aRequest({ key: null, headers: { "x-request-id": "r1" } });
    expect(readKey(honouring("{ carrier: header X-Request-Id }"), request)).toEqual({
      kind: "key",
      key: "r1",
    });
    expect(readKey(honouring(), request)).toEqual({ kind: "absent" });
  });

  test("in the query, percent-decoded", () => {
    const policy = honouring("{ carrier: query token }");
    expect(readKey(policy, aRequest({ query: "x=1&token=a%20b" }))).toEqual({ kind: "key", key: "a b" });
    expect(readKey(policy, aRequest({ query: "x=1" }))).toEqual({ kind: "absent" });
  });

  test.each([
    ['{"clientToken":"t1"}', { kind: "key", key: "t1" }],
    ['{"clientToken":null}', { kind: "absent" }],
    ['{"other":"t1"}', { kind: "absent" }],
    ["not json", { kind: "absent" }],
    [
      '{"clientToken":7}',
      { kind: "malformed", found: "clientToken of kind number", expected: "clientToken as a string" },
    ],
    ['{"clientToken":""}', { kind: "malformed", found: "an empty key", expected: "at least 1 character" }],
  ])("in a member of the body: %s", (body, expected) => {
    expect(readKey(honouring("{ carrier: body clientToken }"), aRequest({ body }))).toEqual(expected);
  });
});

test("any printable text survives being quoted as a structured-field string", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme-ascii" }), (text) => {
      expect(parseStructuredString(`"${text.replace(/["\\]/g, "\\$&")}"`)).toBe(text);
    }),
  );
});
