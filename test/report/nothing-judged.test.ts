import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { replay } from "../../src/index.js";
import { renderTerminal } from "../../src/report/terminal/render-terminal.js";

const LOOK = "  - { id: look, request: GET /api/v2/mock/things/1, capture: { etag: header ETag } }\n";
const WRITE =
  "  - { id: write, request: PUT /api/v2/mock/things/1, json: { a: 1 }, expect: { status: 200 } }\n";

/** The first line about a scenario on a thing that exists. */
async function headlineOf(steps: string): Promise<string> {
  const text = `name: One thing\nworld: { things: [{ id: "1" }] }\nsteps:\n${steps}`;
  const report = await replay(text, { out: mkdtempSync(join(tmpdir(), "gcidem-report-")) });
  const shown = { columns: 100, color: false, unicode: true, verbose: false };
  const lines = [...renderTerminal(report, shown)].join("").split("\n");
  return lines.find((line) => line.includes("One thing")) ?? "";
}

describe("a scenario whose requests were all answered", () => {
  test("passed where something was judged", async () => {
    expect(await headlineOf(WRITE)).toMatch(/^ALL 1 write passed {3}/);
  });

  test("did not pass where nothing was: no expectation", async () => {
    expect(await headlineOf(LOOK)).toMatch(/^ALL 1 request answered, nothing judged {3}/);
  });
});
