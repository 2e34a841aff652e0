import type { PageAssets } from "../src/report/html/page-assets.js";

/** Builds the script and the style sheet of HTML reports from page/. */
export function buildPage(): Promise<PageAssets>;
