import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportOf, runOf } from "../build-report.js";
import { keyReuse, mutatedBytes } from "../fixtures.js";
import { fiftyRounds, lostUpdate } from "../race-fixtures.js";
import { explainedKeyReuse, recordedTraffic } from "../three-runs.js";
import { pageOf, type ReportBrowser, startBrowser } from "./browser.js";
import { seriousViolations } from "./violations.js";

const SILENT = { requests: [], dialogs: [], errors: [] };

let browser: ReportBrowser;

beforeAll(async () => {
  browser = await startBrowser();
});

afterAll(async () => {
  await browser.close();
});

function rowsIn(page: Page): Promise<readonly string[]> {
  return page.locator(".exchanges tbody tr:not(.spacer) td:first-child").allTextContents();
}

function clipboard(page: Page): Promise<unknown> {
  return page.evaluate("navigator.clipboard.readText()");
}

describe("from disk", () => {
  test("a report opens without asking for anything, and shows conflict, cause and remedy on the first screen", async () => {
    const { page, seen } = await browser.open(pageOf(reportOf(explainedKeyReuse())));
    const bottomOf = async (selector: string, words: string): Promise<number> => {
      const box = await page.locator(selector, { hasText: words }).first().boundingBox();
      return box === null ? Number.POSITIVE_INFINITY : box.y + box.height;
    };
    expect(await bottomOf("h2", "CONFLICT 1 of 4 writes")).toBeLessThan(900);
    expect(await bottomOf(".cause h4", "key-reused-body-changed (certain)")).toBeLessThan(900);
    expect(await bottomOf(".cause dd", "One key per logical operation")).toBeLessThan(900);
    expect(await page.getByText("MOCK", { exact: true }).isVisible()).toBe(true);
    expect(seen).toEqual(SILENT);
  });

  test("two runs: each gets its own table when one comes to it", async () => {
    const { page, seen } = await browser.open(pageOf(reportOf(explainedKeyReuse(), lostUpdate())));
    await page.getByRole("link", { name: "Two are told that they won" }).click();
    await page.locator("#run-2 .exchanges").waitFor();
    expect(await page.locator("#run-2 .exchanges tbody tr:not(.spacer)").count()).toBe(6);
    expect(seen).toEqual(SILENT);
  });
});

describe("the table of exchanges", () => {
  test("is filtered by words, outcome and step, and says how many are left", async () => {
    const { page } = await browser.open(pageOf(reportOf(lostUpdate())));
    await page.getByLabel("filter", { exact: true }).fill("put w2");
    expect(await rowsIn(page)).toEqual(["6"]);
    expect(await page.locator(".count").textContent()).toBe("1 of 6 exchanges");
    await page.getByLabel("filter", { exact: true }).fill("");
    await page.getByLabel("outcome").selectOption("conflict");
    expect(await rowsIn(page)).toEqual(["5"]);
    await page.getByLabel("outcome").selectOption("all");
    await page.getByRole("combobox", { name: "step" }).selectOption("writers/look");
    expect(await rowsIn(page)).toEqual(["1", "2", "3"]);
  });

  test("of ten thousand exchanges only some are in the document; the keyboard reaches all of them", async () => {
    const sent = Array.from({ length: 10_000 }, (_, at) => ({
      step: "write",
      request: `PATCH /v1/orders/${at}`,
      status: at % 10 === 9 ? 409 : 200,
    }));
    const { page } = await browser.open(pageOf(reportOf(runOf({ name: "Many", sent }))));
    const first = await rowsIn(page);
    expect(first[0]).toBe("1");
    expect(first.length).toBeLessThan(60);
    await page.locator(".exchanges .opener").first().focus();
    for (let presses = 0; presses < 40; presses++) await page.keyboard.press("ArrowDown");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("41");
    await page.evaluate("document.querySelector('.window').scrollTop = 1e9");
    await page.getByRole("button", { name: "Exchange 10000", exact: true }).waitFor();
    await page.getByLabel("filter", { exact: true }).fill("/9999");
    expect(await rowsIn(page)).toEqual(["10000"]);
  });

  test("a row opens its exchange: headers, bodies and cause", async () => {
    const { page } = await browser.open(pageOf(reportOf(explainedKeyReuse())));
    await page.getByRole("button", { name: "Exchange 3", exact: true }).click();
    const detail = page.getByRole("region", { name: "Exchange 3", exact: true });
    const text = await detail.textContent();
    expect(text).toContain("Idempotency-Key");
    expect(text).toContain("The key was used with another request body");
    expect(text).toContain("cause  key-reused-body-changed (certain)");
    await detail.getByRole("button", { name: "Close" }).click();
    expect(await detail.count()).toBe(0);
  });
});

describe("copying", () => {
  test("a request goes to the clipboard as a curl command with placeholders for secrets", async () => {
    const { page } = await browser.open(pageOf(reportOf(explainedKeyReuse())));
    await page.getByRole("button", { name: "Exchange 3", exact: true }).click();
    await page.getByRole("button", { name: "Copy as curl" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    const text = await clipboard(page);
    expect(text).toMatch(/^curl -i -X PATCH http:\/\/127\.0\.0\.1:45123\//);
    expect(text).toContain("-H 'Authorization: Bearer <secret:1>'");
    expect(text).toContain(`--data-raw '{"attributes":{"queue-name":"other"`);
  });

  test("so does the list of correlation IDs", async () => {
    const { page } = await browser.open(pageOf(reportOf(keyReuse())));
    await page.getByRole("button", { name: "Copy these correlation IDs" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(String(await clipboard(page)).split("\n")).toHaveLength(4);
  });

  test("where pages may not write there, the text is shown selected", async () => {
    const { page } = await browser.open(pageOf(reportOf(keyReuse())), { clipboard: false });
    await page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
    await page.getByRole("button", { name: "Copy these correlation IDs" }).click();
    await page.getByLabel("Text to copy").waitFor();
    expect(
      String(await page.evaluate("getSelection().toString() || document.activeElement.value")),
    ).toContain("409");
  });
});

async function compare(page: Page, one: string, other: string): Promise<string> {
  await page.getByLabel("exchange on the left").fill(one);
  await page.getByLabel("exchange on the left").press("Enter");
  await page.getByLabel("exchange on the right").fill(other);
  await page.getByLabel("exchange on the right").press("Enter");
  return (await page.locator(".side-by-side tr.differs").allTextContents()).join("\n");
}

describe("two exchanges side by side", () => {
  test("statuses, headers and members that differ are marked; what is equal and what always differs is not", async () => {
    const { page } = await browser.open(pageOf(reportOf(keyReuse())));
    const text = await compare(page, "1", "3");
    expect(text).toContain("≠status200409");
    expect(text).toContain('≠etag"1"absent');
    expect(text).toMatch(/"queue-name": "support-tier-2",\s*"queue-name": "other"/);
    expect(text).not.toContain("inin-correlation-id");
    expect(text).not.toContain("idempotency-key");
  });

  test("two rows that are ticked are compared", async () => {
    const { page } = await browser.open(pageOf(reportOf(keyReuse())));
    await page.getByLabel("compare #2").check();
    await page.getByLabel("compare #4").check();
    const heads = await page.locator(".facts thead th").allTextContents();
    expect(heads).toEqual(["#2 second", "#4 control"]);
    expect(await page.getByLabel("compare #1").isChecked()).toBe(false);
  });

  test("the same JSON in other bytes: says so, and shows the bytes from where they differ", async () => {
    const { page } = await browser.open(pageOf(reportOf(mutatedBytes())));
    await compare(page, "1", "2");
    expect(await page.locator(".side-by-side h5").first().textContent()).toContain(
      "the same JSON in other bytes",
    );
    await page.getByText("bytes of what was sent").click();
    const dump = await page.getByRole("region", { name: "Bytes of what was sent" }).textContent();
    expect(dump).toMatch(/0000[0-9a-f]{2} {2}(?:[0-9a-f]{2} )+/);
  });
});

describe("the timeline", () => {
  test("pointing at a bar tells its times and tokens, and what overlapped is marked", async () => {
    const { page } = await browser.open(pageOf(reportOf(lostUpdate())));
    expect(await page.locator(".timeline .lane").allTextContents()).toEqual([
      "under way: up to 3 at once",
      "w0",
      "w1",
      "w2",
    ]);
    await page.locator('[data-bar="3"]').hover();
    const tip = (await page.locator(".tip").textContent()) ?? "";
    expect(tip).toContain("#4 writers/write, writer 0: 200");
    expect(tip).toContain('sent If-Match "7"');
    expect(tip).toContain("overlaps with #5, #6");
    expect(await page.locator(".timeline .overlaps").count()).toBe(2);
    expect(await page.locator(".timeline .release").count()).toBe(2);
  });

  test("a bar is reached by the keyboard and opens its exchange", async () => {
    const { page } = await browser.open(pageOf(reportOf(lostUpdate())));
    await page.locator('[data-bar="4"]').focus();
    await page.keyboard.press("Enter");
    expect(await page.locator(".detail h4").textContent()).toContain("#5 writers/write");
  });

  test("is not drawn where a recording does not tell what came before what", async () => {
    const run = recordedTraffic();
    const { recording } = run;
    if (recording === undefined) throw new Error("the fixture is no recording");
    const vague = { ...run, recording: { ...recording, timesKnown: false } };
    const { page } = await browser.open(pageOf(reportOf(vague), true));
    await page.getByText("No timeline: the recording does not tell").waitFor();
    expect(await page.locator("svg.timeline").count()).toBe(0);
  });

  test("of many rounds each can be chosen, the one that tells most first", async () => {
    const report = reportOf(fiftyRounds());
    const { page } = await browser.open(pageOf(report));
    const first = await page.getByLabel("show").locator("option").first().textContent();
    expect(first).toMatch(/^race writers, round \d+$/);
    await page.getByLabel("show").selectOption({ label: "race writers, round 2" });
    expect(await page.locator("svg.timeline").getAttribute("aria-label")).toBe(
      "Timeline of race writers, round 2",
    );
  });
});

describe.each(["light", "dark"] as const)("in the %s theme", (colorScheme) => {
  test.each([
    ["a key used again", () => pageOf(reportOf(explainedKeyReuse()))],
    ["a race", () => pageOf(reportOf(lostUpdate()))],
    ["two runs", () => pageOf(reportOf(mutatedBytes(), lostUpdate()))],
    ["recorded traffic", () => pageOf(reportOf(recordedTraffic()), true)],
  ])("%s: axe finds nothing serious", async (_name, render) => {
    const open = await browser.open(render(), { colorScheme });
    await open.page.getByRole("button", { name: "Exchange 1", exact: true }).first().click();
    expect(await seriousViolations(open.page)).toEqual([]);
  });
});

test("the button changes the theme", async () => {
  const { page } = await browser.open(pageOf(reportOf(keyReuse())), { colorScheme: "light" });
  const paper = (): Promise<unknown> => page.evaluate("getComputedStyle(document.body).backgroundColor");
  expect(await paper()).toBe("rgb(255, 255, 255)");
  await page.getByRole("button", { name: "Dark theme" }).click();
  expect(await paper()).toBe("rgb(20, 23, 26)");
  await page.getByRole("button", { name: "Light theme" }).click();
  expect(await paper()).toBe("rgb(255, 255, 255)");
});

test("on paper there are no buttons, and the table is there to its end", async () => {
  const sent = Array.from({ length: 300 }, (_, at) => ({ step: "write", request: `PATCH /v1/orders/${at}` }));
  const { page } = await browser.open(pageOf(reportOf(runOf({ name: "Many", sent }))));
  await page.emulateMedia({ media: "print" });
  await page.evaluate("dispatchEvent(new Event('beforeprint'))");
  expect(await page.locator(".exchanges tbody tr:not(.spacer)").count()).toBe(300);
  expect(await page.getByRole("button", { name: "Dark theme" }).isVisible()).toBe(false);
  expect(await page.getByText("300", { exact: true }).isVisible()).toBe(true);
  await page.evaluate("dispatchEvent(new Event('afterprint'))");
  expect(await page.locator(".exchanges tbody tr:not(.spacer)").count()).toBeLessThan(60);
});

test("on a narrow screen nothing but tables and blocks scrolls sideways", async () => {
  const { page } = await browser.open(pageOf(reportOf(explainedKeyReuse(), lostUpdate())), { width: 400 });
  const wider = await page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  expect(wider).toBe(0);
});
