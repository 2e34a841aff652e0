import { ownCounts } from "../own-counts.js";
import type { Reproduction, RunSection } from "../report.js";
import { isUnformed } from "../unformed.js";
import { sharesSeed, sharesTarget, targetWords } from "./banner.js";
import { type Block, type BlockInput, counted, grouped, indented } from "./block.js";
import { displayWidth } from "./display-width.js";
import type { Look } from "./look.js";
import { roundWords } from "./round-words.js";
import type { Survey } from "./survey.js";
import type { Tone } from "./table-row.js";
import type { Span } from "./wrap-text.js";

const INDENT = 6;
const MOST_TROUBLES = 6;
const MOST_EXPLAINED = 200;

/** What happened, in a few words in capitals. */
interface Headline {
  readonly word: string;
  readonly words: string;
  readonly tone: Tone;
}

function expectationCount(run: RunSection, ok: false | null): string {
  const count = run.expectations.filter((each) => each.ok === ok).length;
  return `${count} of ${counted(run.expectations.length, "expectation")}`;
}

/** Names of the invariants that were violated, each once. */
function violatedNames({ invariants }: RunSection): readonly string[] {
  return [...new Set(invariants.flatMap(({ name, holds }) => (holds === false ? [name] : [])))];
}

/** What makes a run fail: expectations, or else invariants. */
function failWords(run: RunSection): string {
  return run.expectations.some(({ ok }) => ok === false)
    ? expectationCount(run, false)
    : violatedNames(run).join(", ");
}

/** The first that holds, in the order of what a reader must know first. Pure. */
export function headlineOf(run: RunSection, survey: Survey): Headline {
  const { exchanges, writes, conflicts, failures, refused } = ownCounts(run);
  const violated = violatedNames(run);
  if (violated.length > 0) return { word: "VIOLATED", words: violated.join(", "), tone: "bad" };
  const requests = counted(exchanges, "request");
  const all = writes >= conflicts && writes > 0 ? counted(writes, "write") : requests;
  if (conflicts > 0) return { word: "CONFLICT", words: `${conflicts} of ${all}`, tone: "conflict" };
  if (run.interrupted) return { word: "INTERRUPTED", words: `after ${requests}`, tone: "bad" };
  if (run.verdict === "fail") return { word: "FAIL", words: failWords(run), tone: "bad" };
  if (refused > 0) return { word: "STOPPED", words: "at a request that gcidem will not send", tone: "bad" };
  if (failures > 0) return { word: "NO ANSWER", words: `to ${failures} of ${requests}`, tone: "bad" };
  if (run.verdict === "inconclusive") return inconclusive(run);
  if (exchanges === 0) return { word: "NOTHING SENT", words: "", tone: "notable" };
  const { otherRefusals } = survey;
  if (otherRefusals > 0)
    return { word: "REFUSED", words: `${otherRefusals} of ${requests}`, tone: "notable" };
  if (run.verdict === "not-judged")
    return { word: "ALL", words: `${all} answered, nothing judged`, tone: "notable" };
  return { word: "ALL", words: `${all} passed`, tone: "good" };
}

function inconclusive(run: RunSection): Headline {
  return { word: "INCONCLUSIVE", words: openWords(run), tone: "notable" };
}

/** Why there is no verdict: the first reason that holds. */
function openWords(run: RunSection): string {
  if (run.races.some(isUnformed)) return "the race could not be formed";
  if (run.expectations.some(({ ok }) => ok === null)) return `${expectationCount(run, null)} undecided`;
  const open = run.invariants.filter(({ holds }) => holds === null);
  if (open.length > 0) return `${open.map(({ name }) => name).join(", ")} undecided`;
  return run.skipped.length > 0 ? `${counted(run.skipped.length, "step")} skipped` : "without every answer";
}

/** What else is wrong besides what the headline says. */
function* addenda({ run, look }: BlockInput, { word }: Headline): Generator<Span> {
  const { red, yellow } = look.paint;
  if (run.interrupted && word !== "INTERRUPTED") {
    yield { text: "INTERRUPTED: what is shown is what finished", paint: red };
  }
  const failed = run.expectations.some(({ ok }) => ok === false);
  if (run.verdict === "fail" && word !== "FAIL" && (failed || word !== "VIOLATED"))
    yield { text: `FAIL ${failWords(run)}`, paint: red };
  if (run.verdict === "inconclusive" && word !== "INCONCLUSIVE") {
    yield { text: `INCONCLUSIVE ${inconclusive(run).words}`, paint: yellow };
  }
}

/** The first refusal that was explained at each step. */
function causesByStep(run: RunSection): ReadonlyMap<string, string> {
  const causes = new Map<string, string>();
  for (const { kind, cause, certainty, exchange } of run.diagnoses.slice(0, MOST_EXPLAINED)) {
    if (kind !== "refusal") continue;
    const { step } = run.exchange(exchange);
    const words = certainty === "possible" ? "reason not settled" : `${cause} (${certainty})`;
    if (!causes.has(step)) causes.set(step, words);
  }
  return causes;
}

/** `409 on \`mutated\`: key-reused-body-changed (certain)`, for each step once. */
function* troubleWords({ survey, look, run }: BlockInput): Generator<string> {
  const causes = causesByStep(run);
  for (const { step, outcome, count, total } of survey.troubles.slice(0, MOST_TROUBLES)) {
    const times = total > 1 ? ` (${grouped(count)} of ${grouped(total)})` : "";
    const cause = causes.get(step);
    yield `${look.text(outcome)} on \`${look.text(step)}\`${times}${cause === undefined ? "" : `: ${cause}`}`;
  }
  const more = survey.troubles.length - MOST_TROUBLES;
  if (more > 0) yield `and on ${counted(more, "more step")}`;
}

/** What came back: the statuses of conflicts, and violated invariants. */
function hitWords({ run, survey }: BlockInput): string {
  const statuses = new Set(
    survey.troubles.flatMap(({ outcome }) => (/^\d+$/.test(outcome) ? [outcome] : [])),
  );
  const violated = violatedNames(run);
  const fault = violated.length === 1 ? `a violated ${violated[0]}` : "a violated invariant";
  const what = [...statuses, ...(violated.length === 0 ? [] : [fault])];
  return what.length === 0 ? "a conflict" : what.join(" or ");
}

/** `409 in 24 of 50 rounds (48 %, 95 % interval 35-61 %); rounds 3, 7, 9, …` */
function reproductionWords(input: BlockInput, { rounds, hits, hitRounds, low, high }: Reproduction): string {
  const percent = (rate: number): string => `${Math.round(rate * 100)}`;
  const rate = `${percent(hits / Math.max(1, rounds))} %, 95 % interval ${percent(low)}-${percent(high)} %`;
  const which = hits === 0 ? "" : `; ${roundWords(hitRounds, hits, input.look.marks)}`;
  return `${hitWords(input)} in ${grouped(hits)} of ${counted(rounds, "round")} (${rate})${which}`;
}

/** Lines under the name, the path unbroken so that it can be clicked. */
export function* detailsUnder(input: BlockInput, headline: Headline): Generator<Span> {
  const { run, look, report } = input;
  const { dim } = look.paint;
  if (!sharesTarget(report.runs)) yield { text: look.text(targetWords(run.target)), paint: dim };
  if (!sharesSeed(report.runs)) yield { text: `seed ${run.seed}`, paint: dim };
  const description = run.scenario.description.trim().replace(/\s+/g, " ");
  if (look.verbose && description !== "") yield { text: look.text(description) };
  for (const text of troubleWords(input)) yield { text };
  if (run.reproduction !== undefined) yield { text: reproductionWords(input, run.reproduction) };
  yield* addenda(input, headline);
}

/** How each tone is painted where it must catch the eye. */
function loud(tone: Tone, look: Look): (text: string) => string {
  const { red, yellow, green } = look.paint;
  return { bad: red.bold, conflict: yellow.bold, notable: yellow.bold, good: green.bold }[tone];
}

/** The scenario's first lines: what happened, its name and file, the steps that went wrong. */
export const headlineBlock: Block = function* (input) {
  const { run, look, survey } = input;
  const headline = headlineOf(run, survey);
  const outcome = `${headline.word} ${headline.words}`.trimEnd();
  const name = look.text(run.scenario.name);
  const shown = loud(headline.tone, look)(outcome);
  if (displayWidth(`${outcome}   ${name}`) <= look.columns) yield `${shown}   ${look.paint.bold(name)}`;
  else yield* [shown, ...indented(look, INDENT, [{ text: name, paint: look.paint.bold }])];
  const file = look.paint.dim(look.text(run.scenario.file));
  yield " ".repeat(INDENT) + look.linked(file, run.scenario.file);
  for (const detail of detailsUnder(input, headline)) yield* indented(look, INDENT, [detail]);
};
