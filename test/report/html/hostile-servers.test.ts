import { afterAll, beforeAll, expect, test } from "vitest";
import { reportOf, runOf, type Sent } from "../build-report.js";
import { diagnosis } from "../three-runs.js";
import { pageOf, type ReportBrowser, startBrowser } from "./browser.js";

const LOADED = [
  "</script><script>alert(1)</script>",
  "<!--<script>",
  "<img src=x onerror=alert(2)>",
  "<img src=https://evil.example/x.png>",
  '"><svg onload=alert(3)>',
  "javascript:alert(4)",
  "</style><link rel=stylesheet href=https://evil.example/x.css>",
  "</title><meta http-equiv=refresh content='0;url=https://evil.example'>",
  "</textarea><iframe src=https://evil.example>",
  "\u0000\u001b[31m\u202e\u2028\ud800",
  "]]><![CDATA[",
  "{{constructor.constructor('alert(5)')()}}",
].join("");

const MILLION = 1_000_000;

function hostile(body: string): Sent {
  return {
    step: `first${LOADED}`,
    request: "PATCH /first",
    headers: [
      ["Idempotency-Key", LOADED],
      ["If-Match", LOADED],
    ],
    body: LOADED,
    status: 409,
    answerHeaders: [
      ["ETag", LOADED],
      ["ININ-Correlation-Id", LOADED],
      [`X-${LOADED}`, LOADED],
    ],
    answer: body,
  };
}

let browser: ReportBrowser;

beforeAll(async () => {
  browser = await startBrowser();
});

afterAll(async () => {
  await browser.close();
});

test("texts that are markup elsewhere stay text: no request leaves, no dialog opens, nothing of it runs", async () => {
  const run = runOf({
    name: LOADED,
    file: `${LOADED}.yaml`,
    sent: [
      hostile(LOADED),
      hostile(JSON.stringify({ message: LOADED, [LOADED]: LOADED })),
      hostile("[".repeat(100_000)),
    ],
    steps: [{ id: `first${LOADED}` }],
    pairs: [["e1", "e2"]],
    expectations: [
      {
        step: `first${LOADED}`,
        line: 3,
        what: LOADED,
        expected: LOADED,
        actual: LOADED,
        ok: false,
        note: LOADED,
      },
    ],
    skipped: [{ step: LOADED, round: 1, reason: LOADED }],
    more: {
      diagnoses: [
        diagnosis({
          exchange: "e1",
          explanation: LOADED,
          remedy: LOADED,
          evidence: [{ exchange: "e1", fact: LOADED }],
        }),
      ],
      folder: LOADED,
    },
  });
  const { page, seen } = await browser.open(pageOf(reportOf(run)));
  await page.getByRole("button", { name: "Exchange 1", exact: true }).click();
  await page.getByText("bytes of what was sent").click();
  await page.locator('[data-bar="1"]').hover();
  await page.getByLabel("filter", { exact: true }).fill("<img");
  expect(await page.locator(".count").textContent()).toBe("3 exchanges");
  expect(
    await page.locator("main img, main iframe, main link, main script, main meta, svg [onload]").count(),
  ).toBe(0);
  expect(await page.getByText("<img src=x onerror=alert(2)>").count()).toBeGreaterThan(3);
  expect(seen).toEqual({ requests: [], dialogs: [], errors: [] });
});

test("bytes that are no text are shown as bytes", async () => {
  const run = runOf({
    name: "Bytes",
    sent: [
      { step: "read", request: "GET /" },
      { step: "read", request: "GET /" },
    ],
  });
  const broken = Buffer.from([0x00, 0xff, 0xfe, 0x41, 0xc3]);
  const exchanges = [...run.exchanges].map((exchange) => ({
    ...exchange,
    response: exchange.response && {
      ...exchange.response,
      body: broken.toString("base64"),
      bodyEncoding: "base64" as const,
    },
  }));
  const { page, seen } = await browser.open(pageOf(reportOf({ ...run, exchanges })));
  await page.getByRole("button", { name: "Exchange 1", exact: true }).click();
  expect(await page.getByRole("region", { name: "Body of the answer" }).textContent()).toBe(
    "000000  00 ff fe 41 c3                                   ...A.",
  );
  expect(seen).toEqual({ requests: [], dialogs: [], errors: [] });
});

test("a line of a million characters is cut, and the page stays as wide as it was", async () => {
  const answer = `{"a":"${"x".repeat(MILLION)}"}`;
  const sent = [hostile(answer), { ...hostile("y".repeat(MILLION)), step: "second" }];
  const { page, seen } = await browser.open(pageOf(reportOf(runOf({ name: "Long", sent }))));
  await page.getByRole("button", { name: "Exchange 2", exact: true }).click();
  expect(await page.locator(".detail").textContent()).toContain("1,000,000 characters, cut for this page");
  const wider = await page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  expect(wider).toBe(0);
  expect(seen).toEqual({ requests: [], dialogs: [], errors: [] });
});
