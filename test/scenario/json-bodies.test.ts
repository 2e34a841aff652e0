import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type JsonNode, parseJson, writeJson } from "../../src/core/json.js";
import type { JsonTemplate } from "../../src/scenario/scenario.js";
import { problemsOf, sending } from "./loading.js";

function jsonOf(text: string): JsonTemplate {
  const [step] = sending(text);
  if (step?.kind !== "request" || step.request.body?.kind !== "json")
    throw new Error("the step has no JSON body");
  return step.request.body.json;
}

/** The bytes that would be sent, where no template is to be filled in. */
function sent(json: JsonTemplate): string {
  switch (json.kind) {
    case "literal":
      return json.json;
    case "string":
      return JSON.stringify(json.template.parts.join(""));
    case "array":
      return `[${json.items.map(sent).join(",")}]`;
    case "object":
      return `{${json.members.map(([name, value]) => `${JSON.stringify(name.parts.join(""))}:${sent(value)}`).join(",")}}`;
  }
}

function sentFor(json: string): string {
  return sent(jsonOf(`steps:\n  - request: POST /x\n    json: ${json}\n`));
}

describe("a JSON body", () => {
  test("is sent compact, members in the order of the file, integer names among them", () => {
    expect(sentFor("{ b: 1, 10: x, 2: y, a: [true, ~, 1.5, -3, ''] }")).toBe(
      '{"b":1,"10":"x","2":"y","a":[true,null,1.5,-3,""]}',
    );
  });

  test("may be written as a block, by anchor and alias, or as JSON itself", () => {
    const block = '\n      b: &x\n        - 1\n      a: *x\n      c: { "d": "\\u00e9" }';
    expect(sentFor(block)).toBe('{"b":[1],"a":[1],"c":{"d":"é"}}');
  });

  test("fills templates into values and names", () => {
    expect(jsonOf("steps:\n  - request: POST /x\n    json: { a-$(uuid()): $(uuid()) }\n")).toMatchObject({
      kind: "object",
      members: [
        [{ parts: ["a-", { kind: "call" }] }, { kind: "string", template: { parts: [{ kind: "call" }] } }],
      ],
    });
  });
});

describe("a number", () => {
  test.each([
    "1.0",
    "12345678901234567890",
    "0x10",
    "0o7",
    "1e3",
    "-0",
    "+1",
    ".5",
    "5.",
    "012",
    ".inf",
    "-.INF",
    ".nan",
    "1e400",
    "0.1000",
  ])("%s would not be sent as it is written, and is refused wherever it stands", (number) => {
    fc.assert(
      fc.property(fc.constantFrom("a", "[a]", "{ x: a }", "{ x: [{ y: a }] }"), (shape) => {
        const json = shape.replace("a", number);
        if (number === "1_000.0") return expect(sentFor(json)).toContain('"1_000.0"');
        expect(problemsOf(`steps:\n  - request: POST /x\n    json: ${json}\n`)).toEqual([
          expect.stringContaining(`found the number \`${number}\`, which JSON would carry as`),
        ]);
      }),
      { numRuns: 8 },
    );
  });

  test("is sent as it is written whenever JSON writes it so", () => {
    const numbers = fc.oneof(
      fc.integer(),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    fc.assert(
      fc.property(numbers, (number) => {
        fc.pre(!Object.is(number, -0));
        expect(sentFor(JSON.stringify(number))).toBe(JSON.stringify(number));
      }),
    );
  });

  test("is either sent as it is written or refused, never changed", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^-?(0|[1-9]\d{0,24})(\.\d{1,5})?(e[+-]?\d{1,3})?$/), (number) => {
        const text = `steps:\n  - request: POST /x\n    json: ${number}\n`;
        if (JSON.stringify(Number(number)) === number) expect(sent(jsonOf(text))).toBe(number);
        else expect(problemsOf(text)).toHaveLength(1);
      }),
    );
  });

  test("between quotes is a text", () => {
    expect(sentFor("['1.0', \"0x10\"]")).toBe('["1.0","0x10"]');
  });
});

function hasNoTemplate(node: JsonNode): boolean {
  return !/[$\ue000]|\{\{|__proto__/.test(writeJson(node));
}

test("any JSON text in a file is sent compact, its values and their order unchanged", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), (json) => {
      const node = parseJson(json);
      fc.pre(
        hasNoTemplate(node) && writeJson(node) === JSON.stringify(JSON.parse(json)) && !json.includes("-0"),
      );
      expect(sentFor(json)).toBe(writeJson(node));
    }),
  );
});
