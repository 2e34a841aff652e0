import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { checkShape } from "../../src/document/check-shape.js";
import { readDocument } from "../../src/document/read-document.js";
import { duration, expecting, optionalField } from "../../src/document/shapes.js";

const wait = z.strictObject({ id: z.optional(z.string()), wait: duration });
const send = z.strictObject({
  id: z.optional(z.string()),
  request: z.string(),
  times: z.optional(z.int().check(z.gte(1), z.lte(10))),
  status: z.optional(z.union([z.int(), z.array(z.int())])),
});
const capture = z.union([
  expecting("header NAME or a JSONPath", z.string()),
  z.strictObject({ from: z.string(), regex: z.optional(z.string()) }),
]);
const schema = z.strictObject({
  name: z.string().check(z.minLength(1)),
  kind: optionalField("How.", z.enum(["bare", "quoted"])),
  timeout: z.optional(duration),
  tags: z.optional(z.array(z.string())),
  steps: z.optional(z.array(z.union([wait, send]))),
  capture: z.optional(z.record(z.string(), capture)),
  counts: z.optional(
    z.record(
      expecting("a status such as 409 or 4xx", z.string().check(z.regex(/^[1-5](\d\d|xx)$/))),
      z.int(),
    ),
  ),
});

function problemsOf(text: string): readonly string[] {
  const doc = readDocument(text, "f.yaml").value;
  if (doc === undefined) throw new Error("the test's own text is bad");
  return checkShape(schema, doc).problems.map(
    ({ at, message, hint }) => `${at.line}:${at.column} ${message}${hint === undefined ? "" : ` (${hint})`}`,
  );
}

test("a value of the shape is returned", () => {
  const doc = readDocument("name: x\nsteps: [{ wait: 5s }, { request: GET / }]\n", "f.yaml").value;
  expect(doc && checkShape(schema, doc)).toEqual({
    value: { name: "x", steps: [{ wait: "5s" }, { request: "GET /" }] },
    problems: [],
  });
});

test("a part of a document can be checked alone, with places in the whole", () => {
  const doc = readDocument("a:\n  b: { wait: soon }\n", "f.yaml").value;
  expect(doc && checkShape(wait, doc, ["a", "b"]).problems).toEqual([
    {
      at: { file: "f.yaml", line: 2, column: 14 },
      message: "found the text `soon`, expected a duration such as 250ms, 5s, 15m or 24h",
    },
  ]);
});

describe("a departure is told by what was found and what was expected", () => {
  test.each([
    ["a missing field", "kind: bare\n", ["1:1 `name` is missing, expected text"]],
    [
      "an unknown field",
      "name: x\ntimout: 5s\n",
      [
        "2:1 found the unknown field `timout`, expected name, kind, timeout, tags, steps, capture or counts (did you mean `timeout`?)",
      ],
    ],
    ["a number for a text", "name: 5\n", ["1:7 found the number 5, expected text"]],
    ["an empty text", 'name: ""\n', ["1:7 found an empty text, expected at least 1 character"]],
    ["nothing", "name: x\ntags:\n", ["2:1 found nothing, expected a list"]],
    ["a list for a map", "name: x\ncapture: [a]\n", ["2:10 found a list, expected a map"]],
    ["a map for the list", "name: x\ntags: { a: b }\n", ["2:7 found a map, expected a list"]],
    ["a list at the top", "- a\n", ["1:1 found a list, expected a map"]],
    [
      "a wrong word",
      "name: x\nkind: qouted\n",
      ["2:7 found the text `qouted`, expected bare or quoted (did you mean `quoted`?)"],
    ],
    ["a far word", "name: x\nkind: green\n", ["2:7 found the text `green`, expected bare or quoted"]],
    ["a wrong item of a list", "name: x\ntags: [a, 1]\n", ["2:11 found the number 1, expected text"]],
    [
      "a bad duration",
      "name: x\ntimeout: 5 s\n",
      ["2:10 found the text `5 s`, expected a duration such as 250ms, 5s, 15m or 24h"],
    ],
    [
      "a number without a unit",
      "name: x\ntimeout: 5\n",
      ["2:10 found the number 5, expected a duration such as 250ms, 5s, 15m or 24h"],
    ],
    [
      "a bad name in a map",
      "name: x\ncounts: { 2000: 1 }\n",
      ["2:11 found the name `2000`, expected a status such as 409 or 4xx"],
    ],
    [
      "none of the maps of a union",
      "name: x\nsteps:\n  - { id: a, reqest: GET / }\n",
      [
        "3:5 found a map with `id` and `reqest`, expected exactly one of wait and request (did you mean `request`?)",
      ],
    ],
    [
      "two of the maps of a union at once",
      "name: x\nsteps:\n  - wait: 5s\n    request: GET /\n",
      ["4:5 found `wait` and `request` together, expected exactly one of wait and request"],
    ],
    [
      "fields of the chosen map of a union",
      "name: x\nsteps:\n  - { request: 1, times: 1.5, status: x, foo: 1 }\n  - { request: GET /, times: 11 }\n",
      [
        "3:16 found the number 1, expected text",
        "3:26 found the number 1.5, expected a whole number",
        "3:39 found the text `x`, expected a whole number or a list",
        "3:42 found the unknown field `foo`, expected id, request, times or status",
        "4:30 found the number 11, expected at most 10",
      ],
    ],
    [
      "neither of a text and a map",
      "name: x\ncapture: { a: 5, b: { from: 1 }, c: { regex: a } }\n",
      [
        "2:15 found the number 5, expected header NAME or a JSONPath or a map",
        "2:29 found the number 1, expected text",
        "2:37 `from` is missing, expected text",
      ],
    ],
  ])("%s", (_name, text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });
});
