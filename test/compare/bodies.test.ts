import { describe, expect, test } from "vitest";
import { compareBodies, MAX_BODY_CHANGES } from "../../src/compare/compare-bodies.js";
import { type JsonNode, writeJson } from "../../src/core/json.js";
import { journalled } from "./exchanges.js";

const compare = (base: string | Uint8Array, other: string | Uint8Array): ReturnType<typeof compareBodies> =>
  compareBodies(journalled(base), journalled(other));

const shown = (node: JsonNode | undefined): string | null => (node === undefined ? null : writeJson(node));

/** Changes as `op path from -> value`, the JSON text of each value as it was sent. */
const changes = (base: string, other: string): readonly string[] =>
  compare(base, other).body.map(
    ({ op, path, from, value }) => `${op} ${path} ${shown(from)} -> ${shown(value)}`,
  );

describe("the same bytes", () => {
  test("are identical, whatever they are", () => {
    for (const body of ["", "text", '{"a":1}', "{broken", new Uint8Array([0xff, 0x00])]) {
      expect(compare(body, body)).toMatchObject({ bodies: "identical", body: [], omitted: 0, respelled: [] });
    }
  });
});

describe("one JSON value in other bytes", () => {
  test.each([
    ["white space", '{"a":1,"b":[1,2]}', '{ "a": 1, "b": [1, 2] }', ["whitespace"]],
    ["white space that only moved", "[1, 2,3]", "[1,2, 3]", ["whitespace"]],
    ["member order", '{"a":1,"b":2}', '{"b":2,"a":1}', ["key-order"]],
    ["escapes", '{"a":"é"}', '{"a":"\\u00e9"}', ["unicode-escapes"]],
    ["escaped solidus", '"a/b"', '"a\\/b"', ["unicode-escapes"]],
    ["numbers", '{"a":1}', '{"a":1.0}', ["number-format"]],
    [
      "several at once",
      '{"a":"é","b":10}',
      '{"b": 1e1,"a":"\\u00E9"}',
      ["whitespace", "key-order", "number-format", "unicode-escapes"],
    ],
  ])("%s", (_what, base, other, respelled) => {
    expect(compare(base, other)).toMatchObject({ bodies: "same-json", respelled });
  });

  test("says which numbers are written otherwise, each as it was written", () => {
    expect(changes('{"a":1,"b":[0.10]}', '{"a":1.0,"b":[1e-1]}')).toEqual([
      "replace /a 1 -> 1.0",
      "replace /b/0 0.10 -> 1e-1",
    ]);
  });
});

describe("numbers", () => {
  test("that JSON.parse makes one double of are still two numbers", () => {
    const [base, other] = ['{"n":12345678901234567890}', '{"n":12345678901234567891}'];
    expect(JSON.parse(base)).toEqual(JSON.parse(other));
    expect(compare(base, other).bodies).toBe("changed");
    expect(changes(base, other)).toEqual(["replace /n 12345678901234567890 -> 12345678901234567891"]);
  });

  test("too large for a double are two numbers too", () => {
    expect(compare("1e400", "1e401").bodies).toBe("changed");
  });

  test.each([
    ["1", "1.0"],
    ["100", "1E2"],
    ["-0", "0.00"],
    ["0.000000", "0e9"],
    ["1200e-2", "12"],
  ])("%s and %s are one number", (base, other) => {
    expect(compare(base, other).bodies).toBe("same-json");
  });
});

describe("changed JSON", () => {
  test("is told member by member, by JSON Pointer", () => {
    expect(changes('{"a":{"x/y":1,"t~":2},"gone":null}', '{"a":{"x/y":2,"t~":2},"new":[]}')).toEqual([
      "replace /a/x~1y 1 -> 2",
      "remove /gone null -> null",
      "add /new null -> []",
    ]);
  });

  test("of another kind is replaced whole", () => {
    expect(changes('{"a":[1]}', '{"a":{"0":1}}')).toEqual(['replace /a [1] -> {"0":1}']);
    expect(changes("[1]", '"1"')).toEqual(['replace  [1] -> "1"']);
  });

  test("knows an item of a list again by its id, wherever it stands now", () => {
    expect(
      changes(
        '{"p":[{"id":"a","s":1},{"id":"b","s":1}]}',
        '{"p":[{"id":"new"},{"id":"a","s":1},{"id":"b","s":2}]}',
      ),
    ).toEqual(['add /p/0 null -> {"id":"new"}', "replace /p/2/s 1 -> 2"]);
  });

  test("gives removals the index in the base, additions the index in the other", () => {
    expect(changes('["a","b","c","d"]', '["b","d","e"]')).toEqual([
      'remove /2 "c" -> null',
      'remove /0 "a" -> null',
      'add /2 null -> "e"',
    ]);
  });

  test("replaces an object whole where a name occurs twice, since no pointer can tell the two apart", () => {
    expect(changes('{"o":{"a":1,"a":2}}', '{"o":{"a":2}}')).toEqual(['replace /o {"a":1,"a":2} -> {"a":2}']);
    expect(compare('{"a":1,"a":2}', '{ "a":1, "a":2 }').bodies).toBe("same-json");
    expect(compare('{"a":1,"a":2}', '{"a":2,"a":1}').bodies).toBe("changed");
  });

  test("takes names that JavaScript objects treat specially for plain names", () => {
    expect(changes('{"__proto__":1,"toString":1}', '{"__proto__":2,"toString":1}')).toEqual([
      "replace /__proto__ 1 -> 2",
    ]);
  });

  test("lists so many changes and counts the rest", () => {
    const list = (value: number): string => JSON.stringify(Array.from({ length: 1000 }, () => ({ value })));
    const { body, omitted } = compare(list(1), list(2));
    expect([body.length, omitted]).toEqual([MAX_BODY_CHANGES, 1000 - MAX_BODY_CHANGES]);
  });

  test("finds one item inserted into 20,000 without comparing each with each", () => {
    const items = Array.from({ length: 20_000 }, (_, index) => ({
      name: `n${index}`,
      tags: [index, index + 1],
    }));
    const longer = items.toSpliced(10_000, 0, { name: "new", tags: [] }).toSpliced(10, 1);
    expect(
      compare(JSON.stringify(items), JSON.stringify(longer)).body.map(({ op, path }) => `${op} ${path}`),
    ).toEqual(["remove /10", "add /9999"]);
  });
});

describe("a body that is not JSON", () => {
  test("is replaced whole", () => {
    expect(compare("a=1", "a=2")).toMatchObject({
      bodies: "changed",
      form: "text",
      body: [{ op: "replace", path: "", from: { value: "a=1" }, value: { value: "a=2" } }],
    });
  });

  test("against JSON is text on both sides", () => {
    expect(compare('{"a":1}', "<html>")).toMatchObject({
      form: "text",
      body: [{ from: { value: '{"a":1}' } }],
    });
  });

  test("of one string of 10 MB, more than a pattern can match, is compared all the same", () => {
    const long = (end: string): string => JSON.stringify({ text: "x".repeat(10_000_000) + end });
    expect(compare(long("a"), long("b")).bodies).toBe("changed");
  });

  test("of bytes is compared as base64", () => {
    const { form, body } = compare(new Uint8Array([0xff]), new Uint8Array([0xfe]));
    expect({ form, body }).toMatchObject({
      form: "bytes",
      body: [{ from: { value: "/w==" }, value: { value: "/g==" } }],
    });
  });

  test("that is empty is an absent one, not an empty string", () => {
    expect(changes("", '{"a":1}')).toEqual(['add  null -> {"a":1}']);
    expect(changes('{"a":1}', "")).toEqual(['remove  {"a":1} -> null']);
    expect(changes("", "plain")).toEqual(['add  null -> "plain"']);
  });
});

describe("a body that cannot be compared is unknown, never the same", () => {
  const redacted = (body: string, hash: string): ReturnType<typeof journalled> => ({
    ...journalled(body),
    bodySha256: `hmac-sha256:${hash}`,
  });

  test("where it was cut at the cap", () => {
    const cut = { ...journalled('{"a":1'), truncated: true };
    expect(compareBodies(cut, cut).bodies).toBe("unknown");
  });

  test("where only a secret differs", () => {
    expect(
      compareBodies(redacted('{"password":"<secret:1>"}', "aa"), redacted('{"password":"<secret:1>"}', "bb"))
        .bodies,
    ).toBe("unknown");
    expect(
      compareBodies(redacted('{"password":"<secret:1>"}', "aa"), redacted('{"password":"<secret:2>"}', "bb"))
        .bodies,
    ).toBe("unknown");
  });

  test("but equal hashes under one key are the same bytes, secrets and all", () => {
    expect(compareBodies(redacted("<secret:1>", "aa"), redacted("<secret:1>", "aa")).bodies).toBe(
      "identical",
    );
  });

  test("and what differs beside the secret is told", () => {
    const [base, other] = [
      redacted('{"p":"<secret:1>","n":1}', "aa"),
      redacted('{"p":"<secret:1>","n":2}', "bb"),
    ];
    expect(compareBodies(base, other)).toMatchObject({ bodies: "changed", body: [{ path: "/n" }] });
  });
});
