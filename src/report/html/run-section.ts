import { answerLines, curlCommand } from "../evidence-lines.js";
import { PLAIN_LOOK } from "../plain-look.js";
import type { RunReport, RunSection } from "../report.js";
import { mockWords } from "../run-title.js";
import { outcomeOf } from "../terminal/answer-words.js";
import { sharesSeed, sharesTarget, targetWords } from "../terminal/banner.js";
import { type Block, type BlockInput, counted } from "../terminal/block.js";
import { recordedOutcome, sourceWords } from "../terminal/cases/recording-head.js";
import type { CorrelationLines } from "../terminal/correlation-list.js";
import { numberOf } from "../terminal/diagnosis-words.js";
import { diffBlock } from "../terminal/diff-block.js";
import { type Fold, foldResults, foldSentences, howManyWords } from "../terminal/fold-results.js";
import { detailsUnder, headlineOf } from "../terminal/headline.js";
import { leftBlock } from "../terminal/left-block.js";
import { planBlock } from "../terminal/plan-block.js";
import { invariantBlock } from "../terminal/races/invariant-block.js";
import { raceBlock } from "../terminal/races/race-block.js";
import { refusalBlock } from "../terminal/refusal-block.js";
import type { Survey } from "../terminal/survey.js";
import type { Tone } from "../terminal/table-row.js";
import { countWords, tally, VERDICTS } from "../terminal/verdict-block.js";
import { causeCards, copiable } from "./cause-cards.js";
import { comparedSection } from "./compared.js";
import { html, type Markup, NOTHING, preformatted } from "./markup.js";
import { isWhole, staticTable } from "./static-table.js";

const MOST_FAILURES = 20;

/** One run, what was gathered of its exchanges, and its place in the report. */
export interface HtmlRun {
  readonly report: RunReport;
  readonly run: RunSection;
  readonly survey: Survey;
  readonly index: number;
  /** True for what `diagnose` found: traffic, not a scenario. */
  readonly cases: boolean;
}

function inputOf({ report, run, survey }: HtmlRun): BlockInput {
  return { report, run, survey, look: PLAIN_LOOK };
}

/** What happened, in a few words in capitals, and how bad that is. Pure. */
export function outcomeWords({ run, survey, cases }: HtmlRun): {
  readonly words: string;
  readonly tone: Tone;
} {
  if (cases) {
    const words = recordedOutcome(run);
    return { words, tone: words.startsWith("NO CONFLICT") ? "good" : "conflict" };
  }
  const { word, words, tone } = headlineOf(run, survey);
  return { words: `${word} ${words}`.trimEnd(), tone };
}

function headItems(told: HtmlRun): readonly Markup[] {
  const { report, run, cases } = told;
  const words = cases
    ? [sourceWords(run), ...(run.recording?.notes ?? []).map((note) => `to know: ${note}`)]
    : [...detailsUnder(inputOf(told), headlineOf(run, told.survey))].map(({ text }) => text);
  const where = !cases && sharesTarget(report.runs) ? [targetWords(run.target)] : [];
  const seed = !cases && sharesSeed(report.runs) ? [`seed ${run.seed}`] : [];
  return [...words, ...where, ...seed].map((each) => html`<li>${each}</li>`);
}

/** The run's first lines: what happened, where, and on what. Pure. */
function runHead(told: HtmlRun): Markup {
  const { run, cases } = told;
  const { words, tone } = outcomeWords(told);
  const { name, file, description } = run.scenario;
  const about = description.trim() === "" ? NOTHING : html`<p>${description.trim().replace(/\s+/g, " ")}</p>`;
  const verdict = cases ? "" : VERDICTS[run.verdict];
  const pill = verdict === "" ? NOTHING : html` <span class="pill ${run.verdict}">${verdict}</span>`;
  const mock = mockWords(run);
  const badge = mock === null ? NOTHING : html`<span class="pill mock">MOCK</span> `;
  return html`<h2>${badge}<span class="tone ${tone}">${words}</span> <span class="name">${name || file}</span>${pill}</h2>
<p class="file"><code>${file}</code></p>
${about}<ul class="details">${headItems(told)}</ul>
`;
}

function blockSection(title: string, block: Block, told: HtmlRun): Markup {
  const text = preformatted(block(inputOf(told)), title);
  return text.markup === "" ? NOTHING : html`<section><h3>${title}</h3>${text}</section>\n`;
}

function failureItem(fold: Fold, run: RunSection): Markup {
  const failed = fold.cases[0].results.some(({ ok }) => ok === false);
  const many = howManyWords(fold, run, PLAIN_LOOK.marks);
  const sentences = [...foldSentences(fold, PLAIN_LOOK.marks)].map((words) => html`<li>${words}</li>`);
  const id = fold.cases[0].exchange;
  const title = html`<h4><span class="tone ${failed ? "bad" : "notable"}">${failed ? "FAIL" : "UNDECIDED"}</span> ${fold.step} ${id === null ? "" : numberOf(id)}${many === null ? "" : `: ${many}`}</h4>`;
  if (!failed || id === null) return html`${title}<ul>${sentences}</ul>\n`;
  const exchange = run.exchange(id);
  const answer = preformatted(answerLines(exchange), `Answer of ${numberOf(id)}`);
  const curl = curlCommand(exchange)
    .map((line) => line.replace(/ \\$/, "").trim())
    .join(" ");
  return html`${title}<ul>${sentences}</ul><p>Answer ${outcomeOf(exchange)}</p>${answer}${copiable(curl, `a curl command of ${numberOf(id)}`)}\n`;
}

function failures(run: RunSection): Markup {
  const folds = foldResults(run.expectations.filter(({ ok }) => ok !== true));
  if (folds.length === 0) return NOTHING;
  const more = folds.length - MOST_FAILURES;
  const rest = more > 0 ? html`<p>And ${counted(more, "more step")}: see the JSON report.</p>` : NOTHING;
  return html`<section><h3>What did not hold</h3>
${folds.slice(0, MOST_FAILURES).map((fold) => failureItem(fold, run))}${rest}</section>
`;
}

function verdict({ run, cases }: HtmlRun): Markup {
  if (cases) return NOTHING;
  const truths = run.invariants.map(({ holds }) => holds);
  const invariants = truths.length === 0 ? "" : `; invariants ${tally(truths, "violated").join(", ")}`;
  return html`<p>Expectations: ${countWords(run)}${invariants}.</p>\n`;
}

/** What to give to a vendor's support. Pure. */
function correlations({ lines, more, missing }: CorrelationLines, index: number): Markup {
  if (lines.length === 0 && missing === null) return NOTHING;
  const shown = lines.map(({ at, status, id, number }) =>
    [at.replace("T", " ").replace("Z", " UTC"), status ?? "-  ", id, `#${number}`].join("  "),
  );
  const label = "Correlation IDs";
  const list = preformatted(shown, label);
  const rest =
    more > 0
      ? html`<p>And ${counted(more, "more answer")}: the button under the table of exchanges copies all of them.</p>`
      : NOTHING;
  return html`<section class="correlation"><h3>${label}</h3>
${missing === null ? NOTHING : html`<p>${missing}</p>`}<div data-list>${list}</div>${rest}
<button type="button" data-action="copy-correlation" data-of="${index}" hidden>Copy these correlation IDs</button></section>
`;
}

/** Where the script puts the table, the timeline and the comparison of two exchanges. */
function explorer({ survey, index }: HtmlRun): Markup {
  const whole = isWhole(survey.rows);
  const table = staticTable(survey.rows);
  if (table.markup === "") return NOTHING;
  return html`<section><h3>What was sent</h3>
<div ${whole ? html`data-replaced` : NOTHING}>${table}</div>
<div class="explorer" data-explorer="${index}"></div>
<noscript><p>Filter, comparison and timeline need the page's own script, which this reader does not run.</p></noscript></section>
`;
}

/** One run, answer first. Pure. */
export function* runMarkup(told: HtmlRun): Generator<Markup> {
  const { run, survey, index } = told;
  yield html`<section class="run" id="run-${index + 1}" data-run-section="${index}">
`;
  yield runHead(told);
  yield causeCards(run);
  yield verdict(told);
  yield blockSection("Invariants", invariantBlock, told);
  yield failures(run);
  yield comparedSection(run);
  yield explorer(told);
  yield blockSection("Races", raceBlock, told);
  if (!told.cases) yield blockSection("What differs", diffBlock, told);
  yield blockSection("Refused", refusalBlock, told);
  yield correlations(survey.correlation, index);
  yield blockSection("Plan", planBlock, told);
  yield blockSection("What may be left on the target", leftBlock, told);
  yield html`</section>
`;
}
