import { describe, expect, test } from "vitest";
import { checkJsonPath } from "../../src/scenario/check-json-path.js";
import type { Capture, Expectation } from "../../src/scenario/scenario.js";
import { problemsOf, sending } from "./loading.js";

function captures(text: string): readonly Capture[] {
  return sending(`steps:\n  - request: GET /x\n    capture: ${text}\n`)[0]?.captures ?? [];
}

function expectations(text: string): readonly Expectation[] {
  const step = `  - request: GET /x\n    expect: ${text}\n`;
  return sending(`steps:\n  - { id: a, request: GET /x }\n${step}`)[1]?.expectations ?? [];
}

function refusals(field: string): readonly string[] {
  return problemsOf(`steps:\n  - { id: a, request: GET /x }\n  - request: GET /x\n    ${field}\n`);
}

describe("a capture", () => {
  test("comes from a header, the body, the status or the correlation ID", () => {
    expect(captures("{ e: header ETag, i: \"$.a[0]['b-c']\", s: status, c: correlationId }")).toEqual([
      { name: "e", from: { kind: "header", name: "ETag" }, regex: null },
      { name: "i", from: { kind: "json", path: "$.a[0]['b-c']" }, regex: null },
      { name: "s", from: { kind: "status" }, regex: null },
      { name: "c", from: { kind: "correlationId" }, regex: null },
    ]);
  });

  test("may take a part by a regular expression", () => {
    expect(captures('{ order: { from: header Location, regex: "/orders/(.+)$" } }')).toEqual([
      { name: "order", from: { kind: "header", name: "Location" }, regex: "/orders/(.+)$" },
    ]);
  });

  test.each([
    [
      "{ a: body }",
      "found the text `body`, expected header NAME, a JSONPath such as $.id, status or correlationId",
    ],
    ["{ a: header }", "found the text `header`, expected header NAME"],
    ["{ a: header X/Y }", "found the header name `X/Y`, expected letters, digits and hyphens"],
    ["{ a: $.queue-name }", "(a name with a hyphen is written ['queue-name'])"],
    ["{ a: $.a.b. }", "at character 7 of the JSONPath `$.a.b.`, expected what RFC 9535 allows there"],
    ["{ a b: status }", "found the name `a b`, expected a simple name"],
    ["{ a: { regex: x } }", "`from` is missing, expected header NAME"],
    [
      "{ a: { from: status, regex: '(' } }",
      "found a regular expression that is none: /(/u: Unterminated group",
    ],
    [
      "{ a: { from: status, rgex: x } }",
      "found the unknown field `rgex`, expected from or regex (did you mean `regex`?)",
    ],
    ["[a]", "found a list, expected a map"],
  ])("%s is refused", (capture, expected) => {
    const problems = refusals(`capture: ${capture}`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });
});

describe("a JSONPath", () => {
  test.each([
    "$",
    "$.a",
    "$..a",
    "$['a','b'][0,-1][1:3][*]",
    "$[?@.a]",
    "$[?!(@.a && @.b == 1) || @['c'] < 'x']",
    "$[?length(@.a) > 1]",
    "$[?count(@.*) > 1]",
    "$[?match(@.a, 'x.*')]",
    "$[?search(@.a, $.b)]",
    "$[?value(@..x) == 1]",
    "$[?length(value(@..a)) == 1]",
  ])("%s is one", (path) => {
    expect(checkJsonPath(path)).toBeNull();
  });

  test.each([
    ["$.a-b", "found `-b` at character 4"],
    ["a.b", "found `a.b` at character 1"],
    ["$.", "found the end at character 3"],
    ["$[01]", "found `1]` at character 4"],
    ["$ ", "found the end at character 3"],
    ["$[9007199254740992]", "found the index 9007199254740992, expected at most 9007199254740991"],
    ["$[?foo(@.a)]", "found the unknown function `foo()`, expected length, count, match, search or value"],
    ["$[?lenght(@.a) > 1]", "found the unknown function `lenght()`"],
    ["$[?length(@.a)]", "found length() as a condition, expected a comparison such as length(@.a) > 1"],
    [
      "$[?length(@.*) > 1]",
      "found another argument of length(), expected a value or a path that selects at most one",
    ],
    ["$[?length(@.a, 1) > 1]", "found 2 arguments of length(), expected 1"],
    ["$[?count(1) > 1]", "found another argument of count(), expected a path"],
    ["$[?match(@.a, 'x') == true]", "found match() in a comparison, expected it as the condition itself"],
    ["$[?@.* == 1]", "of the JSONPath"],
  ])("%s is none", (path, expected) => {
    expect(checkJsonPath(path)?.message).toContain(expected);
  });
});

describe("an expectation", () => {
  test.each([
    ["{ status: 200 }", [{ what: "status", any: [200], negated: false }]],
    ["{ status: 2xx }", [{ what: "status", any: ["2xx"], negated: false }]],
    ["{ status: [200, 4xx] }", [{ what: "status", any: [200, "4xx"], negated: false }]],
    ["{ status: { not: 409 } }", [{ what: "status", any: [409], negated: true }]],
    ["{ not: [409, 5xx] }", [{ what: "status", any: [409, "5xx"], negated: true }]],
    ["{ replayOf: a }", [{ what: "replayOf", step: "a" }]],
    ["{ attempts: [409, 2xx] }", [{ what: "attempts", statuses: [409, "2xx"] }]],
    [
      '{ statuses: { 200: 300, 4xx: ">=1" } }',
      [
        {
          what: "statuses",
          counts: [
            [200, "300"],
            ["4xx", ">=1"],
          ],
        },
      ],
    ],
    ["{ error: any }", [{ what: "error", error: "any" }]],
    [
      "{ error: ECONNRESET, executed: true }",
      [
        { what: "error", error: "ECONNRESET" },
        { what: "executed", executed: true },
      ],
    ],
    ["{ cause: stale-etag }", [{ what: "cause", cause: "stale-etag", certainty: null }]],
    [
      "{ cause: { id: stale-etag, certainty: certain } }",
      [{ what: "cause", cause: "stale-etag", certainty: "certain" }],
    ],
    [
      "{ headers: { A: present, B: absent, C: '/^\"\\d+\"$/', D: 1.0, E: x$(uuid()) } }",
      [
        { what: "header", name: "A", matcher: { kind: "present" } },
        { what: "header", name: "B", matcher: { kind: "absent" } },
        { what: "header", name: "C", matcher: { kind: "regex", source: '^"\\d+"$' } },
        {
          what: "header",
          name: "D",
          matcher: { kind: "equals", value: { kind: "string", template: { parts: ["1.0"] } } },
        },
        {
          what: "header",
          name: "E",
          matcher: {
            kind: "equals",
            value: {
              kind: "string",
              template: { parts: ["x", { kind: "call", function: "uuid", argument: null }] },
            },
          },
        },
      ],
    ],
    [
      '{ json: { "$.a": 1, "$[\'b-c\']": null, $.d: absent, $.e: /x/ } }',
      [
        { what: "json", path: "$.a", matcher: { kind: "equals", value: { kind: "literal", json: "1" } } },
        {
          what: "json",
          path: "$['b-c']",
          matcher: { kind: "equals", value: { kind: "literal", json: "null" } },
        },
        { what: "json", path: "$.d", matcher: { kind: "absent" } },
        { what: "json", path: "$.e", matcher: { kind: "regex", source: "x" } },
      ],
    ],
  ])("%s says so", (text, expected) => {
    expect(expectations(text)).toEqual(expected);
  });

  test.each([
    [
      "{ status: 20x }",
      "found the text `20x`, expected a status such as 409 or 4xx, or a list of them or a map",
    ],
    ["{ status: 99 }", "found the number 99, expected a status such as 409 or 4xx"],
    ["{ status: [] }", "found an empty list, expected at least 1 entry"],
    ["{ status: { nto: 409 } }", "`not` is missing"],
    ["{ sttus: 200 }", "(did you mean `status`?)"],
    ["{ headers: { 'A B': x } }", "found the name `A B`, expected a header name"],
    ["{ headers: { A: '/(/' } }", "found a regular expression that is none"],
    ["{ json: { $.a-b: 1 } }", "(a name with a hyphen is written ['a-b'])"],
    ["{ json: { a: 1 } }", "found the name `a`, expected a JSONPath such as $.id"],
    ["{ attempts: 409 }", "found the number 409, expected a list"],
    ["{ statuses: { 2000: 1 } }", "found the name `2000`, expected a status such as 409 or 4xx"],
    [
      "{ statuses: { 200: some } }",
      'found the text `some`, expected a number of answers such as 300 or ">=1"',
    ],
    [
      "{ error: tmeout }",
      "found the text `tmeout`, expected any, connect, send, response, timeout, aborted, refused or a code such as ECONNRESET (did you mean `timeout`?)",
    ],
    ["{ executed: yes }", "found the text `yes`, expected true or false"],
    ["{ cause: stale-etga }", "(did you mean `stale-etag`?)"],
    [
      "{ cause: { id: stale-etag, certainty: sure } }",
      "found the text `sure`, expected certain, likely or possible",
    ],
    ["200", "found the number 200, expected a map"],
  ])("%s is refused", (text, expected) => {
    const problems = refusals(`expect: ${text}`);
    expect(problems[0]).toContain(expected);
    expect(problems.length).toBeLessThanOrEqual(text.includes("nto") ? 2 : 1);
  });
});
