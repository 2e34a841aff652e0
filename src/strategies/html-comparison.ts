import { lineChart } from "../report/html/line-chart.js";
import { html, type Markup, NOTHING } from "../report/html/markup.js";
import type { PageAssets } from "../report/html/page-assets.js";
import { pageEnd, pageStart } from "../report/html/page-frame.js";
import { PLAIN_LOOK } from "../report/plain-look.js";
import { adviseOn, NOT_SHOWN } from "./advise.js";
import { churnWords } from "./figure-words.js";
import { COLUMNS, conditions, MEANINGS, mockWords, rateLimitLine, TITLES } from "./render-comparison.js";
import type { Cell, Comparison, Figures } from "./strategies.js";
import { CHANGE_WAYS } from "./ways.js";

/** What the page is made with. */
export interface ComparisonPage {
  readonly page: PageAssets;
  /** What gcidem calls its own version. */
  readonly version: string;
}

function share({ told, writers }: Figures): number | null {
  return writers === 0 ? null : (100 * told) / writers;
}

function attempts({ writes, writers }: Figures): number | null {
  return writers === 0 ? null : writes / writers;
}

function seconds({ p95Ms }: Figures): number | null {
  return p95Ms === null ? null : p95Ms / 1_000;
}

interface Measure {
  readonly title: string;
  readonly most: number | null;
  readonly of: (figures: Figures) => number | null;
  readonly format: (value: number) => string;
}

const MEASURES: readonly Measure[] = [
  { title: "Success over the churn rate", most: 100, of: share, format: (value) => `${Math.round(value)}%` },
  {
    title: "Writes for each writer over the churn rate",
    most: null,
    of: attempts,
    format: (value) => value.toFixed(1),
  },
  {
    title: "Time to success (p95) over the churn rate",
    most: null,
    of: seconds,
    format: (value) => `${value.toFixed(1)} s`,
  },
];

function chart({ comparing, cells }: Comparison, { title, most, of, format }: Measure): Markup {
  const rates = [...comparing.churnsPerSecond].sort((a, b) => a - b);
  const valueAt = (strategy: string, rate: number): number | null => {
    const cell = cells.find((each) => each.strategy === strategy && each.churnPerSecond === rate);
    return cell === undefined ? null : of(cell.figures);
  };
  const series = CHANGE_WAYS.map(({ id, title: name }) => ({
    name,
    values: rates.map((rate) => valueAt(id, rate)),
  }));
  const places = rates.map((rate) => (rate === 0 ? "none" : `${rate}/s`));
  return lineChart({
    title,
    about: "the platform's own writes to the conversation",
    places,
    series,
    most,
    format,
  });
}

function row({ strategy, figures }: Cell): Markup {
  const cells = COLUMNS.map(({ value, isHarm = false }) => {
    const text = value(figures);
    const harm = isHarm && text !== "0";
    return html`<td class="${harm ? "number harm" : "number"}">${text}</td>`;
  });
  return html`<tr><th scope="row">${TITLES.get(strategy) ?? strategy}</th>${cells}</tr>
`;
}

function table(title: string, cells: readonly Cell[]): Markup {
  const heads = COLUMNS.map(({ head }) => html`<th scope="col" class="number">${head}</th>`);
  return html`<h3>${title}</h3>
<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table>
<thead><tr><th scope="col">way of writing</th>${heads}</tr></thead>
<tbody>
${cells.map(row)}</tbody></table></div>
`;
}

function* tables({ cells, comparing }: Comparison): Generator<Markup> {
  for (const churn of comparing.churnsPerSecond)
    yield table(
      `One resource, ${churnWords(churn)}`,
      cells.filter(({ churnPerSecond }) => churnPerSecond === churn),
    );
  yield table(
    "Something new, by key",
    cells.filter(({ churnPerSecond }) => churnPerSecond === null),
  );
}

function paragraph(lines: Iterable<string>): Markup {
  const words = [...lines]
    .map((line) => line.trim())
    .join(" ")
    .trim();
  return words === ""
    ? NOTHING
    : html`<p>${words}</p>
`;
}

function* main(comparison: Comparison): Generator<Markup> {
  const advice = adviseOn(comparison).map((sentence) => html`<li>${sentence}</li>`);
  const meanings = MEANINGS.map(([word, meaning]) => html`<dt>${word}</dt><dd>${meaning}</dd>`);
  yield html`<h1><span class="pill mock">MOCK</span> Ways of writing, compared</h1>
${paragraph(conditions(comparison, PLAIN_LOOK))}<h2>What the figures support</h2>
<ul>${advice}</ul>
<p>Not shown: ${NOT_SHOWN}</p>
<h2>Charts</h2>
`;
  for (const measure of MEASURES) yield chart(comparison, measure);
  yield html`<h2>Figures</h2>
<dl>${meanings}</dl>
`;
  yield paragraph(rateLimitLine(comparison, PLAIN_LOOK));
  yield* tables(comparison);
}

/** The comparison as one HTML page: what the figures support, charts over the churn rate, the figures. Pure. */
export function* htmlComparison(
  comparison: Comparison,
  { page, version }: ComparisonPage,
): Generator<string> {
  const { policy, seed } = comparison.comparing;
  const words = `${mockWords(comparison.comparing)} seed ${seed}`;
  yield pageStart(
    `MOCK obeying ${policy.name}: ways of writing, compared`,
    html`<p><strong>gcidem ${version}</strong> ${words}</p>`,
    page,
  );
  for (const { markup } of main(comparison)) yield markup;
  yield* pageEnd(
    html`<p>gcidem ${version}. Nothing was sent; all time is virtual. This page loads nothing and sends nothing.</p>`,
    [],
    page,
  );
}
