import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds serious or critical in a page, with the beginning of each element. */
export async function seriousViolations(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const found = (await page.evaluate(
    `axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) =>
      [impact, id, ...nodes.map(({ html }) => html.slice(0, 120))].join(" ")))`,
  )) as readonly string[];
  return found.filter((each) => /^(serious|critical)/.test(each));
}
