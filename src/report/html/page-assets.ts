declare const GCIDEM_PAGE: PageAssets | undefined;

/** What every page carries: one script, one style sheet, and their SHA-256 in base64 for the page's own policy. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
  readonly scriptSha256: string;
  readonly styleSha256: string;
}

/** The assets that the build put in the place of GCIDEM_PAGE (scripts/build-page.mjs). @throws Error in a source tree. */
export function pageAssets(): PageAssets {
  if (typeof GCIDEM_PAGE === "undefined")
    throw new Error("the page's script and style are part of a build only");
  return GCIDEM_PAGE;
}
