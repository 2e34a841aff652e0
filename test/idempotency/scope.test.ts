import fc from "fast-check";
import { expect, test } from "vitest";
import { scopeKey, splitId } from "../../src/idempotency/scope.js";
import type { ScopePart } from "../../src/policy/idempotency-policy.js";
import { aRequest } from "./a-request.js";

const PARTS: readonly ScopePart[] = ["account", "principal", "method", "path", "query"];

/** Texts that are made to be mistaken for the encoding of others. */
const text = fc.oneof(
  fc.constantFrom("", ";", "key=", "1:a;", "path=1:a;", "key=path=1:a;"),
  fc.string({ maxLength: 4 }),
);
const parts = fc.record({ account: text, principal: text, method: text, path: text, query: text, key: text });

test.each(PARTS)(
  "keys that differ in %s are different keys where it is part of the scope, and the same where not",
  (part) => {
    const one = aRequest({ [part]: "x" });
    const other = aRequest({ [part]: "y" });
    expect(scopeKey([part], one, "k")).not.toBe(scopeKey([part], other, "k"));
    const others = PARTS.filter((each) => each !== part);
    expect(scopeKey(others, one, "k")).toBe(scopeKey(others, other, "k"));
  },
);

test("the order in which a policy lists the parts means nothing", () => {
  expect(scopeKey(["path", "method"], aRequest(), "k")).toBe(scopeKey(["method", "path"], aRequest(), "k"));
});

test("two identities are equal only where every part in scope and the key are", () => {
  fc.assert(
    fc.property(fc.subarray([...PARTS]), fc.subarray([...PARTS]), parts, parts, (scopeA, scopeB, a, b) => {
      const same = scopeKey(scopeA, aRequest(a), a.key) === scopeKey(scopeB, aRequest(b), b.key);
      const expected =
        a.key === b.key && scopeA.join() === scopeB.join() && scopeA.every((part) => a[part] === b[part]);
      expect(same).toBe(expected);
    }),
    { numRuns: 500 },
  );
});

test.each([":", "1:", "8:", ""])(
  "a value that looks like the parts after it is not taken for them (%s)",
  (length) => {
    const inAccount = aRequest({ account: `x;path=${length}y`, path: "z" });
    const inPath = aRequest({ account: "x", path: `y;path=${length}z` });
    expect(scopeKey(["account", "path"], inAccount, "k")).not.toBe(
      scopeKey(["account", "path"], inPath, "k"),
    );
    expect(scopeKey(["path"], aRequest({ path: "z" }), "k")).not.toBe(
      scopeKey([], aRequest(), `path=${length}z;key=k`),
    );
  },
);

test("an identity comes apart into the scope, which others share, and the key", () => {
  fc.assert(
    fc.property(fc.subarray([...PARTS]), parts, fc.string(), (scope, of, otherKey) => {
      const id = scopeKey(scope, aRequest(of), of.key);
      const other = scopeKey(scope, aRequest(of), otherKey);
      const [found, foundOther] = [splitId(id), splitId(other)];
      expect([found.id, found.key, foundOther.key]).toEqual([id, of.key, otherKey]);
      expect(found.scope + found.key).toBe(id);
      expect(foundOther.scope).toBe(found.scope);
    }),
    { numRuns: 500 },
  );
});

test.each(["k1", "", "path=", "path=3:ab", "path=99:ab;key=k1", "path=x:ab;key=k1"])(
  "a text that is no identity is all key (%s)",
  (id) => {
    scopeKey([], aRequest(), "other");
    expect(splitId(id)).toEqual({ id, scope: "", key: id });
  },
);
