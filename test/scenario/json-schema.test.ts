import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { scenarioJsonSchema } from "../../scripts/json-schemas.js";
import { exampleScenarios } from "./examples.js";
import { load, problemsOf } from "./loading.js";

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly [keyword: string]: unknown;
}

const validate = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true }).compile(
  scenarioJsonSchema(),
);

function errorsOf(text: string): readonly string[] {
  validate(parse(text));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe("the JSON Schema of scenario files", () => {
  test("that ships is the one that the loader's definition gives (node scripts/write-schemas.mjs)", () => {
    const shipped = readFileSync("scenarios/scenario.schema.json", "utf8");
    expect(shipped).toBe(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
  });

  test.each(exampleScenarios())("accepts $name, which the loader accepts", ({ text }) => {
    expect(load(text).steps.length).toBeGreaterThan(0);
    expect(errorsOf(text)).toEqual([]);
  });

  test.each([
    "nmae: x\nsteps: [{ wait: 1s }]",
    "steps: []",
    "steps: [{ wait: 5 minutes }]",
    "steps: [{ request: get /x }]",
    "steps: [{ request: GET /x, timout: 1s }]",
    "steps: [{ request: GET /x, expect: { status: 20x } }]",
    "steps: [{ request: GET /x, fault: burn }]",
    "steps: [{ repeat: a, mutate: [{ reserialize: spaces }] }]",
    "steps: [{ request: GET /x, expect: { cause: stale } }]",
    "steps: [{ request: GET /x, capture: { a: body } }]",
    "steps: [{ wait: 1s }]\nvars: { a b: 1 }",
    "steps: [{ wait: 1s }]\npolicy: { idempotency: { suport: honoured } }",
    "steps: [{ race: { writers: 2 } }]",
  ])("refuses %j, as the loader does", (text) => {
    expect(problemsOf(text)).not.toEqual([]);
    expect(errorsOf(text)).not.toEqual([]);
  });

  test("explains every field, so that an editor can", () => {
    const unexplained: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      for (const [name, field] of Object.entries((node as Node).properties ?? {})) {
        const where = `${path}/${name}`;
        if (typeof field.description !== "string" && !where.includes("/policy/")) unexplained.push(where);
      }
      for (const [keyword, inner] of Object.entries(node))
        visit(inner, keyword === "properties" ? path : `${path}/${keyword}`);
    };
    visit(scenarioJsonSchema(), "");
    expect(unexplained).toEqual([]);
  });
});
