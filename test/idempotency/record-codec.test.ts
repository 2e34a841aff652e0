import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { packRecord, unpackRecord } from "../../src/idempotency/record-codec.js";
import { anyRecord } from "./a-record.js";

test("a record comes back from its text as it was, whatever is in it", () => {
  fc.assert(
    fc.property(anyRecord, (record) => {
      expect(unpackRecord(packRecord(record))).toEqual(record);
    }),
    { numRuns: 1000 },
  );
});

test("its text is one line that UTF-8 carries without loss", () => {
  fc.assert(
    fc.property(anyRecord, (record) => {
      const text = packRecord(record);
      expect(text).not.toContain("\n");
      expect(Buffer.from(text).toString()).toBe(text);
    }),
  );
});

describe("text that is not a record is refused in words", () => {
  const packed = (change: (members: unknown[]) => unknown): string => {
    const [record] = fc.sample(
      anyRecord.filter(({ state }) => state.kind === "ended"),
      { numRuns: 1, seed: 7 },
    );
    if (record === undefined) throw new Error("no sample");
    return JSON.stringify(change(JSON.parse(packRecord(record))));
  };

  test.each([
    ["", 'found "", expected JSON'],
    ["{", "expected JSON"],
    ['{"key":"k1"}', 'it is {"key":"k1"}, expected a list'],
    ["null", "it is null, expected a list"],
    ["[]", "its edition is nothing, expected 1"],
    ["[2]", "its edition is 2, expected 1"],
    ["[1]", "it is [1], expected 11 members, found 1"],
  ])("%j", (text, message) => {
    expect(() => unpackRecord(text)).toThrow(message);
  });

  test("the message names the part, and stays short", () => {
    const withKey = packed((members) => members.with(1, ["x".repeat(1000)]));
    expect(() => unpackRecord(withKey)).toThrow(
      /^not a packed key record: the key is .{60}\.\.\., expected text$/,
    );
    const withState = packed((members) => members.with(8, ["over"]));
    expect(() => unpackRecord(withState)).toThrow('the state is ["over"], expected 7 members');
  });

  test("any other JSON in any place is an Error that says so, never a crash", () => {
    const place = fc.array(fc.nat(8), { minLength: 1, maxLength: 3 });
    const put = (into: unknown, at: readonly number[], value: unknown): unknown => {
      const [index, ...rest] = at;
      if (index === undefined || !Array.isArray(into) || into.length === 0) return value;
      return into.with(
        Math.min(index, into.length - 1),
        put(into[Math.min(index, into.length - 1)], rest, value),
      );
    };
    fc.assert(
      fc.property(anyRecord, place, fc.jsonValue(), (record, at, value) => {
        const spoiled = JSON.stringify(put(JSON.parse(packRecord(record)), at, value));
        try {
          expect(typeof unpackRecord(spoiled).key).toBe("string");
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
          expect(error).not.toBeInstanceOf(TypeError);
          expect(String(error)).toMatch(/not a packed key record: .*expected /);
        }
      }),
      { numRuns: 500 },
    );
  });
});
