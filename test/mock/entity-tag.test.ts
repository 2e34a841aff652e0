import { describe, expect, test } from "vitest";
import {
  formatEntityTag,
  parseSloppyTags,
  parseTagCondition,
  strongEqual,
  weakEqual,
} from "../../src/mock/entity-tag.js";

const strong = (opaque: string) => ({ opaque, weak: false });
const weak = (opaque: string) => ({ opaque, weak: true });

describe("reading If-Match and If-None-Match by RFC 9110, 8.8.3 and 13.1", () => {
  test.each([
    ['"xyzzy"', [strong("xyzzy")]],
    ['W/"xyzzy"', [weak("xyzzy")]],
    ['""', [strong("")]],
    ['"xyzzy", "r2d2xxxx", "c3piozzzz"', [strong("xyzzy"), strong("r2d2xxxx"), strong("c3piozzzz")]],
    ['W/"a", "b"', [weak("a"), strong("b")]],
    ['"a","b"', [strong("a"), strong("b")]],
    ['"a,b", "c"', [strong("a,b"), strong("c")]],
    [' , "a" ,, "b",', [strong("a"), strong("b")]],
    ['"ä"', [strong("ä")]],
  ])("%s is a list of entity-tags", (value, tags) => {
    expect(parseTagCondition(value)).toEqual({ kind: "tags", tags });
  });

  test.each(["*", " * "])("%j is any current representation", (value) => {
    expect(parseTagCondition(value)).toEqual({ kind: "any" });
  });

  test.each(["", "7", "'a'", '"a', 'w/"a"', "W/a", '"a" "b"', '*, "a"', '"a" x', '"a b"', '"\u007f"'])(
    "%j is neither",
    (value) => {
      expect(parseTagCondition(value)).toBeNull();
    },
  );
});

describe("comparing entity-tags: the four examples of RFC 9110, 8.8.3.2", () => {
  test.each([
    [weak("1"), weak("1"), false, true],
    [weak("1"), weak("2"), false, false],
    [weak("1"), strong("1"), false, true],
    [strong("1"), strong("1"), true, true],
  ])("%j and %j: strong %s, weak %s", (a, b, strongly, weakly) => {
    expect(strongEqual(a, b)).toBe(strongly);
    expect(weakEqual(a, b)).toBe(weakly);
  });
});

test("a tag is written as it was read", () => {
  expect(formatEntityTag(strong("7-5fa1"))).toBe('"7-5fa1"');
  expect(formatEntityTag(weak("7-5fa1"))).toBe('W/"7-5fa1"');
});

test("a forgiving server finds the tag without quotes and with W/ in odd places", () => {
  const opaques = parseSloppyTags('7, "8", W/"9", "W/10", W/11').map((tag) => tag.opaque);
  expect(opaques).toEqual(["7", "8", "9", "10", "11"]);
});
