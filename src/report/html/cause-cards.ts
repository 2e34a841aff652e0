import type { Experiment } from "../../diagnose/diagnose.js";
import { isSettled } from "../group-diagnoses.js";
import { PLAIN_LOOK } from "../plain-look.js";
import type { RunSection, SettlingFile } from "../report.js";
import { counted } from "../terminal/block.js";
import { type CaseItem, casesOf } from "../terminal/cases/case-list.js";
import { answersOf } from "../terminal/cause-block.js";
import {
  causeWords,
  couldBeWords,
  evidenceWords,
  listed,
  numberOf,
  ruledOutWords,
  sentence,
} from "../terminal/diagnosis-words.js";
import { costWords, diagnosisTitle, missingWords } from "../terminal/say-diagnosis.js";
import { html, type Markup, NOTHING } from "./markup.js";

/** Answers that are said in full; each exchange's own says the rest. */
const MOST_ANSWERS = 20;
const MOST_ALIKE = 10;

function said(text: string): string {
  return sentence(text, PLAIN_LOOK);
}

/** A label and what belongs under it; nothing where there is nothing. */
function item(label: string, text: string | Markup): Markup {
  if (text === "") return NOTHING;
  return html`<dt>${label}</dt><dd>${text}</dd>`;
}

/** A text with a button that copies it. */
export function copiable(text: string, label: string): Markup {
  return html`<div class="copiable"><code>${text}</code><button type="button" data-copy="${text}" aria-label="Copy ${label}" hidden>Copy</button></div>`;
}

function settles(experiment: Experiment, settling: SettlingFile | null): Markup {
  const meanings = experiment.meanings.map(
    ({ outcome, causes }) =>
      html`<li>${said(outcome)} → ${causes.length === 0 ? "none of these" : causeWords(causes)}</li>`,
  );
  const command = settling === null ? NOTHING : copiable(settling.command, "the command that settles it");
  return html`${said(experiment.what)} (${costWords(experiment)}):<ul>${meanings}</ul>${command}`;
}

function settledItems({ group }: CaseItem): readonly Markup[] {
  const [first] = group.candidates;
  return [
    item("why", said(first.explanation)),
    item("do", said(first.remedy)),
    item("evidence", evidenceWords(first.evidence, PLAIN_LOOK)),
  ];
}

function openItems({ group, exchange }: CaseItem): readonly Markup[] {
  const { candidates } = group;
  const [first] = candidates;
  const ruledOut = ruledOutWords(first.ruledOut, PLAIN_LOOK).map((reason) => html`<li>${reason}</li>`);
  return [
    item("could be", couldBeWords(group)),
    item(candidates.length > 1 ? "the first" : "why", said(first.explanation)),
    item("evidence", evidenceWords(first.evidence, PLAIN_LOOK)),
    ruledOut.length === 0 ? NOTHING : item("ruled out", html`<ul>${ruledOut}</ul>`),
    item("not seen", missingWords(candidates, PLAIN_LOOK)),
    item(
      "next time",
      exchange.correlationId === null ? "" : `keep the correlation ID ${exchange.correlationId}`,
    ),
  ];
}

function alikeWords(alike: readonly string[]): string {
  if (alike.length === 0) return "";
  if (alike.length <= MOST_ALIKE) return listed(alike.map(numberOf));
  return counted(alike.length, "more request");
}

function card(entry: CaseItem, run: RunSection): Markup {
  const { group, exchange, alike } = entry;
  const settling = run.settling?.find(({ exchanges }) => exchanges.includes(group.exchange)) ?? null;
  const experiment = group.candidates.find(({ toConfirm }) => toConfirm !== null)?.toConfirm ?? null;
  const settled = isSettled(group);
  const items = [
    ...(settled ? settledItems(entry) : openItems(entry)),
    ...group.documented.map(({ explanation }) => item("documented", said(explanation))),
    experiment === null ? NOTHING : item("settles it", settles(experiment, settling)),
    item("the same of", alikeWords(alike)),
  ];
  return html`<article class="cause ${settled ? "settled" : "open"}">
<h4>${diagnosisTitle(group, exchange)}</h4>
<dl>${items}</dl>
</article>
`;
}

/** Why requests came out as they did and what to do, refusals first; nothing where nothing is said. Pure. */
export function causeCards(run: RunSection): Markup {
  const answers = answersOf(casesOf(run));
  const cards = answers.slice(0, MOST_ANSWERS).map((each) => card(each, run));
  const more = answers.length - MOST_ANSWERS;
  const rest =
    more > 0 ? html`<p>And ${counted(more, "more answer")}: look at the exchanges below.</p>` : NOTHING;
  const not = run.notDiagnosed === undefined ? NOTHING : html`<p>${run.notDiagnosed}</p>`;
  if (cards.length === 0 && run.notDiagnosed === undefined) return NOTHING;
  return html`<section class="why"><h3>Why, and what to do</h3>
${cards}${rest}${not}</section>
`;
}
