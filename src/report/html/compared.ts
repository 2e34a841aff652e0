import type { MessageDiff } from "../../compare/compare.js";
import { hasDifference, type PairDiff, type RunComparison, type Unpaired } from "../../compare/runs.js";
import { writeJson } from "../../core/json.js";
import type { RunSection } from "../report.js";
import { capped } from "../safe-text.js";
import { counted, grouped } from "../terminal/block.js";
import { numberOf } from "../terminal/diagnosis-words.js";
import { html, type Markup, NOTHING } from "./markup.js";

const MOST_PAIRS = 200;
const MOST_CHANGES = 20;
const MOST_UNPAIRED = 50;
const LONGEST_VALUE = 400;

type Change = readonly [what: string, base: string | null, other: string | null];

function differing([what, base, other]: Change): readonly Change[] {
  return base === other ? [] : [[what, base, other]];
}

function valueText(value: Parameters<typeof writeJson>[0] | undefined): string | null {
  return value === undefined ? null : writeJson(value);
}

function* messageChanges(part: string, message: MessageDiff): Generator<Change> {
  for (const { name, base, other } of message.headers) yield [`${part} header ${name}`, base, other];
  for (const { path, from, value } of message.body)
    yield [`${part} body ${path}`.trimEnd(), valueText(from), valueText(value)];
  if (message.bodies === "same-json" && message.body.length === 0)
    yield [
      `${part} body`,
      "the same JSON",
      `other bytes: ${message.respelled.join(", ") || "written otherwise"}`,
    ];
}

function* changesOf(pair: PairDiff): Generator<Change> {
  const { request, response, status, error, cause } = pair;
  const outcome = ([0, 1] as const).map((side) => status[side]?.toString() ?? error[side]);
  yield* differing(["status", outcome[0] ?? null, outcome[1] ?? null]);
  yield* differing(["cause", cause[0], cause[1]]);
  yield* differing(["method", ...request.method]);
  yield* differing(["URL", ...request.url]);
  yield* messageChanges("sent", request);
  if (response !== null) yield* messageChanges("answered", response);
}

function valueMarkup(value: string | null): Markup {
  return value === null ? html`<em>absent</em>` : html`<code>${capped(value, LONGEST_VALUE)}</code>`;
}

function pairRows(pair: PairDiff): readonly Markup[] {
  const all = [...changesOf(pair)];
  const shown = all.slice(0, MOST_CHANGES);
  const place = html`<th scope="rowgroup" rowspan="${Math.max(1, shown.length)}">${pair.place}<br><small>${numberOf(pair.base)} there, ${numberOf(pair.other)} here</small></th>`;
  if (shown.length === 0) return [html`<tr>${place}<td colspan="3">see the JSON report</td></tr>\n`];
  const more = all.length > shown.length ? ` (and ${all.length - shown.length} more)` : "";
  return shown.map(
    ([what, base, other], at) =>
      html`<tr>${at === 0 ? place : NOTHING}<td>${what}${at === shown.length - 1 ? more : ""}</td><td class="before">${valueMarkup(base)}</td><td class="after">${valueMarkup(other)}</td></tr>
`,
  );
}

function pairTable({ pairs, base, omitted }: RunComparison): Markup {
  if (pairs.length === 0) return NOTHING;
  const rest = Math.max(0, pairs.length - MOST_PAIRS) + omitted;
  const more = rest > 0 ? html`<p>And ${counted(rest, "more pair")}: see the JSON report.</p>` : NOTHING;
  const groups = pairs.slice(0, MOST_PAIRS).map((pair) => html`<tbody>${pairRows(pair)}</tbody>`);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Differences from ${base.name}"><table class="changes">
<thead><tr><th scope="col">where</th><th scope="col">what</th><th scope="col">there</th><th scope="col">here</th></tr></thead>
${groups}</table></div>${more}`;
}

function unpairedItem(label: string, places: readonly Unpaired[]): Markup {
  if (places.length === 0) return NOTHING;
  const shown = places.slice(0, MOST_UNPAIRED).map(({ place }) => place);
  const more = places.length > MOST_UNPAIRED ? `, and ${grouped(places.length - MOST_UNPAIRED)} more` : "";
  return html`<li>${label}: ${shown.join(", ")}${more}</li>`;
}

function* noteItems(comparison: RunComparison): Generator<Markup> {
  const { departures = [], onlyInBase, onlyInOther, renamed, medianMs } = comparison;
  for (const { dimension, route, mock, server, places } of departures)
    yield html`<li>departs in <code>${dimension}</code> on ${route}: the mock ${mock}, this server ${server} (${capped(places.join(", "), LONGEST_VALUE)})</li>`;
  yield unpairedItem("only there", onlyInBase);
  yield unpairedItem("only here", onlyInOther);
  const taken = renamed.map(({ kind, count }) => `${grouped(count)} ${kind}`).join(", ");
  if (taken !== "") yield html`<li>taken as one: ${taken}. <code>--exact</code> tells them apart</li>`;
  if (medianMs !== null)
    yield html`<li>time: median ${medianMs[0].toFixed(1)} → ${medianMs[1].toFixed(1)} ms</li>`;
}

function countWords(comparison: RunComparison): string {
  const { pairs, omitted, equal } = comparison;
  const all = counted(pairs.length + omitted + equal, "pair");
  if (!hasDifference(comparison)) return `${all} of exchanges, all the same`;
  return `${grouped(pairs.length + omitted)} of ${all} of exchanges differ`;
}

function comparisonMarkup(comparison: RunComparison): Markup {
  const { base, other } = comparison;
  const two =
    base.scenario === other.scenario
      ? NOTHING
      : html`<p>Two scenarios: “${base.scenario}” and “${other.scenario}”; what has the same place is compared.</p>`;
  return html`<h4>Against ${base.name}: ${countWords(comparison)}</h4>${two}
${pairTable(comparison)}<ul>${[...noteItems(comparison)]}</ul>
`;
}

/** The run held against other targets, its baseline or another run; nothing where it is held against none. Pure. */
export function comparedSection({ comparisons = [] }: RunSection): Markup {
  if (comparisons.length === 0) return NOTHING;
  return html`<section><h3>Compared with</h3>
${comparisons.map(comparisonMarkup)}</section>
`;
}
