import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { policyJsonSchema } from "../../scripts/json-schemas.js";
import { policiesPage } from "../../scripts/policies-page.js";
import { explainPolicy } from "../../src/policy/explain-policy.js";
import { parsePolicy } from "../../src/policy/read-policy.js";

const page = readFileSync("docs/policies.md", "utf8");

/** Every word that the schema allows somewhere. */
function closedWords(node: unknown): readonly string[] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([keyword, inner]) => {
    if (keyword === "enum") return (inner as readonly unknown[]).map(String);
    if (keyword === "const") return [String(inner)];
    return keyword === "propertyNames" ? [] : closedWords(inner);
  });
}

describe("docs/policies.md", () => {
  test("is the page that presets, schema and explanations make (node scripts/write-schemas.mjs)", () => {
    expect(page).toBe(policiesPage());
  });

  test("names every word that a policy file can hold", () => {
    const words = new Set(closedWords(policyJsonSchema()));
    expect(
      [...words].filter((word) => !new RegExp(`[\\s\`[{]${word.replace("+", "\\+")}[\\s\`\\],}]`).test(page)),
    ).toEqual([]);
    expect(words.size).toBeGreaterThan(100);
  });

  test("shows a policy file that reads, and of which everything it says is explained", () => {
    const [, text = ""] = /```yaml policy\n([\s\S]*?)```/.exec(page) ?? [];
    const told = [...explainPolicy(parsePolicy(text, "gateway.yaml"))].join("\n");
    expect(told).toContain("A key lives for 15m. [");
    expect(told).toContain("measured on 2026-11-01");
    expect(told).toContain("nobody has tried two at once");
    expect(told).toContain("gets 412 and changes nothing");
  });

  test("says of every value what it means", () => {
    const rows = page.split("\n").filter((line) => line.startsWith("| `"));
    expect(rows.filter((row) => /\|\s*\|$/.test(row))).toEqual([]);
    expect(rows.length).toBeGreaterThan(150);
  });
});
