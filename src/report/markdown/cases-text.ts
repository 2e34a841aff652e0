import type { RunSection } from "../report.js";
import { outcomeOf } from "../terminal/answer-words.js";
import { counted } from "../terminal/block.js";
import { type Case, type CaseItem, casesOf, isAside } from "../terminal/cases/case-list.js";
import { caseRows } from "../terminal/cases/case-table.js";
import { createCorrelationList } from "../terminal/correlation-list.js";
import { causeWords, numberOf } from "../terminal/diagnosis-words.js";
import { code, prose } from "./inert.js";
import { markdownTable } from "./markdown-table.js";
import { causeText } from "./say-cause.js";
import { correlationText } from "./scenario-text.js";

/** More answers than these are for the JSON report. */
const MOST_CASES = 20;
const MOST_ASIDE = 5;

function itemText(item: CaseItem, run: RunSection): string {
  const { group, exchange, alike } = item;
  const settling = run.settling?.find(({ exchanges }) => exchanges.includes(group.exchange)) ?? null;
  const also = alike.length === 0 ? "" : `\nThe same holds for ${counted(alike.length, "more request")}.\n`;
  return causeText(group, exchange, settling) + also;
}

function* caseText(of: Case, run: RunSection): Generator<string> {
  const key = of.key === null ? "" : `, key ${code(of.key)}`;
  yield `## ${code(of.resource)}${key}\n`;
  yield markdownTable(caseRows(of, run), 0);
  for (const item of of.items) yield itemText(item, run);
}

/** Reads that were refused, in a line each. */
function asideText(aside: readonly Case[]): string {
  const items = aside.flatMap(({ resource, items: all }) => all.map((item) => ({ resource, ...item })));
  if (items.length === 0) return "";
  const lines = items.slice(0, MOST_ASIDE).map(({ resource, group, exchange }) => {
    const causes = causeWords(group.candidates.map(({ cause }) => cause));
    const what = `${outcomeOf(exchange)} on ${numberOf(exchange.id)}`;
    return `- ${prose(what)}, ${code(`${exchange.request.method} ${resource}`)}: ${prose(causes)}\n`;
  });
  const more = items.length - MOST_ASIDE;
  const rest = more > 0 ? `\n${counted(more, "more read")} in the JSON report.\n` : "";
  return `**reads that were refused**\n\n${lines.join("")}${rest}`;
}

/** The answers that are explained: their IDs are what support asks for. */
function correlations(cases: readonly Case[]): string {
  const list = createCorrelationList(new Set());
  for (const { items } of cases)
    for (const { exchange } of items) list.add(exchange, Number(exchange.id.replace(/^\D+/, "")) || 0);
  return correlationText(list.finish());
}

/** What was found in traffic: for each resource and key the exchanges that matter, and why they came out so. Pure. */
export function* casesText(run: RunSection): Generator<string> {
  const notes = [
    ...(run.recording?.notes ?? []),
    ...(run.notDiagnosed === undefined ? [] : [run.notDiagnosed]),
  ];
  yield notes.map((note) => `- to know: ${prose(note)}\n`).join("");
  const all = casesOf(run);
  const aside = all.filter(({ items }) => items.every(isAside));
  const cases = all.filter((each) => !aside.includes(each));
  for (const each of cases.slice(0, MOST_CASES)) yield* caseText(each, run);
  const more = cases.length - MOST_CASES;
  if (more > 0) yield `${counted(more, "more resource and key")} in the JSON report.\n`;
  yield asideText(aside);
  yield correlations(cases.slice(0, MOST_CASES));
}
