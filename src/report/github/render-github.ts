import type { InvariantResult } from "../../check/check.js";
import type { SourcePosition } from "../../core/errors.js";
import { groupDiagnoses } from "../group-diagnoses.js";
import { PLAIN_LOOK } from "../plain-look.js";
import type { Render, RunReport, RunSection } from "../report.js";
import { mockWords, runTitle } from "../run-title.js";
import { capped, lineText } from "../safe-text.js";
import { counted } from "../terminal/block.js";
import { isAside } from "../terminal/cases/case-list.js";
import { sentence } from "../terminal/diagnosis-words.js";
import { numbered } from "../terminal/expectation-words.js";
import { type Fold, foldResults, foldSentences, howManyWords } from "../terminal/fold-results.js";
import { diagnosisTitle } from "../terminal/say-diagnosis.js";
import { isUnformed } from "../unformed.js";

/** What annotations stand beside. */
export interface GithubOptions {
  /** True for what `diagnose` found: refusals and anomalies. False: expectations and invariants. */
  readonly cases: boolean;
  /** A scenario's file as the repository calls it. Pure. */
  readonly pathOf: (file: string) => string;
}

/** One annotation. */
interface Annotation {
  readonly level: "error" | "warning";
  readonly title: string;
  readonly message: string;
  /** Null: none is known. */
  readonly at: SourcePosition | null;
}

/** GitHub shows ten errors and ten warnings of a step and drops the rest without a word (Nov 2026). */
const MOST_OF_A_LEVEL = 10;
const LONGEST_MESSAGE = 2000;
const LONGEST_TITLE = 200;

/** Text of a workflow command, as the runner takes it apart again. */
function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

function commandText({ level, title, message, at }: Annotation, { pathOf }: GithubOptions): string {
  const place =
    at === null
      ? []
      : [`file=${escapeProperty(lineText(pathOf(at.file)))}`, `line=${at.line}`, `col=${at.column}`];
  const properties = [...place, `title=${escapeProperty(lineText(capped(title, LONGEST_TITLE)))}`].join(",");
  const lines = capped(message, LONGEST_MESSAGE).split("\n").map(lineText).join("\n");
  return `::${level} ${properties}::${escapeData(lines)}\n`;
}

function causeOf(run: RunSection, exchange: string | null): string | null {
  const found = run.diagnoses.find((each) => each.exchange === exchange && each.kind === "refusal");
  if (found === undefined) return null;
  const settled = found.certainty !== "possible";
  return `${settled ? `${found.cause} (${found.certainty})` : `could be ${found.cause}`}: ${sentence(found.explanation, PLAIN_LOOK)}`;
}

function foldAnnotation(fold: Fold, run: RunSection): Annotation | null {
  const [first] = fold.cases;
  const [result] = first.results;
  if (result === undefined) return null;
  const exchange = first.exchange === null ? null : run.exchange(first.exchange);
  const many = howManyWords(fold, run, PLAIN_LOOK.marks);
  const id = exchange?.correlationId ?? null;
  const cause = causeOf(run, first.exchange);
  const failed = first.results.some(({ ok }) => ok === false);
  const message = [
    ...foldSentences(fold, PLAIN_LOOK.marks),
    ...(many === null ? [] : [many]),
    ...(cause === null ? [] : [cause]),
    ...(id === null ? [] : [`correlation ID ${id}`]),
  ].join("\n");
  return {
    level: failed ? "error" : "warning",
    title: `${runTitle(run)}: ${fold.step} ${failed ? "failed" : "could not be decided"}`,
    message,
    at: (first.results.find(({ ok }) => ok === false) ?? result).at,
  };
}

function invariantAnnotation(result: InvariantResult, run: RunSection): Annotation {
  const violated = result.holds === false;
  return {
    level: violated ? "error" : "warning",
    title: `${runTitle(run)}: ${result.name} ${violated ? "violated" : "could not be decided"}`,
    message: numbered(result.explanation),
    at: result.at,
  };
}

function* judgedAnnotations(run: RunSection): Generator<Annotation> {
  for (const fold of foldResults(run.expectations.filter(({ ok }) => ok !== true))) {
    const annotation = foldAnnotation(fold, run);
    if (annotation !== null) yield annotation;
  }
  for (const result of run.invariants) if (result.holds !== true) yield invariantAnnotation(result, run);
  const start = { file: run.scenario.file, line: 1, column: 1 };
  const at = (step: string): SourcePosition => run.steps.find(({ id }) => id === step)?.at ?? start;
  for (const race of run.races.filter(isUnformed).slice(0, 1)) {
    const message = "no two of its requests were under way at the same time: nothing can be concluded";
    yield { level: "warning", title: `${runTitle(run)}: not formed`, message, at: at(race.step) };
  }
  for (const { step, reason } of run.skipped)
    yield { level: "warning", title: `${runTitle(run)}: ${step} skipped`, message: reason, at: at(step) };
}

/** A recording is no file of the repository. */
function* foundAnnotations(run: RunSection): Generator<Annotation> {
  for (const group of groupDiagnoses(run.diagnoses)) {
    const [first] = group.candidates;
    if (first.kind !== "refusal" && first.kind !== "anomaly") continue;
    const exchange = run.exchange(group.exchange);
    if (isAside({ group, exchange, alike: [] })) continue;
    const { method, url } = exchange.request;
    yield {
      level: "warning",
      title: `${mockWords(run) === null ? "" : "MOCK: "}${diagnosisTitle(group, exchange)}`,
      message: `${method} ${url}\n${sentence(first.explanation, PLAIN_LOOK)}\n${sentence(first.remedy, PLAIN_LOOK)}`,
      at: null,
    };
  }
}

/** Stands in the place of all that would be dropped. */
function moreOf(level: Annotation["level"]): Annotation {
  const message = `GitHub shows no more than ${counted(MOST_OF_A_LEVEL, level)} of a step; the summary and the other reports have all`;
  return { level, title: "gcidem: there are more", message, at: null };
}

function* annotations({ runs }: RunReport, options: GithubOptions): Generator<Annotation> {
  for (const run of runs) yield* options.cases ? foundAnnotations(run) : judgedAnnotations(run);
}

/**
 * Workflow commands of GitHub Actions, one a line: an annotation at the scenario's file and line for each expectation and
 * invariant that did not hold or could not be decided. Nothing that a server sent can be a command of its own. Pure.
 */
export const renderGithub: Render<GithubOptions> = function* (report, options): Generator<string> {
  const counts = { error: 0, warning: 0 };
  const last = new Map<Annotation["level"], Annotation>();
  for (const annotation of annotations(report, options)) {
    const { level } = annotation;
    counts[level] += 1;
    if (counts[level] < MOST_OF_A_LEVEL) yield commandText(annotation, options);
    else last.set(level, counts[level] === MOST_OF_A_LEVEL ? annotation : moreOf(level));
  }
  for (const annotation of last.values()) yield commandText(annotation, options);
};
