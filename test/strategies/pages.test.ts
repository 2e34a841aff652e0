import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compareStrategies } from "../../src/strategies/compare-strategies.js";
import { comparisonJson } from "../../src/strategies/comparison-json.js";
import { renderComparison } from "../../src/strategies/render-comparison.js";
import type { Comparison } from "../../src/strategies/strategies.js";
import { compare, comparing } from "./comparing.js";

const PLAIN = { columns: 80, color: false, unicode: true, verbose: false };

function pageOf(comparison: Comparison, options: Partial<typeof PLAIN> = {}): string {
  return [...renderComparison(comparison, { ...PLAIN, ...options })].join("");
}

const SHOWN = /(<!-- output: gcidem strategies -->\n```\n)([\s\S]*?)(```)/;

describe("docs/strategies.md", () => {
  it("shows what `gcidem strategies` prints without flags", { timeout: 120_000 }, async () => {
    const conditions = comparing({ runs: 50, churnsPerSecond: [0, 1, 5, 25] });
    // The sources do not know the version that the build writes into the command.
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    const page = [...renderComparison(await compareStrategies(conditions), PLAIN, version)].join("");
    const document = readFileSync("docs/strategies.md", "utf8");
    if (process.env.UPDATE_GOLDEN === "1") {
      writeFileSync(
        "docs/strategies.md",
        document.replace(SHOWN, (_all, head: string) => `${head}${page}\`\`\``),
      );
      return;
    }
    const [, , shown] = SHOWN.exec(document) ?? [];
    expect(shown).toBe(page);
  });
});

describe("the page", () => {
  it.each([40, 60, 79, 80, 140])("never has a row wider than a terminal of %i columns", async (columns) => {
    const comparison = await compare({ runs: 1, churnsPerSecond: [0, 25] });
    const [table = "", ...others] = pageOf(comparison, { columns }).split("\n\nOne resource");
    expect(others).toHaveLength(2);
    const rows = [table, ...others].join("\n").split("\n");
    const width = Math.max(...rows.map(({ length }) => length));
    expect(width).toBeLessThanOrEqual(Math.max(columns, 52));
  });

  it("keeps success and lost updates where it is too narrow for all columns", async () => {
    const comparison = await compare({ runs: 1, churnsPerSecond: [0] });
    const head = /^One resource.*$/m;
    expect(head.exec(pageOf(comparison))?.[0]).toMatch(/success +writes +p50 +p95 +lost +twice +untold$/);
    expect(head.exec(pageOf(comparison, { columns: 52 }))?.[0]).toMatch(/success +p95 +lost$/);
  });

  it("is plain ASCII for a terminal that has nothing else", async () => {
    const comparison = await compare({ runs: 1, churnsPerSecond: [0] });
    expect(pageOf(comparison, { unicode: false })).toMatch(/^[\n -~]*$/);
  });

  it("says that it is the mock, and what it does not show", async () => {
    const page = pageOf(await compare({ runs: 1, churnsPerSecond: [0], policy: "rfc9110" })).replaceAll(
      /\s+/g,
      " ",
    );
    expect(page).toContain("MOCK obeying rfc9110");
    expect(page).toContain("Proves nothing about Genesys Cloud.");
    expect(page).toContain("not shown Genesys Cloud.");
  });

  it("names the limit where requests got 429", async () => {
    const policy = "extends: forum-lore\nrateLimit: { perMinute: 20, retryAfter: true }\n";
    const page = pageOf(await compare({ runs: 1, churnsPerSecond: [0], policy }));
    expect(page).toContain("got 429: too many. The policy allows 20 a minute");
    expect(pageOf(await compare({ runs: 1, churnsPerSecond: [0] }))).not.toContain("429");
  });
});

describe("the JSON", () => {
  it("has the conditions, what each way is, and a row of figures for each cell", async () => {
    const json = JSON.parse(comparisonJson(await compare({ runs: 2, churnsPerSecond: [0, 5] }))) as {
      readonly cells: readonly Readonly<Record<string, unknown>>[];
    };
    expect(json).toMatchObject({
      schema: "gcidem-strategies/1",
      target: { kind: "mock", policy: "forum-lore" },
      seed: 1,
      conditions: { writers: 4, runs: 2, deadlineMs: 10_000, lostAnswers: 0.1 },
    });
    expect(json.cells).toHaveLength(2 * 9 + 2);
    expect(json.cells[0]).toMatchObject({ strategy: "blind-retry", churnPerSecond: 0, writers: 8 });
    expect(json.cells.at(-1)).toMatchObject({ strategy: "same-key", churnPerSecond: null, doneTwice: 0 });
  });
});
