import { describe, expect, test } from "vitest";
import { MAX_DOCUMENT_BYTES, readDocument } from "../../src/document/read-document.js";
import { UNREADABLE } from "../../src/document/repair-line.js";

function problemsOf(text: string): readonly string[] {
  return readDocument(text, "f.yaml").problems.map(
    ({ at, message, hint }) => `${at.line}:${at.column} ${message}${hint === undefined ? "" : ` (${hint})`}`,
  );
}

function plainValue(text: string): unknown {
  const { value, problems } = readDocument(text, "f.yaml");
  expect(problems).toEqual([]);
  return value?.value;
}

describe("a document", () => {
  test("becomes maps, lists and scalars", () => {
    const text = "name: x\nlist: [1, 2.5, true, null, '1']\nmap:\n  a: {}\n";
    expect(plainValue(text)).toEqual({ name: "x", list: [1, 2.5, true, null, "1"], map: { a: {} } });
  });

  test("may be JSON, indented by tabs", () => {
    expect(plainValue('{\n\t"a": [1,\t{"b": "\\u00e9"}]\n}\n')).toEqual({ a: [1, { b: "é" }] });
  });

  test("may start with a byte order mark and end its lines with CR LF", () => {
    expect(plainValue("\ufeffa: 1\r\nb: 2\r\n")).toEqual({ a: 1, b: 2 });
  });

  test("takes words that older YAML reads as booleans for text", () => {
    expect(plainValue("a: on\nb: yes\nc: 012\nd: 2026-11-21\n")).toEqual({
      a: "on",
      b: "yes",
      c: 12,
      d: "2026-11-21",
    });
  });

  test("takes numbers and booleans as field names by their source text", () => {
    expect(plainValue("200: a\n1.0: b\ntrue: c\n")).toEqual({ "200": "a", "1.0": "b", true: "c" });
  });

  test("repeats what an anchor names wherever its alias stands", () => {
    expect(plainValue("a: &x { n: 1 }\nb: *x\nc: [*x]\n")).toEqual({
      a: { n: 1 },
      b: { n: 1 },
      c: [{ n: 1 }],
    });
  });

  test("has no inherited fields", () => {
    const value = plainValue("a: 1\n") as Record<string, unknown>;
    expect(value.constructor).toBeUndefined();
  });
});

describe("places", () => {
  const text = "steps:\n  - id: read\n    10: x\n    9: 1.0\n    headers:\n  - &b { id: two }\n  - *b\n";
  const doc = readDocument(text, "f.yaml").value;
  const place = (path: readonly (string | number)[], part?: "key" | "value"): string => {
    const at = doc?.positionOf(path, part);
    return `${at?.file}:${at?.line}:${at?.column}`;
  };

  test("are those of the value, or of its name", () => {
    expect(place(["steps", 0, "id"])).toBe("f.yaml:2:9");
    expect(place(["steps", 0, "id"], "key")).toBe("f.yaml:2:5");
  });

  test("fall back to the nearest ancestor", () => {
    expect(place(["steps", 0, "nothing", "here"])).toBe(place(["steps", 0]));
    expect(place([])).toBe("f.yaml:1:1");
  });

  test("of a value that is not written are those of its name", () => {
    expect(place(["steps", 0, "headers"])).toBe("f.yaml:5:5");
  });

  test("lead through an alias to what it names", () => {
    expect(place(["steps", 2, "id"])).toBe(place(["steps", 1, "id"]));
  });

  test("names keep the order of the file, integers among them", () => {
    expect(doc?.namesAt(["steps", 0])).toEqual(["id", "10", "9", "headers"]);
    expect(doc?.namesAt(["steps"])).toEqual([]);
  });

  test("the source of a plain scalar is kept", () => {
    expect(doc?.plainTextAt(["steps", 0, "9"])).toBe("1.0");
    expect(readDocument('a: "1.0"\n', "f").value?.plainTextAt(["a"])).toBeNull();
    expect(doc?.plainTextAt(["steps"])).toBeNull();
  });
});

describe("bad syntax", () => {
  test.each([
    ["a tab as indentation", "a:\n\tb: 1\n\tc: 2\nd: 1\n", ["2:1 found a tab", "3:1 found a tab"]],
    ["a double quote never closed", 'a: "abc\nb: 1\n', ['1:4 found the text `"abc` that is never closed']],
    ["a single quote never closed", "a: 'abc\nb: 1\n", ["1:4 found the text `'abc` that is never closed"]],
    [
      "a bracket never closed",
      "x: 1\na: { b: 1\nc: 2\n",
      ["2:4 found `{` that is never closed, expected `}` before `c: 2`"],
    ],
    ["a list never closed", "a: [1, 2\nc: 2\n", ["1:4 found `[` that is never closed, expected `]`"]],
    ["two fields on a line", "a: b: c\nd: 1\n", ["1:4 found a second `name: value`"]],
    ["a line without a colon", "a: 1\nfoo\nb: 2\n", ["2:1 found a line without `name: value`"]],
    ["an unknown escape", 'a: "\\q"\nb: "\\z"\n', ["1:5 found an escape", "2:5 found an escape"]],
    [
      "a reserved first character",
      "a: @foo\nb: `x`\n",
      ["1:4 found a text that starts", "2:4 found a text that starts"],
    ],
    ["text after a closing quote", 'a: "b" c\nd: 1\n', ["1:8 found `c` after a value that had ended"]],
    [
      "an alias without an anchor",
      "a: *x\nb: *y\n",
      ["1:4 found the alias `*x`", "2:4 found the alias `*y`"],
    ],
    ["an alias of what contains it", "a: &x\n  b: *x\n", ["2:6 the alias `*x` contains itself"]],
    ["a tag", "a: !foo 1\n", ["1:4 found a YAML tag"]],
    ["a tag that YAML knows", "a: !!binary aGk=\n", ["1:13 found the YAML tag"]],
    ["a directive", "%YAML 1.1\n---\na: on\n", ["1:1 found a YAML directive"]],
    ["a second document", "a: 1\n---\nb: 2\n", ["2:1 found a second document"]],
    ["a field twice", "a: 1\nb: 2\na: 3\n", ["3:1 the field `a` stands twice in one map"]],
    ["a name twice in other spellings", '200: 1\n"200": 2\n', ["2:1 the field `200` stands twice"]],
    ["a list as a name", "? [a]\n: 1\n", ["1:3 found a map or list as a field's name"]],
    ["a field without a name", ": 3\n", ["1:1 found nothing as a field's name"]],
    [
      "a name that reaches into JavaScript",
      "__proto__: { x: 1 }\n",
      ["1:1 the field name `__proto__` is not allowed"],
    ],
    ["a control character", "a: b\nc: \u0000\n", ["2:4 found the control character U+0000"]],
    ["an empty file", "", ["1:1 the file is empty"]],
    ["only comments", "# nothing yet\n\n", ["1:1 the file is empty"]],
    [
      "a template of another language",
      "c: { id: ${x} }\n",
      ["1:10 found `${x}`, expected a value; a template is written"],
    ],
    [
      "braces of another template language",
      "a: {{x}}\n",
      ["1:4 found `{{`, expected a value; a template is written `$(name)`"],
    ],
  ])("%s is told once, with its place", (_name, text, expected) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(expected.length);
    for (const [index, start] of expected.entries()) expect(problems[index]).toContain(start);
  });

  test.each([
    ["a: { x: $.x['b,c'] }\nb: 1\n", "1:12 found `['b,c'] }` after a value that had ended"],
    ["c: { id: $.items[0].id, e: 1 }\n", "1:17 found `[0].id, e: 1 }` after a value"],
    ["c: [$.items[0].id, b]\n", "1:12 found `[0].id, b]`, expected a comma"],
    ["a: { x: hello, world }\n", "1:16 found `world` without a value"],
  ])("a text that flow style split is told with the remedy: %s", (text, expected) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
    expect(problems[0]).toContain("quote the text");
  });

  test("a colon without a space in flow style is told with the remedy", () => {
    expect(problemsOf("a: { b:1 }\n")).toEqual([
      "1:6 found `b:1` without a value, expected `name: value` between commas (put a space after the colon)",
    ]);
  });

  test("of several lines is told all at once, and the rest of the file is read", () => {
    const text =
      'name: a: b\ntags: [a, b\nsteps:\n  - id: "bad\n    request: @x\n    capture: { x: $.a[0].b, y: c }\n  - id: good\n';
    expect(problemsOf(text).map((problem) => problem.split(" ", 1)[0])).toEqual([
      "1:7",
      "2:7",
      "4:9",
      "5:14",
      "6:22",
    ]);
    expect(readDocument(text, "f.yaml").value?.value).toEqual({
      name: UNREADABLE,
      tags: UNREADABLE,
      steps: [{ id: UNREADABLE, request: UNREADABLE, capture: UNREADABLE }, { id: "good" }],
    });
  });

  test("that reaches over lines is told once, and nothing that follows from it", () => {
    for (const text of [
      "a:\n  b: {\n    x: 1\n    y: 2\n  }\nc: 1\n",
      "a:\n  - request GET /x\n    id: b\n    c: d\n",
      "a: 1\n- b\n- c\n",
    ]) {
      expect(problemsOf(text)).toHaveLength(1);
      expect(readDocument(text, "f.yaml").value).toBeUndefined();
    }
  });

  test("problems that leave the structure clear come with a value", () => {
    const { value, problems } = readDocument("a: 1\na: 2\nb: *x\n", "f.yaml");
    expect(problems).toHaveLength(2);
    expect(value?.value).toEqual({ a: 1, b: UNREADABLE });
  });
});

describe("documents made to exhaust memory or the stack", () => {
  test("aliases that stand for billions of values are refused", () => {
    const levels = Array.from({ length: 12 }, (_, n) =>
      n === 0
        ? "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"
        : `a${n}: &a${n} [${Array(10)
            .fill(`*a${n - 1}`)
            .join(", ")}]`,
    );
    expect(problemsOf(levels.join("\n"))).toEqual([
      "1:1 the document holds more than 200000 values, each alias counted as what it stands for",
    ]);
  });

  test("nesting that would exhaust the stack is refused", () => {
    expect(problemsOf("[".repeat(100_000))[0]).toContain("nested more than 200 levels deep");
    expect(problemsOf(`a: ${"{a: ".repeat(100_000)}`)[0]).toContain("nested more than 200 levels deep");
  });

  test("a document larger than the limit is refused unread", () => {
    const text = `# ${"x".repeat(50 * 1024 * 1024)}`;
    expect(problemsOf(text)).toEqual([
      `1:1 found ${text.length} bytes, expected at most ${MAX_DOCUMENT_BYTES}`,
    ]);
  });
});
