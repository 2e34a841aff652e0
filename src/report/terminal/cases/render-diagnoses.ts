import { groupDiagnoses, isSettled } from "../../group-diagnoses.js";
import type { Render, RunReport, RunSection, SettlingFile } from "../../report.js";
import { outcomeOf } from "../answer-words.js";
import { banner } from "../banner.js";
import { counted, indented, moreInJson } from "../block.js";
import { shellQuote } from "../curl-line.js";
import { causeWords, listed, numberOf, sentence } from "../diagnosis-words.js";
import { hiddenLine } from "../hidden-line.js";
import { type Look, lookOf, type TerminalOptions } from "../look.js";
import { diagnosisTitle, sayDiagnosis } from "../say-diagnosis.js";
import { GLUE } from "../wrap-text.js";
import { type Case, type CaseItem, casesOf, isAside } from "./case-list.js";
import { caseTable } from "./case-table.js";
import { recordingHead } from "./recording-head.js";

/** More answers than these are for the JSON report. */
const MOST_CASES = 20;
const MOST_ALIKE = 8;
const MOST_ASIDE = 5;

function settlingOf({ settling = [] }: RunSection, { group }: CaseItem): SettlingFile | null {
  return settling.find(({ exchanges }) => exchanges.includes(group.exchange)) ?? null;
}

/** `#1, #2 and #3`, of very many the first ones. */
function manyWords(numbers: readonly string[]): string {
  const shown = numbers.slice(0, MOST_ALIKE);
  const more = numbers.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : listed(shown);
}

function* alikeLine({ alike }: CaseItem, look: Look): Generator<string> {
  if (alike.length === 0) return;
  yield* indented(look, 2, [{ text: `The same holds for ${manyWords(alike.map(numberOf))}.` }]);
}

function* itemLines(item: CaseItem, run: RunSection, look: Look): Generator<string> {
  const title = look.text(diagnosisTitle(item.group, item.exchange));
  yield* indented(look, { indent: 0, hang: 2 }, [{ text: title, paint: look.paint.yellow.bold }]);
  yield* sayDiagnosis(item.group, { look, exchange: item.exchange, settling: settlingOf(run, item) });
  yield* alikeLine(item, look);
}

function* caseLines(of: Case, run: RunSection, look: Look): Generator<string> {
  const key = of.key === null ? "" : `   key${GLUE}${look.text(of.key) || '""'}`;
  yield* indented(look, { indent: 0, hang: 2 }, [
    { text: look.text(of.resource), paint: look.paint.bold },
    { text: key, paint: look.paint.dim },
  ]);
  yield "";
  yield* caseTable(of, run, look);
  for (const item of of.items) {
    yield "";
    yield* itemLines(item, run, look);
  }
}

/** Reads that were refused, in a line each: they are rarely what somebody looks for, and might be. */
function* asideLines(aside: readonly Case[], look: Look): Generator<string> {
  const items = aside.flatMap(({ resource, items }) => items.map((item) => ({ resource, ...item })));
  for (const { resource, group, exchange } of items.slice(0, MOST_ASIDE)) {
    const causes = causeWords(group.candidates.map(({ cause }) => cause));
    const words = `${outcomeOf(exchange)} on ${numberOf(exchange.id)}, ${exchange.request.method} ${resource}: ${causes}`;
    yield* indented(look, { indent: 2, hang: 4 }, [{ text: look.text(words), paint: look.paint.dim }]);
  }
  const more = items.length - MOST_ASIDE;
  if (more > 0) yield* indented(look, 2, [moreInJson(look, more, "more read")]);
}

/** What is documented of requests that were not refused, each fact once. */
function* documentedLines({ diagnoses }: RunSection, look: Look): Generator<string> {
  const refused = new Set(diagnoses.flatMap(({ kind, exchange }) => (kind === "refusal" ? [exchange] : [])));
  const facts = new Map<string, string[]>();
  for (const { kind, exchange, explanation } of diagnoses) {
    if (kind !== "documented" || refused.has(exchange)) continue;
    const numbers = facts.get(explanation) ?? [];
    facts.set(explanation, numbers);
    numbers.push(numberOf(exchange));
  }
  if (facts.size === 0) return;
  yield* ["", "documented of these requests:"];
  for (const [fact, numbers] of [...facts].slice(0, MOST_ASIDE))
    yield* indented(look, { indent: 2, hang: 4 }, [
      { text: `${manyWords(numbers)}: ${sentence(fact, look)}`, paint: look.paint.dim },
    ]);
  if (facts.size > MOST_ASIDE)
    yield* indented(look, 2, [moreInJson(look, facts.size - MOST_ASIDE, "more fact")]);
}

function* runLines(run: RunSection, look: Look): Generator<string> {
  yield* recordingHead(run, look);
  const all = casesOf(run);
  const aside = look.verbose ? [] : all.filter(({ items }) => items.every(isAside));
  const cases = all.filter((each) => !aside.includes(each));
  for (const each of cases.slice(0, MOST_CASES)) {
    yield "";
    yield* caseLines(each, run, look);
  }
  const more = cases.length - MOST_CASES;
  if (more > 0) {
    yield "";
    yield* indented(look, 0, [moreInJson(look, more, "more resource and key")]);
  }
  if (aside.length > 0) {
    yield* ["", "reads that were refused (--verbose says more):"];
    yield* asideLines(aside, look);
  }
  yield* documentedLines(run, look);
}

/** `3 refusals: 2 settled, 1 open` and what else was noticed. */
function tally(run: RunSection): string {
  const groups = groupDiagnoses(run.diagnoses);
  const of = (kind: string): typeof groups => groups.filter(({ candidates }) => candidates[0].kind === kind);
  const refusals = of("refusal");
  const settled = refusals.filter(isSettled).length;
  const open = refusals.length - settled;
  const parts = [
    refusals.length > 0 ? `${counted(refusals.length, "refusal")}: ${settled} settled, ${open} open` : "",
    ...(["anomaly", "pattern"] as const).map((kind) => {
      const count = of(kind).length;
      if (count === 0) return "";
      return kind === "anomaly"
        ? `${count} ${count === 1 ? "anomaly" : "anomalies"}`
        : counted(count, "pattern");
    }),
  ];
  return parts.filter((each) => each !== "").join("   ") || "nothing to explain";
}

/** The command that goes on from here; null where nothing was found. */
function nextCommand(run: RunSection, look: Look): string | null {
  const [first] = run.settling ?? [];
  if (first !== undefined) return first.command;
  if (run.diagnoses.length === 0) return null;
  return `gcidem diagnose ${shellQuote(run.folder ?? run.id, !look.unicode)} --reporter json`;
}

/** Last lines: how much is settled, where it is saved, and what to type next. */
function* endLines(run: RunSection, look: Look): Generator<string> {
  yield tally(run);
  yield* hiddenLine({ runs: [run] }, look);
  if (run.folder !== null) yield look.linked(look.paint.dim(look.text(`saved in ${run.folder}`)), run.folder);
  const next = nextCommand(run, look);
  if (next !== null) yield `next:  ${look.paint.bold(look.text(next))}`;
}

/**
 * What a person reads of recorded traffic: for each resource and key the exchanges that matter, and of each refusal why
 * it came, or what would settle it; the last line is the next command. Pure.
 */
export const renderDiagnoses: Render<TerminalOptions> = function* (
  report: RunReport,
  options: TerminalOptions,
): Generator<string> {
  const look = lookOf(options);
  const lines = function* (): Generator<string> {
    yield* banner(report, look);
    for (const run of report.runs) {
      yield "";
      yield* runLines(run, look);
      yield "";
      yield* endLines(run, look);
    }
  };
  for (const line of lines()) yield `${line}\n`;
};
