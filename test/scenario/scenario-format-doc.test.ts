import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { scenarioJsonSchema } from "../../scripts/json-schemas.js";
import { load } from "./loading.js";

const page = readFileSync("docs/scenario-format.md", "utf8");

interface Block {
  readonly kind: string;
  readonly text: string;
  readonly line: number;
}

const blocks: readonly Block[] = [...page.matchAll(/^```yaml *(\w*)\n(.*?)^```$/gms)].map((match) => ({
  kind: match[1] ?? "",
  text: match[2] ?? "",
  line: page.slice(0, match.index).split("\n").length,
}));

function indented(text: string, by: string): string {
  return text.replaceAll(/^(?=.)/gm, by);
}

/** The scenario that a fragment of the page is a part of. */
function scenarioAround({ kind, text }: Block): string {
  const before =
    "vars: { key: k }\nsetUp: [{ id: read, request: GET /x, capture: { etag: header ETag } }]\nsteps:\n";
  switch (kind) {
    case "scenario":
      return text;
    case "top":
      return /^steps:/m.test(text) ? text : `${text}steps: [{ wait: 1s }]\n`;
    case "steps":
      return `steps:\n${indented(text, "  ")}`;
    case "step":
      return `${before}  -\n${indented(text, "    ")}`;
    default:
      throw new Error(`a block of the page says neither scenario, top, steps nor step, but "${kind}"`);
  }
}

/** Every field that the format has, except those of a policy, which are explained elsewhere. */
function fieldsOf(schema: unknown): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([keyword, inner]) => {
    if (keyword !== "properties") return keyword.startsWith("policy-") ? [] : fieldsOf(inner);
    const fields = Object.entries(inner as Record<string, unknown>);
    return fields.flatMap(([name, field]) => (name === "policy" ? [name] : [name, ...fieldsOf(field)]));
  });
}

function namesIn(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  const own = Array.isArray(value) ? [] : Object.keys(value);
  return [...own, ...Object.values(value).flatMap(namesIn)];
}

describe("docs/scenario-format.md", () => {
  test.each(blocks)("the example at line $line loads", (block) => {
    expect(load(scenarioAround(block)).steps.length).toBeGreaterThan(0);
  });

  test("shows every field of the format in an example", () => {
    const shown = new Set(blocks.flatMap(({ text }) => namesIn(parse(text))));
    expect([...new Set(fieldsOf(scenarioJsonSchema()))].filter((name) => !shown.has(name))).toEqual([]);
  });
});
