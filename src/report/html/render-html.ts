import { hiddenWords } from "../hidden-words.js";
import { ownCounts } from "../own-counts.js";
import { PLAIN_LOOK } from "../plain-look.js";
import type { Render, RunReport, RunSection } from "../report.js";
import { mockWords, runTitle } from "../run-title.js";
import { banner } from "../terminal/banner.js";
import { counted } from "../terminal/block.js";
import { surveyRun } from "../terminal/survey.js";
import { VERDICTS } from "../terminal/verdict-block.js";
import { dataBlocks } from "./data-blocks.js";
import { html, type Markup, NOTHING } from "./markup.js";
import type { PageAssets } from "./page-assets.js";
import { pageEnd, pageStart } from "./page-frame.js";
import { type HtmlRun, outcomeWords, runMarkup } from "./run-section.js";

/** How the page is made. */
export interface HtmlOptions {
  /** True for what `diagnose` found: traffic, not scenarios. */
  readonly cases: boolean;
  readonly page: PageAssets;
}

function titleOf(report: RunReport, outcome: (run: RunSection) => string): string {
  const [only, ...others] = report.runs;
  if (only === undefined) return "gcidem: nothing was run";
  if (others.length === 0) return `${outcome(only)}: ${runTitle(only)}`;
  const mock = report.runs.some((run) => mockWords(run) !== null) ? "MOCK: " : "";
  const { summary } = report;
  const parts = [
    { count: summary.passed, word: "passed" },
    { count: summary.failed, word: "failed" },
    { count: summary.inconclusive, word: "inconclusive" },
    { count: summary.notJudged, word: "not judged" },
  ].filter(({ count }) => count > 0);
  return `${mock}${counted(summary.scenarios, "scenario")}: ${parts.map(({ count, word }) => `${count} ${word}`).join(", ")}`;
}

function bannerMarkup(report: RunReport): Markup {
  const words = [...banner(report, PLAIN_LOOK)].map((line) => line.trim()).join(" ");
  const name = `${report.tool.name} ${report.tool.version}`;
  return html`<p><strong>${name}</strong> ${words.startsWith(name) ? words.slice(name.length).trim() : words}</p>`;
}

/** Of several runs: what came of each, with a link to it. */
function overview(runs: readonly HtmlRun[]): Markup {
  if (runs.length < 2) return NOTHING;
  const rows = runs.map((told) => {
    const { run, index } = told;
    const { words, tone } = outcomeWords(told);
    return html`<tr><td><a href="#run-${index + 1}">${run.scenario.name || run.scenario.file}</a></td><td><span class="tone ${tone}">${words}</span></td><td>${VERDICTS[run.verdict]}</td><td class="number">${ownCounts(run).exchanges}</td></tr>
`;
  });
  return html`<nav aria-label="Runs"><div class="scroll" tabindex="0" role="region" aria-label="All runs"><table>
<thead><tr><th scope="col">run</th><th scope="col">what happened</th><th scope="col">verdict</th><th scope="col" class="number">requests</th></tr></thead>
<tbody>
${rows}</tbody></table></div></nav>
`;
}

function footerMarkup({ tool, runs }: RunReport): Markup {
  const sent = runs.reduce((sum, run) => sum + ownCounts(run).exchanges, 0);
  const words = hiddenWords({ runs });
  const hidden = words === null ? "" : ` ${words} redacted.`;
  const folders = runs.flatMap(({ folder }) => folder ?? []);
  const [folder] = folders;
  const more = folders.length > 1 ? ` and ${folders.length - 1} more` : "";
  const saved = folder === undefined ? NOTHING : html` Saved in <code>${folder}</code>${more}.`;
  return html`<p>${counted(sent, "request")}.${hidden}${saved} ${tool.name} ${tool.version}. This page loads nothing and sends nothing.</p>`;
}

function* allData(runs: readonly RunSection[]): Generator<string> {
  for (const [index, run] of runs.entries()) yield* dataBlocks(run, index);
}

/**
 * One page with everything in it: what happened, why and what to do as plain HTML, the exchanges as data that the page's
 * own script shows. Whatever came from a server is text. Reads each run's exchanges twice; its memory is bounded. Pure.
 */
export const renderHtml: Render<HtmlOptions> = function* (report, { cases, page }): Generator<string> {
  const runs = report.runs.map(
    (run, index): HtmlRun => ({ report, run, survey: surveyRun(run, PLAIN_LOOK), index, cases }),
  );
  const outcomes = new Map(runs.map((told) => [told.run, outcomeWords(told).words]));
  const title = titleOf(report, (run) => outcomes.get(run) ?? "");
  yield pageStart(title, bannerMarkup(report), page);
  yield html`<h1${runs.length === 1 ? html` class="unseen"` : NOTHING}>${title}</h1>
${overview(runs)}`.markup;
  for (const told of runs) for (const { markup } of runMarkup(told)) yield markup;
  yield* pageEnd(footerMarkup(report), allData(report.runs), page);
};
