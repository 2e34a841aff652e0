import { buildPage } from "../../../scripts/build-page.mjs";
import type { PageAssets } from "../../../src/report/html/page-assets.js";

/** The page's script and style, built from page/ as they are now. */
export const PAGE: PageAssets = await buildPage();
