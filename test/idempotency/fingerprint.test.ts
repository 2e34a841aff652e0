import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson, parseJson, writeJson } from "../../src/core/json.js";
import {
  bodySha256,
  comparedText,
  compareWithFirst,
  firstRequest,
  printBody,
  sameValue,
} from "../../src/idempotency/fingerprint.js";
import type { FingerprintPolicy } from "../../src/policy/idempotency-policy.js";
import { aRequest, honouring } from "./a-request.js";

const BASE = '{"b":1,"a":{"x":"é","y":[1,2]}}';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function policyOf(fingerprint: string): FingerprintPolicy {
  return honouring(`{ fingerprint: ${fingerprint} }`).fingerprint;
}

function compare(
  fingerprint: string,
  first: Parameters<typeof aRequest>[0],
  again: Parameters<typeof aRequest>[0],
): string {
  const policy = policyOf(fingerprint);
  return compareWithFirst(firstRequest(aRequest(first), policy), aRequest(again), policy);
}

describe("what each body fingerprint minds", () => {
  const CHANGES: Readonly<Record<string, string>> = {
    "white space": '{ "b": 1, "a": {"x":"é","y":[1,2]} }',
    "escape form": '{"b":1,"a":{"x":"\\u00e9","y":[1,2]}}',
    "member order": '{"a":{"y":[1,2],"x":"é"},"b":1}',
    "number form": '{"b":1.0,"a":{"x":"é","y":[1,2]}}',
    "a value": '{"b":2,"a":{"x":"é","y":[1,2]}}',
    "order of a list": '{"b":1,"a":{"x":"é","y":[2,1]}}',
    "another member": '{"b":1,"a":{"x":"é","y":[1,2],"z":0}}',
    "no JSON": "b=1",
  };
  const MINDS: Readonly<Record<string, readonly string[]>> = {
    none: [],
    bytes: Object.keys(CHANGES),
    serialised: ["member order", "a value", "order of a list", "another member", "no JSON"],
    "canonical-json": ["a value", "order of a list", "another member", "no JSON"],
    "member-names": ["another member", "no JSON"],
    "{ fields: [b] }": ["a value", "no JSON"],
    "{ fields: [/a/y/0, /a/z] }": ["order of a list", "another member", "no JSON"],
  };

  const table = Object.entries(MINDS).flatMap(([body, minded]) =>
    Object.entries(CHANGES).map(([change, again]) => [body, change, minded.includes(change), again] as const),
  );

  test.each(table)("%s, %s: %s", (body, _change, minded, again) => {
    expect(compare(`{ body: ${body} }`, { body: BASE }, { body: again }) !== "same").toBe(minded);
  });

  test("textual numbers: 1 differs from 1.0 and from 1e0", () => {
    for (const body of ["canonical-json", "serialised", "{ fields: [b] }"]) {
      expect(
        compare(`{ body: ${body}, numbers: textual }`, { body: '{"b":1}' }, { body: '{"b":1.0}' }),
      ).not.toBe("same");
      expect(compare(`{ body: ${body}, numbers: ieee }`, { body: '{"b":1}' }, { body: '{"b":1e0}' })).toBe(
        "same",
      );
    }
  });

  test("a body that is not JSON counts byte by byte, also where members would be compared", () => {
    expect(compare("{ body: member-names }", { body: "a=1" }, { body: "a=1" })).toBe("same");
    expect(compare("{ body: member-names }", { body: "a=1" }, { body: "a=2" })).toBe("body-changed");
    expect(
      compare("{ body: canonical-json }", { body: new Uint8Array([0xff]) }, { body: new Uint8Array([0xfe]) }),
    ).toBe("body-changed");
  });

  test("a text of bytes never equals a JSON value", () => {
    expect(compare("{ body: canonical-json }", { body: "1" }, { body: new Uint8Array([0x31, 0xff]) })).toBe(
      "body-changed",
    );
  });
});

describe("what the difference is called", () => {
  test.each([
    ["same", {}],
    ["other-resource", { path: "/b" }],
    ["other-resource", { method: "PUT" }],
    ["other-resource", { query: "x=1" }],
    ["other-resource", { path: "/b", body: "{}" }],
    ["bytes-changed", { body: '{ "tier": "gold" }' }],
    ["body-changed", { body: '{"tier":"silver"}' }],
    ["headers-changed", { headers: { "content-type": "text/plain" } }],
  ])("%s", (expected, again) => {
    expect(compare("{ body: bytes, headers: [Content-Type] }", {}, again)).toBe(expected);
  });

  test.each([
    ["method: false", { method: "PUT" }],
    ["path: false", { path: "/b" }],
    ["query: false", { query: "x=1" }],
  ])("%s does not mind that part", (fingerprint, again) => {
    expect(compare(`{ ${fingerprint} }`, {}, again)).toBe("same");
  });
});

describe("properties", () => {
  const json = fc.json({ maxDepth: 4 });
  /** Texts on both sides of the length from which on only digests are kept. */
  const long = (text: string): string => `{"value":${text},"filler":"${"x".repeat(1_100)}"}`;

  test("canonical JSON forgives order, white space and number forms, for short bodies and long ones", () => {
    fc.assert(
      fc.property(json, fc.boolean(), (text, isLong) => {
        const first = isLong ? long(text) : text;
        const number = (digits: string): string => (/^-?\d+$/.test(digits) ? `${digits}.0` : digits);
        const again = writeJson(parseJson(first), { members: "reversed", comma: " ,\n", number });
        const print = printBody(bytes(first), policyOf("{ body: canonical-json }"));
        expect(sameValue(print, bytes(canonicalJson(parseJson(first))))).toBe(true);
        expect(sameValue(print, bytes(again))).toBe(true);
      }),
    );
  });

  test("a kept body and its digests tell the same story under every policy", () => {
    const policies = ["none", "bytes", "serialised", "canonical-json", "member-names", "{ fields: [value] }"];
    fc.assert(
      fc.property(json, json, fc.constantFrom(...policies), (one, other, body) => {
        const policy = policyOf(`{ body: ${body} }`);
        const same = compareWithFirst(
          firstRequest(aRequest({ body: long(one) }), policy),
          aRequest({ body: long(other) }),
          policy,
        );
        const byText = comparedText(bytes(long(one)), policy) === comparedText(bytes(long(other)), policy);
        expect(same === "same").toBe(byText);
      }),
    );
  });

  test("coarser fingerprints never mind what finer ones forgive", () => {
    const finestFirst = ["bytes", "serialised", "canonical-json", "member-names", "none"];
    fc.assert(
      fc.property(json, json, (one, other) => {
        const minds = finestFirst.map(
          (body) => compare(`{ body: ${body} }`, { body: one }, { body: other }) !== "same",
        );
        expect(minds.toSorted((a, b) => Number(b) - Number(a))).toEqual(minds);
      }),
    );
  });
});

test("the hash of a body is the SHA-256 that everybody computes", () => {
  const expected = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
  expect(bodySha256(printBody(bytes("hello"), policyOf("{}")))).toBe(expected);
  expect(bodySha256(printBody(bytes("é".repeat(2_000)), policyOf("{}")))).toMatch(/^[0-9a-f]{64}$/);
});
