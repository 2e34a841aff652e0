import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { htmlComparison } from "../../src/strategies/html-comparison.js";
import type { Comparison } from "../../src/strategies/strategies.js";
import { CHANGE_WAYS } from "../../src/strategies/ways.js";
import { type ReportBrowser, startBrowser } from "../report/html/browser.js";
import { PAGE } from "../report/html/page-assets.js";
import { seriousViolations } from "../report/html/violations.js";
import { compare, figures } from "./comparing.js";

let browser: ReportBrowser;
let comparison: Comparison;

function pageOf(of: Comparison): string {
  return [...htmlComparison(of, { page: PAGE, version: "0.1.0" })].join("");
}

beforeAll(async () => {
  browser = await startBrowser();
  comparison = await compare({ churnsPerSecond: [0, 1, 5, 25] });
});

afterAll(async () => {
  await browser.close();
});

describe("the comparison as a page", () => {
  it("says that it is the mock, what the figures support, and what they do not show", () => {
    const page = pageOf(comparison);
    expect(page).toContain("<title>MOCK obeying forum-lore: ways of writing, compared</title>");
    expect(page).toContain("Proves nothing about Genesys Cloud.");
    expect(page).toContain("An outdated token stays outdated");
    expect(page).toContain("Not shown: Genesys Cloud.");
  });

  it("draws success, writes and time over the churn rate, a line for each way", () => {
    const charts = pageOf(comparison).split("<figure>").slice(1);
    expect(charts).toHaveLength(3);
    for (const chart of charts) {
      expect(chart.match(/<polyline/g)).toHaveLength(CHANGE_WAYS.length);
      for (const { title } of CHANGE_WAYS) expect(chart).toContain(`>${title}</text>`);
      for (const place of ["none", "1/s", "5/s", "25/s"]) expect(chart).toContain(`>${place}</text>`);
    }
  });

  it("each point tells its figure", () => {
    const { told, writers } = figures(comparison, "re-read", 25);
    const words = `<title>re-read, at once, 25/s: ${Math.round((100 * told) / writers)}%</title>`;
    expect(pageOf(comparison)).toContain(words);
  });

  it("keeps the names beside the lines apart", () => {
    const [, chart = ""] = pageOf(comparison).split("<figure>");
    const tops = [...chart.matchAll(/<text x="714" y="([\d.]+)"/g)].map(([, y]) => Number(y));
    expect(tops).toHaveLength(CHANGE_WAYS.length);
    for (const [at, top] of tops.slice(1).entries())
      expect(top - (tops[at] ?? 0)).toBeGreaterThanOrEqual(15.9);
  });

  it("has the figures of the terminal's tables", () => {
    const page = pageOf(comparison);
    for (const heading of ["One resource, no churn", "One resource, churn 25/s", "Something new, by key"])
      expect(page).toContain(`<h3>${heading}</h3>`);
    expect(page.match(/<tr><th scope="row">/g)).toHaveLength(comparison.cells.length);
  });

  it.each(["light", "dark"] as const)(
    "opens in the %s theme without a request or a serious finding of axe",
    async (colorScheme) => {
      const { page, seen } = await browser.open(pageOf(comparison), { colorScheme });
      expect(await seriousViolations(page)).toEqual([]);
      expect(seen).toEqual({ requests: [], dialogs: [], errors: [] });
    },
  );
});
