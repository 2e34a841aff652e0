import { describe, expect, test } from "vitest";
import type { RequestTemplate } from "../../src/scenario/scenario.js";
import { load, problemsOf, sending } from "./loading.js";

function request(step: string): RequestTemplate {
  const [first] = sending(`steps:\n  - ${step.replaceAll("\n", "\n    ")}\n`);
  if (first?.kind !== "request") throw new Error("the step is no request");
  return first.request;
}

function stepProblems(step: string): readonly string[] {
  return problemsOf(`steps:\n  - ${step.replaceAll("\n", "\n    ")}\n`);
}

describe("a request line", () => {
  test("is a method and a path on the target", () => {
    expect(request("request: M-SEARCH   /a/$(uuid())?b=ä&c=[1]")).toMatchObject({
      method: "M-SEARCH",
      path: { parts: ["/a/", { kind: "call", function: "uuid", argument: null }, "?b=ä&c=[1]"] },
    });
  });

  test.each([
    ["get /x", "found the text `get /x`, expected METHOD /path, such as GET /api/v2/users/me"],
    ["/x", "found the text `/x`, expected METHOD /path"],
    ["GET", "found the text `GET`, expected METHOD /path"],
    ["GET x", "found `x`, expected a path that starts with /"],
    ["GET $(uuid())", "expected a path that starts with /"],
    [
      "GET http://evil/x",
      "found `http://evil/x`, expected a path on the target that starts with / (the host comes from --target",
    ],
    ["GET HTTPS://evil", "found `HTTPS://evil`, expected a path on the target"],
    ["GET //evil/x", "found `//evil/x`, expected a path on the target that starts with / (two slashes"],
    ["GET /\\evil/x", "found `/\\evil/x`, expected a path on the target"],
    ["GET \\\\evil/x", "found `\\\\evil/x`, expected a path on the target"],
    ["GET /a\\b", "found a backslash in the path `/a\\b`, expected none (write %5C)"],
    ['"GET /\\t/evil/x"', "found a space in the path `/\\t/evil/x`, expected none"],
    ['"GET /\\n/evil/x"', "found a space in the path `/\\n/evil/x`, expected none"],
    ["GET @evil/x", "found `@evil/x`, expected a path that starts with /"],
    ["GET /a b", "found a space in the path `/a b`, expected none (write %20)"],
    ["'GET /a#b'", "found # in the path `/a#b`, expected none: what follows it is never sent (write %23)"],
    ["GET /__gcidem/trace", "found the path `/__gcidem/trace`, expected none under /__gcidem/"],
    ["GET /__gcidem", "expected none under /__gcidem/"],
    ["GET /a/../__gcidem/reset", "expected none under /__gcidem/"],
    ["GET /%5f%5fgcidem/reset", "expected none under /__gcidem/"],
    ["GET /a//../../__gcidem//reset", "expected none under /__gcidem/"],
  ])("%s is refused", (line, expected) => {
    const problems = stepProblems(`request: ${line}`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
    expect(problems[0]).toMatch(/^2:1[2-9]/);
  });

  test("may name things that only look like the control path", () => {
    expect(request("request: GET /__gcidems/x?y=/__gcidem/").path.parts).toEqual([
      "/__gcidems/x?y=/__gcidem/",
    ]);
  });
});

describe("headers", () => {
  test("keep the order and the spelling of the file, numbers as they are written", () => {
    const { headers } = request("request: GET /x\nheaders: { X-B: b, 1: 1.0, x-a: true }");
    expect(headers.map(([name, { parts }]) => [name, parts])).toEqual([
      ["X-B", ["b"]],
      ["1", ["1.0"]],
      ["x-a", ["true"]],
    ]);
  });

  test("include the scenario's defaults, which a step's own replace whatever their case", () => {
    const [first] = sending(
      "defaults: { headers: { X-Team: crm, X-Trace: a } }\nsteps: [{ request: GET /x, headers: { x-trace: b } }]\n",
    );
    expect(
      first?.kind === "request" && first.request.headers.map(([name, { parts }]) => [name, parts[0]]),
    ).toEqual([
      ["X-Team", "crm"],
      ["x-trace", "b"],
    ]);
  });

  test.each([
    [
      "Authorization: Bearer abc",
      "found a literal credential in the header `Authorization`, expected none in a file",
    ],
    ["cookie: a=b", "found a literal credential in the header `cookie`"],
    ["PROXY-AUTHORIZATION: Basic x", "found a literal credential in the header `PROXY-AUTHORIZATION`"],
    ['X-A: "a\\r\\nb"', "found CR (U+000D) in a header's value"],
    ['X-A: "a\\nb"', "found LF (U+000A) in a header's value"],
    ['X-A: "a\\0b"', "found NUL (U+0000) in a header's value"],
    ["X-A: ✓", "found U+2713 in a header's value"],
    ["X A: a", "found the name `X A`, expected a header name"],
    ["X-Ä: a", "found the name `X-Ä`, expected a header name"],
    ["X-A:", "found nothing, expected text"],
    ["X-A: [a]", "found a list, expected text"],
  ])("%s is refused", (header, expected) => {
    for (const text of [
      `steps:\n  - request: GET /x\n    headers:\n      ${header}\n`,
      `defaults:\n  headers:\n    ${header}\nsteps: [{ request: GET /x }, { request: GET /y }]\n`,
    ]) {
      const problems = problemsOf(text);
      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain(expected);
    }
  });

  test("may carry a credential that does not stand in the file", () => {
    const text =
      "steps:\n  - id: login\n    request: POST /login\n    capture: { session: header X-Session }\n" +
      "  - request: GET /x\n    headers: { Cookie: s=$(login.session), Authorization: Basic $(env.GCIDEM_VAR_BASIC) }\n";
    expect(sending(text)).toHaveLength(2);
  });
});

describe("a body", () => {
  test("may be JSON, text, a form or a file, or nothing", () => {
    expect(request("request: GET /x").body).toBeNull();
    expect(request("request: POST /x\ntext: a $(uuid())").body).toMatchObject({ kind: "text" });
    expect(request("request: POST /x\nform: { b: 1.0, a: $(uuid()) }").body).toMatchObject({
      kind: "form",
      fields: [
        ["b", { parts: ["1.0"] }],
        ["a", { parts: [{ kind: "call" }] }],
      ],
    });
    expect(request("request: POST /x\nbytesFrom: bodies/../a.bin").body).toEqual({
      kind: "file",
      path: "bodies/../a.bin",
    });
    expect(request("request: GET /x\njson: null").body).toMatchObject({
      json: { kind: "literal", json: "null" },
    });
  });

  test.each([
    ["json: {}\ntext: a", "4:5 found `json` and `text` together, expected one body"],
    ["bytesFrom: /etc/passwd", "3:16 found the absolute path `/etc/passwd`, expected one relative"],
    ["bytesFrom: C:\\x", "3:16 found the absolute path `C:\\x`"],
    ["bytesFrom: ../x", "3:16 found `../x`, which leads out of the scenario's folder"],
    ["bytesFrom: a/../../x", "3:16 found `a/../../x`, which leads out"],
    ["bytesFrom: a\\..\\..\\x", "3:16 found `a\\..\\..\\x`, which leads out"],
    ["json:", "3:5 found nothing, expected a JSON value (write null or {})"],
    ["text: 5", "3:11 found the number 5, expected text"],
    ["form: [a]", "3:11 found a list, expected a map"],
  ])("%s is refused", (body, expected) => {
    const problems = stepProblems(`request: POST /x\n${body}`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });
});

describe("an idempotency key", () => {
  test("is a text, or says how it travels", () => {
    expect(request("request: POST /x\nidempotencyKey: k-1").idempotencyKey).toEqual({
      value: { parts: ["k-1"] },
      syntax: null,
      header: null,
    });
    const long = "request: POST /x\nidempotencyKey: { value: 0012, syntax: quoted, header: X-Key }";
    expect(request(long).idempotencyKey).toEqual({
      value: { parts: ["0012"] },
      syntax: "quoted",
      header: "X-Key",
    });
  });

  test.each([
    ["idempotencyKey: { syntax: bare }", "`value` is missing, expected text"],
    ["idempotencyKey: { value: a, syntax: raw }", "found the text `raw`, expected bare or quoted"],
    ['idempotencyKey: "a\\nb"', "found LF (U+000A) in a header's value"],
    ["idempotencyKey: { value: a, header: X Key }", "found the text `X Key`, expected a header name"],
    ['ifMatch: "a\\r"', "found CR (U+000D) in a header's value"],
  ])("%s is refused", (field, expected) => {
    expect(stepProblems(`request: POST /x\n${field}`)).toEqual([expect.stringContaining(expected)]);
  });
});

describe("changes to a repeated request", () => {
  const mutate = (mutation: string): string =>
    `steps:\n  - { id: a, request: POST /x, json: { n: 1 } }\n  - repeat: a\n    mutate: [${mutation}]\n`;

  test("are kept in their order", () => {
    const text = mutate(
      "{ patch: [{ op: add, path: /~0a~1/-, value: $(uuid()) }] }, { reserialize: key-order }, { set: { method: PUT, path: /y, idempotencyKey: null, ifMatch: null, header: { X-A: null, X-B: b } } }",
    );
    const [, repeat] = load(text).steps;
    expect(repeat).toMatchObject({
      kind: "repeat",
      of: "a",
      mutations: [
        { kind: "patch", operations: { kind: "array" } },
        { kind: "reserialize", form: "key-order" },
        {
          kind: "set",
          set: {
            method: "PUT",
            path: { parts: ["/y"] },
            idempotencyKey: null,
            ifMatch: null,
            headers: [
              ["X-A", null],
              ["X-B", { parts: ["b"] }],
            ],
          },
        },
      ],
    });
  });

  test.each([
    [
      "{ patch: [{ op: replace, path: /n }] }",
      "`value` is missing, expected a value for the operation replace",
    ],
    [
      "{ patch: [{ op: move, path: /n }] }",
      "`from` is missing, expected a JSON Pointer for the operation move",
    ],
    [
      "{ patch: [{ op: remove, path: /n, value: 1 }] }",
      "found `value` in the operation remove, which takes none",
    ],
    [
      "{ patch: [{ op: replace, path: a.b, value: 1 }] }",
      "found `a.b`, expected a JSON Pointer that starts with / (write /a/b)",
    ],
    [
      "{ patch: [{ op: remove, path: /a~2 }] }",
      "found ~ in the JSON Pointer `/a~2`, expected ~0 (for ~) or ~1 (for /)",
    ],
    [
      "{ patch: [{ op: delete, path: /n }] }",
      "found the text `delete`, expected add, remove, replace, move, copy or test",
    ],
    ["{ patch: [] }", "found an empty list, expected at least 1 entry"],
    ["{ patch: [{ op: add, path: /n, value: 1.0 }] }", "found the number `1.0`"],
    [
      "{ reserialize: spaces }",
      "found the text `spaces`, expected whitespace, key-order, number-format or unicode-escapes",
    ],
    ["{ set: {} }", "found an empty map, expected a part of the request to set"],
    [
      "{ set: { headers: { a: b } } }",
      "found the unknown field `headers`, expected method, path, idempotencyKey, ifMatch or header (did you mean `header`?)",
    ],
    ["{ set: { header: { Authorization: x } } }", "found a literal credential"],
    ["{ set: { path: //evil } }", "found `//evil`, expected a path on the target"],
    ["{ set: { path: /__gcidem/x } }", "expected none under /__gcidem/"],
    ["{ set: { method: put } }", "found the text `put`, expected a method such as PUT"],
    [
      "{ patch: [], set: {} }",
      "found `patch` and `set` together, expected exactly one of patch, reserialize and set",
    ],
    ["{}", "found an empty map, expected exactly one of patch, reserialize and set"],
  ])("%s is refused", (mutation, expected) => {
    const problems = problemsOf(mutate(mutation));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });

  test("need a JSON body to change", () => {
    const text = "steps:\n  - { id: a, request: GET /x }\n  - { id: b, request: POST /x, form: { c: d } }\n";
    expect(
      problemsOf(
        `${text}  - { repeat: a, mutate: [{ reserialize: whitespace }] }\n  - { repeat: b, mutate: [{ patch: [{ op: remove, path: /c }] }] }\n`,
      ),
    ).toEqual([
      "4:27 found reserialize on a repeat of `a`, which sends no body, expected a JSON body",
      "5:27 found patch on a repeat of `b`, which sends a form, expected a JSON body",
    ]);
  });

  test("belong to a repeat", () => {
    expect(problemsOf("steps:\n  - request: GET /x\n    mutate: []\n")).toEqual([
      expect.stringContaining("3:5 found the unknown field `mutate`"),
    ]);
    expect(problemsOf("steps:\n  - request: GET /x\n    mutate: []\n")[0]).toContain(
      "(`mutate` goes with `repeat`)",
    );
  });
});
