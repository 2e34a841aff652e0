// The HTML report of 10,000 exchanges in real Chromium: when something is to be seen, and how long the filter takes.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { buildPage } from "../../scripts/build-page.mjs";
import { bundle } from "./bundle.mjs";
import { longReport } from "./long-report.mjs";
import { writeLongJournal } from "./report-rendering-journal.mjs";

const EXCHANGES = 10_000;
const LIMIT_PAINT_MS = 2_000;
const LIMIT_FILTER_MS = 200;
/** A person types these letter by letter; the last one leaves one exchange. */
const TYPED = ["p", "patch", "patch 409", "#9990"];
const MODULES = ["journal/read-journal", "report/html/render-html"];
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-proxy-server"];

/** Writes the page of a journal; gives its path. */
async function writePage(folder) {
  const bundled = await bundle(MODULES);
  try {
    const [{ openJournal }, { renderHtml }] = await Promise.all(
      MODULES.map((module) => import(bundled.url(module))),
    );
    const journal = openJournal(writeLongJournal(join(folder, "long.ndjson"), EXCHANGES));
    const file = join(folder, "report.html");
    writeFileSync(
      file,
      [...renderHtml(longReport(journal), { cases: false, page: await buildPage() })].join(""),
    );
    journal.close();
    return file;
  } finally {
    bundled.close();
  }
}

/** From a letter to the frame in which its rows are shown, in ms; the longest of them. */
const FILTER = `(async (typed) => {
  const input = document.querySelector("input[type=search]");
  let longest = 0;
  for (const text of typed) {
    const start = performance.now();
    input.value = text;
    input.dispatchEvent(new Event("input"));
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    longest = Math.max(longest, performance.now() - start);
  }
  return [longest, document.querySelector(".count").textContent];
})`;

async function measurePage(browser, file) {
  const page = await browser.newPage();
  await page.goto(pathToFileURL(file).href);
  await page.locator(".exchanges .opener").first().waitFor();
  const paintMs = await page.evaluate(
    `performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? performance.now()`,
  );
  const readyMs = await page.evaluate("performance.timing.loadEventEnd - performance.timing.navigationStart");
  const [filterMs, words] = await page.evaluate(`${FILTER}(${JSON.stringify(TYPED)})`);
  if (words !== "1 of 10,000 exchanges") throw new Error(`the filter left "${words}"`);
  await page.close();
  return [
    { label: "10,000 exchanges, first paint", value: paintMs, limit: LIMIT_PAINT_MS, unit: "ms" },
    { label: "10,000 exchanges, all of it there", value: readyMs, limit: LIMIT_PAINT_MS, unit: "ms" },
    { label: "10,000 exchanges, filter", value: filterMs, limit: LIMIT_FILTER_MS, unit: "ms" },
  ];
}

/** First paint and filter of a long report, opened from disk. */
export const htmlPage = {
  name: "html-page",
  absolute: true,
  open: async () => {
    const folder = mkdtempSync(join(tmpdir(), "gcidem-bench-"));
    const file = await writePage(folder);
    const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ARGUMENTS });
    const close = async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    };
    return { measure: () => measurePage(browser, file), close };
  },
};
