import type { Exchange } from "../../journal/journal.js";
import { type DiagnosisGroup, groupDiagnoses, isSettled } from "../group-diagnoses.js";
import { ownCounts } from "../own-counts.js";
import { PLAIN_LOOK } from "../plain-look.js";
import type { RunReport, RunSection } from "../report.js";
import { mockWords } from "../run-title.js";
import { outcomeOf } from "../terminal/answer-words.js";
import { targetWords } from "../terminal/banner.js";
import { counted } from "../terminal/block.js";
import { sourceWords } from "../terminal/cases/recording-head.js";
import { couldBeWords, sentence, settledWords } from "../terminal/diagnosis-words.js";
import { numbered } from "../terminal/expectation-words.js";
import { foldResults, foldSentences } from "../terminal/fold-results.js";
import { code, prose } from "./inert.js";

/** More would be no paragraph. */
const MOST_SENTENCES = 2;

/** Times are meant to be read: `10:12:01` means nothing to a tracker. */
function instantWords(instant: string): string {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)T([\d:.]+)Z$/.exec(instant) ?? [];
  return day === undefined || time === undefined ? code(instant) : `${day} at ${time} UTC`;
}

function openingWords(run: RunSection): string {
  const { scenario, recording, target, startedAt } = run;
  if (target.kind === "recording" || recording !== undefined)
    return `In ${code(scenario.file || scenario.name)} (${prose(sourceWords(run))})`;
  const { exchanges } = ownCounts(run);
  const requests = `${counted(exchanges, "request")} ${exchanges === 1 ? "was" : "were"} sent`;
  const where = target.kind === "mock" ? prose(mockWords(run) ?? "MOCK") : code(target.baseUrl);
  return `On ${instantWords(startedAt)} ${requests} to ${where} (scenario ${code(scenario.name || scenario.file)})`;
}

/** What was sent, when, and how it was answered: what support needs to find it again. */
function requestWords({ request, timings, correlationId, ...exchange }: Exchange): string {
  const id = correlationId === null ? "without a correlation ID" : `correlation ID ${code(correlationId)}`;
  const outcome = outcomeOf({ request, timings, correlationId, ...exchange });
  const came = exchange.response === null ? `got no answer (${code(outcome)})` : `was answered ${outcome}`;
  return `${code(`${request.method} ${request.url}`)} ${came}, sent on ${instantWords(timings.startedAt)}, ${id}`;
}

function groupWords(group: DiagnosisGroup, run: RunSection): string {
  const [first] = group.candidates;
  const exchange = run.exchange(group.exchange);
  const said = (text: string): string => prose(sentence(text, PLAIN_LOOK));
  const cause = isSettled(group)
    ? prose(settledWords(group))
    : `the reason is not settled; it could be ${prose(couldBeWords(group))}`;
  const remedy = first.remedy === "" || !isSettled(group) ? "" : ` What to do: ${said(first.remedy)}`;
  return `${requestWords(exchange)}: ${cause}. ${said(first.explanation)}${remedy}`;
}

/** Refusals before what is only strange, what is settled before what is open. */
function groupsWorthTelling(run: RunSection): readonly DiagnosisGroup[] {
  const kinds = ["refusal", "anomaly"];
  const rank = (group: DiagnosisGroup): number =>
    kinds.indexOf(group.candidates[0].kind) * 2 + (isSettled(group) ? 0 : 1);
  return groupDiagnoses(run.diagnoses)
    .filter(({ candidates: [first] }) => kinds.includes(first.kind))
    .sort((a, b) => rank(a) - rank(b));
}

function* troubleSentences(run: RunSection): Generator<string> {
  for (const { name, holds, explanation } of run.invariants)
    if (holds === false) yield `${prose(name)} was violated: ${prose(numbered(explanation))}`;
  const failed = foldResults(run.expectations.filter(({ ok }) => ok === false));
  for (const fold of failed)
    for (const words of foldSentences(fold, PLAIN_LOOK.marks)) yield `${code(fold.step)}: ${prose(words)}`;
}

/** Ends with one full stop, whatever it ended with. */
function stopped(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function mockSentence(run: RunSection): string {
  return mockWords(run) === null ? "" : " Made on a MOCK: it proves nothing about Genesys Cloud.";
}

/** The run that a reader must hear of first. */
function worstOf({ runs }: RunReport): RunSection | undefined {
  const rank = (run: RunSection): number =>
    run.verdict === "fail" ? 0 : run.counts.conflicts > 0 || run.diagnoses.length > 0 ? 1 : 2;
  return runs.toSorted((a, b) => rank(a) - rank(b))[0];
}

/** One paragraph that says what happened, why, what to do and where to look, to be pasted as it is. Pure. */
export function ticketText(report: RunReport, outcome: (run: RunSection) => string): string {
  const run = worstOf(report);
  if (run === undefined) return "";
  const causes = groupsWorthTelling(run)
    .slice(0, 1)
    .map((group) => groupWords(group, run));
  const troubles = [...troubleSentences(run)].slice(0, MOST_SENTENCES);
  const what = [...(run.verdict === "fail" ? troubles : []), ...causes].slice(0, MOST_SENTENCES);
  const found = [`${openingWords(run)}: ${prose(outcome(run))}`, ...what].map(stopped).join(" ");
  return `${found}${mockSentence(run)}\n`;
}

/** What the reader of a report of several runs, or of one on a server, ran against. Pure. */
export function whereWords(run: RunSection): string {
  return prose(targetWords(run.target));
}
