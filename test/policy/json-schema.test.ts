import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { policyJsonSchema } from "../../scripts/json-schemas.js";
import { PRESET_NAMES } from "../../src/policy/preset-names.js";
import { presetFile } from "../../src/policy/presets.js";
import { parsePolicy } from "../../src/policy/read-policy.js";

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly [keyword: string]: unknown;
}

const validate = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true }).compile(
  policyJsonSchema(),
);

function errorsOf(text: string): readonly string[] {
  validate(parse(text));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe("the JSON Schema of policy files", () => {
  test("that ships is the one that policies are read with (node scripts/write-schemas.mjs)", () => {
    const shipped = readFileSync("scenarios/policy.schema.json", "utf8");
    expect(shipped).toBe(`${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
  });

  test.each(PRESET_NAMES)("accepts %s as it stands", (name) => {
    expect(errorsOf(stringify(presetFile(name)))).toEqual([]);
  });

  test.each([
    "errors: genesis",
    "idempotency: { suport: honoured }",
    "concurrency: { validator: { kind: versio } }",
    "locks: { states: [dialling] }",
    "locks: { states: [] }",
    "unique: [{ on: users.mail }]",
    "references: [{ on: users }]",
    "success: { status: 404 }",
    "faults: [{ kind: 5xx-before, status: 404 }]",
    "faults: [{ kind: burn }]",
    "routes: [{ errors: generic }]",
    "rateLimit: { perMinute: 0 }",
    "churn: { jitter: 1ms }",
  ])("refuses %j, as reading does", (text) => {
    expect(() => parsePolicy(text)).toThrow();
    expect(errorsOf(text)).not.toEqual([]);
  });

  test("explains every field, so that an editor can", () => {
    const unexplained: string[] = [];
    const definitions = policyJsonSchema().definitions as Readonly<Record<string, Node>>;
    const isExplained = ({ description, allOf }: Node): boolean => {
      const [{ $ref = "" } = {}] = (allOf ?? []) as readonly { readonly $ref?: string }[];
      const named = definitions[$ref.replace("#/definitions/", "")];
      return typeof (description ?? named?.description) === "string";
    };
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      for (const [name, field] of Object.entries((node as Node).properties ?? {})) {
        if (!isExplained(field)) unexplained.push(`${path}/${name}`);
      }
      for (const [keyword, inner] of Object.entries(node)) visit(inner, `${path}/${keyword}`);
    };
    visit(policyJsonSchema(), "");
    expect(unexplained).toEqual([]);
  });
});
