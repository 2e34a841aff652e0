import { html, type Markup } from "./markup.js";
import type { PageAssets } from "./page-assets.js";

/**
 * Nothing is loaded, nothing is sent, no form is posted, and of scripts and styles only these two run. Where browsers
 * know trusted types, no text can become markup either.
 */
function policyOf({ scriptSha256, styleSha256 }: PageAssets): string {
  return [
    "default-src 'none'",
    `script-src 'sha256-${scriptSha256}'`,
    `style-src 'sha256-${styleSha256}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

/** The document up to its main part. Pure. */
export function pageStart(title: string, banner: Markup, page: PageAssets): string {
  const style: Markup = { markup: page.style };
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(page)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header class="top">
<div class="banner">${banner}</div>
<button type="button" class="theme" data-action="theme" hidden>Dark theme</button>
</header>
<main id="main">
`.markup;
}

/** The rest of the document. `data`: the blocks that the script reads. Pure. */
export function* pageEnd(footer: Markup, data: Iterable<string>, page: PageAssets): Generator<string> {
  yield html`</main>
<footer>${footer}</footer>
<div id="said" class="said" role="status" aria-live="polite"></div>
`.markup;
  yield* data;
  yield `<script>${page.script}</script>\n</body>\n</html>\n`;
}
