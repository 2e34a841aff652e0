import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { headerValue } from "../../src/core/http.js";
import { MissingValue, RefusedRequest } from "../../src/plan/plan.js";
import { bodyOf, requestOf } from "./scopes.js";

const VARS = "vars: { a: x, n: 1, list: [1] }";

describe("a request made from its template", () => {
  it("sends JSON compactly and in source order, integer-like names included", () => {
    const request = requestOf(`
- request: POST /x
  json: { b: 1, "2": [true, null, "é"], "1": { z: -0.5, a: "" } }`);
    expect(bodyOf(request)).toBe('{"b":1,"2":[true,null,"é"],"1":{"z":-0.5,"a":""}}');
    expect(headerValue(request.headers, "content-type")).toBe("application/json");
  });

  it("keeps the type of a value that is exactly one template, and makes text of every other", () => {
    const request = requestOf(
      '\n- request: POST /x\n  json: { exact: $(n), mixed: "v$(n)", list: $(list) }',
      { n: 7, list: [1, "b"] },
      VARS,
    );
    expect(bodyOf(request)).toBe('{"exact":7,"mixed":"v7","list":[1,"b"]}');
  });

  it("inserts values once and never reads them again as templates", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (value) => {
        const request = requestOf('\n- request: POST /x\n  text: "[$(a)]"', { a: value }, VARS);
        expect(bodyOf(request)).toBe(`[${value}]`);
      }),
    );
  });

  it("percent-encodes values in path and query, so that none can add a segment or a parameter", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", minLength: 1 }).filter((value) => !/^\.{1,2}$/.test(value)),
        (value) => {
          const request = requestOf("\n- request: GET /x/$(a)/y?q=$(a)", { a: value }, VARS);
          const url = new URL(request.url);
          expect(url.origin).toBe("https://api.example.com");
          expect(decodeURIComponent(url.pathname.slice("/v1/x/".length, -"/y".length))).toBe(value);
          expect(decodeURIComponent(url.search.slice("?q=".length))).toBe(value);
        },
      ),
    );
  });

  it.each(["..", "."])("refuses the value %j, which would lead to another resource", (value) => {
    expect(() => requestOf("\n- request: GET /x/$(a)/y", { a: value }, VARS)).toThrow(RefusedRequest);
    expect(() => requestOf("\n- request: GET /x/$(a)", { a: value }, VARS)).toThrow(RefusedRequest);
  });

  it.each(["a\rb", "a\nb", "a\0b"])("refuses %j in a header", (value) => {
    const make = (): unknown =>
      requestOf("\n- request: GET /x\n  headers: { X-A: $(a) }", { a: value }, VARS);
    expect(make).toThrow(expect.objectContaining({ code: "ERR_HEADER_VALUE" }) as Error);
  });

  it.each([
    "request: GET /x/$(a)/y",
    "request: GET /x?q=$(a)",
    "request: POST /x\n  form: { f: $(a) }",
    "request: POST /x\n  text: $(a)b",
  ])("refuses half of a surrogate pair in `%s`, where it would become another text", (step) => {
    const make = (): unknown => requestOf(`\n- ${step}`, { a: "x\ud800" }, VARS);
    expect(make).toThrow(expect.objectContaining({ code: "ERR_HALF_CHARACTER" }) as Error);
    expect(make).toThrow("holds \\ud800, half of a surrogate pair");
  });

  it("sends half of a surrogate pair in JSON as its escape", () => {
    const request = requestOf("\n- request: POST /x\n  json: { a: $(a) }", { a: "x\ud800" }, VARS);
    expect(bodyOf(request)).toBe('{"a":"x\\ud800"}');
  });

  it("cannot be made while a value is missing", () => {
    expect(() => requestOf("\n- request: GET /x/$(a)", {}, VARS)).toThrow(MissingValue);
  });

  it("sends a key bare, or as the structured-field string of the draft", () => {
    const key = (yaml: string): string | null =>
      headerValue(requestOf(`\n- request: POST /x\n  idempotencyKey: ${yaml}`).headers, "idempotency-key");
    expect(key("k-1")).toBe("k-1");
    expect(key("{ value: 'k\"1', syntax: quoted }")).toBe('"k\\"1"');
    const custom = requestOf("\n- request: POST /x\n  idempotencyKey: { value: k, header: X-Request-Key }");
    expect(headerValue(custom.headers, "X-Request-Key")).toBe("k");
  });

  it("sends the conditional header as it was captured", () => {
    const request = requestOf("\n- request: PUT /x\n  ifMatch: 'W/\"7\"'\n  json: {}");
    expect(headerValue(request.headers, "if-match")).toBe('W/"7"');
  });

  it("sends text as it stands, and calls it JSON where it is JSON", () => {
    const request = requestOf('\n- request: POST /x\n  text: \'{"n": 12345678901234567890, "f": 1.0}\'');
    expect(bodyOf(request)).toBe('{"n": 12345678901234567890, "f": 1.0}');
    expect(headerValue(request.headers, "content-type")).toBe("application/json");
  });

  it("encodes forms and reads files beside the scenario", () => {
    expect(bodyOf(requestOf('\n- request: POST /x\n  form: { a: "x y", b: "1&2" }'))).toBe("a=x+y&b=1%262");
    expect(bodyOf(requestOf("\n- request: POST /x\n  bytesFrom: body.bin"))).toBe("content of body.bin");
  });

  it("lets a step's own headers replace the defaults in place", () => {
    const request = requestOf(
      "\n- request: POST /x\n  headers: { User-Agent: mine, Content-Type: application/merge-patch+json }\n  json: {}",
    );
    expect(request.headers.filter(([name]) => name.toLowerCase() === "user-agent")).toEqual([
      ["User-Agent", "mine"],
    ]);
    expect(headerValue(request.headers, "content-type")).toBe("application/merge-patch+json");
  });
});
