import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { renderHtml } from "../../../src/report/html/render-html.js";
import type { RunReport } from "../../../src/report/report.js";
import { PAGE } from "./page-assets.js";

/** The whole page of a report. */
export function pageOf(report: RunReport, cases = false): string {
  return [...renderHtml(report, { cases, page: PAGE })].join("");
}

/** What a page did that no report may do. */
interface Seen {
  /** Requests for anything but the file itself. */
  readonly requests: readonly string[];
  readonly dialogs: readonly string[];
  /** Errors of scripts, and refusals of the page's own policy. */
  readonly errors: readonly string[];
}

/** An open report. */
interface OpenReport {
  readonly page: Page;
  readonly seen: Seen;
}

/** How a report is opened. */
interface Opening {
  readonly colorScheme?: "light" | "dark";
  readonly width?: number;
  /** False: pages may not write to the clipboard. */
  readonly clipboard?: boolean;
}

/** Real Chromium that opens reports from disk. */
export interface ReportBrowser {
  readonly open: (html: string, opening?: Opening) => Promise<OpenReport>;
  readonly close: () => Promise<void>;
}

function watch(page: Page, own: string): Seen {
  const seen = { requests: [] as string[], dialogs: [] as string[], errors: [] as string[] };
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== own) seen.requests.push(request.url());
  });
  page.on("dialog", (dialog) => {
    seen.dialogs.push(dialog.message());
    dialog.dismiss().catch(() => undefined);
  });
  page.on("pageerror", (error) => seen.errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") seen.errors.push(message.text());
  });
  return seen;
}

/** Starts it. */
export async function startBrowser(): Promise<ReportBrowser> {
  const browser: Browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-proxy-server"],
  });
  const folder = mkdtempSync(join(tmpdir(), "gcidem-page-"));
  let count = 0;
  const open = async (html: string, opening: Opening = {}): Promise<OpenReport> => {
    count += 1;
    const file = join(folder, `report-${count}.html`);
    writeFileSync(file, html);
    const context = await browser.newContext({
      colorScheme: opening.colorScheme ?? "light",
      viewport: { width: opening.width ?? 1200, height: 900 },
      ...(opening.clipboard === false ? {} : { permissions: ["clipboard-read", "clipboard-write"] }),
    });
    const page = await context.newPage();
    const url = pathToFileURL(file).href;
    const seen = watch(page, url);
    await page.goto(url);
    return { page, seen };
  };
  const close = async (): Promise<void> => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { open, close };
}
