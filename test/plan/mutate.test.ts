import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { headerValue } from "../../src/core/http.js";
import { parseJson, writeJson } from "../../src/core/json.js";
import { mutate } from "../../src/plan/mutate.js";
import type { MaterialRequest } from "../../src/plan/plan.js";
import { reserialize } from "../../src/plan/reserialize.js";
import { bodyOf, requestOf, scopeOf, stepsOf } from "./scopes.js";

function mutated(base: MaterialRequest, mutations: string): MaterialRequest {
  const [, step] = stepsOf(
    `\n- id: first\n  request: POST /x\n  json: {}\n- id: second\n  repeat: first\n  mutate: ${mutations}`,
  );
  if (step?.kind !== "repeat") throw new Error("no repeat");
  return mutate(base, step.mutations, scopeOf());
}

const BASE = requestOf(
  "\n- request: PATCH /x\n  idempotencyKey: k-1\n  ifMatch: '\"7\"'\n  json: { b: { n: 1 }, a: [1, 2] }",
);

function codeOf(act: () => unknown): string {
  try {
    act();
    return "done";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

describe("a key in a header with a name of its own", () => {
  const base = requestOf(
    "\n- request: POST /x\n  idempotencyKey: { value: k-1, header: X-Request-Id }\n  json: { a: 1 }",
  );

  it("is replaced where it is: one request has one key", () => {
    const { headers } = mutated(base, "[{ set: { idempotencyKey: k-2 } }]");
    expect(headerValue(headers, "x-request-id")).toBe("k-2");
    expect(headerValue(headers, "idempotency-key")).toBeNull();
  });

  it("moves to the header that the mutation names", () => {
    const { headers } = mutated(base, "[{ set: { idempotencyKey: { value: k-2, header: X-Other } } }]");
    expect(headerValue(headers, "x-other")).toBe("k-2");
    expect(headerValue(headers, "x-request-id")).toBeNull();
  });

  it("goes with null", () => {
    const { headers } = mutated(base, "[{ set: { idempotencyKey: null } }]");
    expect(headerValue(headers, "x-request-id")).toBeNull();
  });
});

describe("a mutation", () => {
  it("patches the JSON value by RFC 6902 and keeps the order of what stays", () => {
    expect(
      bodyOf(
        mutated(
          BASE,
          "[{ patch: [{ op: replace, path: /b/n, value: other }, { op: add, path: /a/-, value: 3 }] }]",
        ),
      ),
    ).toBe('{"b":{"n":"other"},"a":[1,2,3]}');
  });

  it("is applied in order, each to what the one before left", () => {
    const request = mutated(BASE, "[{ patch: [{ op: remove, path: /a }] }, { reserialize: whitespace }]");
    expect(bodyOf(request)).toBe('{"b": {"n": 1}}');
  });

  it("sets and removes parts of the request", () => {
    const request = mutated(
      BASE,
      "[{ set: { method: PUT, path: /y, idempotencyKey: null, ifMatch: '\"8\"', header: { X-B: b } } }]",
    );
    expect([request.method, request.url]).toEqual(["PUT", "https://api.example.com/v1/y"]);
    expect(headerValue(request.headers, "idempotency-key")).toBeNull();
    expect(headerValue(request.headers, "if-match")).toBe('"8"');
    expect(headerValue(request.headers, "x-b")).toBe("b");
    expect(request.body).toEqual(BASE.body);
  });

  it("leaves the request that it started from untouched", () => {
    const before = bodyOf(BASE);
    mutated(BASE, "[{ patch: [{ op: remove, path: /b }] }]");
    expect(bodyOf(BASE)).toBe(before);
  });

  it("is refused where it does not fit, with nothing sent", () => {
    expect(codeOf(() => mutated(BASE, "[{ patch: [{ op: remove, path: /missing }] }]"))).toBe("ERR_MUTATION");
    expect(
      codeOf(() =>
        mutated(requestOf("\n- request: POST /x\n  text: no json"), "[{ reserialize: whitespace }]"),
      ),
    ).toBe("ERR_MUTATION");
  });

  it("is refused where a patch would silently change a number or the member order", () => {
    for (const text of ['{"n":12345678901234567890}', '{"n":1.0}', '{"b":1,"1":2}']) {
      const base = requestOf(`\n- request: POST /x\n  text: '${text}'`);
      expect(codeOf(() => mutated(base, "[{ patch: [{ op: add, path: /x, value: 1 }] }]"))).toBe(
        "ERR_MUTATION",
      );
    }
  });

  it("is refused where other bytes were asked for and none would change", () => {
    const base = requestOf("\n- request: POST /x\n  json: { a: x }");
    expect(codeOf(() => mutated(base, "[{ reserialize: number-format }]"))).toBe("ERR_MUTATION");
  });
});

describe("reserialising", () => {
  const forms = ["whitespace", "key-order", "number-format", "unicode-escapes"] as const;

  it("never changes the JSON value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...forms), (value, form) => {
        const text = JSON.stringify(value);
        expect(JSON.parse(reserialize(parseJson(text), form))).toEqual(JSON.parse(text));
      }),
    );
  });

  it("changes the bytes wherever the form has something to change", () => {
    const text = '{"b":[1,2.50],"a":"é x"}';
    expect(forms.map((form) => reserialize(parseJson(text), form))).toEqual([
      '{"b": [1, 2.50], "a": "é x"}',
      '{"a":"é x","b":[1,2.50]}',
      '{"b":[1.0,2.500],"a":"é x"}',
      '{"\\u0062":[1,2.50],"\\u0061":"\\u00e9 x"}',
    ]);
    expect(writeJson(parseJson(text))).toBe(text);
  });
});
