import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { REPORTERS } from "../../src/cli/render-report.js";

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}

const DOCUMENT = read("docs/reports.md");

test("docs/reports.md tells of every reporter, and of none that there is not", () => {
  const told = [...DOCUMENT.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect([...told].sort()).toEqual([...REPORTERS].sort());
});

test.each([
  ["junit", /```xml\n([\s\S]*?)\n```/, "junit/golden/race.xml"],
  ["markdown", /^> (.*)$/m, "markdown/golden/key-reuse.md"],
  ["github", /```\n(::error[\s\S]*?)\n```/, "github/golden/race.txt"],
])("what it shows of %s is what is written", (_name, block, golden) => {
  const [, shown = "nothing"] = block.exec(DOCUMENT) ?? [];
  expect(read(`test/report/${golden}`)).toContain(shown);
});
