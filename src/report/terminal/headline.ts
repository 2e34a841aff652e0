import type { Reproduction, RunSection } from "../report.js";
import { sharesSeed, sharesTarget, targetWords } from "./banner.js";
import { type Block, type BlockInput, counted, indented } from "./block.js";
import { displayWidth } from "./display-width.js";
import type { Look } from "./look.js";
import type { Survey } from "./survey.js";
import type { Tone } from "./table-row.js";
import type { Span } from "./wrap-text.js";

const INDENT = 6;
const MOST_TROUBLES = 6;

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

/** The first that holds, in the order of what a reader must know first. */
function headlineOf(run: RunSection, survey: Survey): Headline {
  const { exchanges, writes, conflicts, failures, refused } = run.counts;
  const requests = counted(exchanges, "request");
  const all = writes >= conflicts && writes > 0 ? counted(writes, "write") : requests;
  if (conflicts > 0) return { word: "CONFLICT", words: `${conflicts} of ${all}`, tone: "conflict" };
  if (run.interrupted) return { word: "INTERRUPTED", words: `after ${requests}`, tone: "bad" };
  if (run.verdict === "fail") return { word: "FAIL", words: expectationCount(run, false), tone: "bad" };
  if (refused > 0) return { word: "STOPPED", words: "at a request that gcidem will not send", tone: "bad" };
  if (failures > 0) return { word: "NO ANSWER", words: `to ${failures} of ${requests}`, tone: "bad" };
  if (run.verdict === "inconclusive") return inconclusive(run);
  if (exchanges === 0) return { word: "NOTHING SENT", words: "", tone: "notable" };
  const { otherRefusals } = survey;
  if (otherRefusals > 0)
    return { word: "REFUSED", words: `${otherRefusals} of ${requests}`, tone: "notable" };
  return { word: "ALL", words: `${all} passed`, tone: "good" };
}

function inconclusive(run: RunSection): Headline {
  const undecided = run.expectations.some(({ ok }) => ok === null);
  if (!undecided && run.skipped.length === 0)
    return { word: "INCONCLUSIVE", words: "without every answer", tone: "notable" };
  const words = undecided
    ? `${expectationCount(run, null)} undecided`
    : `${counted(run.skipped.length, "step")} skipped`;
  return { word: "INCONCLUSIVE", words, tone: "notable" };
}

/** What else is wrong besides what the headline says. */
function* addenda({ run, look }: BlockInput, { word }: Headline): Generator<Span> {
  const { red, yellow } = look.paint;
  if (run.interrupted && word !== "INTERRUPTED") {
    yield { text: "INTERRUPTED: what is shown is what finished", paint: red };
  }
  if (run.verdict === "fail" && word !== "FAIL")
    yield { text: `FAIL ${expectationCount(run, false)}`, paint: red };
  if (run.verdict === "inconclusive" && word !== "INCONCLUSIVE") {
    yield { text: `INCONCLUSIVE ${inconclusive(run).words}`, paint: yellow };
  }
}

/** `409 on \`mutated\``, for each step once. */
function* troubleWords({ survey, look }: BlockInput): Generator<string> {
  for (const { step, outcome, count, total } of survey.troubles.slice(0, MOST_TROUBLES)) {
    const times = total > 1 ? ` (${count} of ${total})` : "";
    yield `${look.text(outcome)} on \`${look.text(step)}\`${times}`;
  }
  const more = survey.troubles.length - MOST_TROUBLES;
  if (more > 0) yield `and on ${counted(more, "more step")}`;
}

function reproductionWords({ rounds, hits, low, high }: Reproduction): string {
  const percent = (rate: number): string => `${Math.round(rate * 100)} %`;
  if (hits === 0) return `not seen in ${counted(rounds, "round")} (95 %: rarer than ${percent(high)})`;
  return `reproduced in ${hits} of ${counted(rounds, "round")} (95 %: ${percent(low)} to ${percent(high)})`;
}

/** Lines under the name, the path unbroken so that it can be clicked. */
function* details(input: BlockInput, headline: Headline): Generator<Span> {
  const { run, look, report } = input;
  const { dim } = look.paint;
  if (!sharesTarget(report.runs)) yield { text: look.text(targetWords(run.target)), paint: dim };
  if (!sharesSeed(report.runs)) yield { text: `seed ${run.seed}`, paint: dim };
  const description = run.scenario.description.trim().replace(/\s+/g, " ");
  if (look.verbose && description !== "") yield { text: look.text(description) };
  for (const text of troubleWords(input)) yield { text };
  if (run.reproduction !== undefined) yield { text: reproductionWords(run.reproduction) };
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
  yield " ".repeat(INDENT) + look.paint.dim(look.text(run.scenario.file));
  for (const detail of details(input, headline)) yield* indented(look, INDENT, [detail]);
};
