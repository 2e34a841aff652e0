import { answerLines, curlCommand } from "../evidence-lines.js";
import { PLAIN_LOOK } from "../plain-look.js";
import type { RunSection } from "../report.js";
import { outcomeOf } from "../terminal/answer-words.js";
import { counted } from "../terminal/block.js";
import { numberOf } from "../terminal/diagnosis-words.js";
import { type Fold, foldResults, foldSentences, howManyWords } from "../terminal/fold-results.js";
import { code, fenced, prose } from "./inert.js";

const MOST_GROUPS = 10;
const MOST_NAMED = 4;

function isFailed({ cases }: Fold): boolean {
  return cases[0].results.some(({ ok }) => ok === false);
}

function titleText(fold: Fold, run: RunSection): string {
  const ids = fold.cases.flatMap(({ exchange }) => exchange ?? []);
  const named = ids.slice(0, MOST_NAMED).map(numberOf);
  const which = [...named, ...(ids.length > named.length ? ["…"] : [])].join(", ");
  const many = howManyWords(fold, run, PLAIN_LOOK.marks);
  const rest = many === null ? "" : `: ${prose(many)}`;
  return `**${isFailed(fold) ? "FAIL" : "UNDECIDED"}** ${code(fold.step)}${which === "" ? "" : ` ${code(which)}`}${rest}\n\n`;
}

function* foldText(fold: Fold, run: RunSection): Generator<string> {
  const items = [...foldSentences(fold, PLAIN_LOOK.marks)].map((words) => `- ${prose(words)}\n`);
  yield titleText(fold, run) + items.join("");
  const id = fold.cases[0].exchange;
  if (!isFailed(fold) || id === null) return;
  const exchange = run.exchange(id);
  yield `\nanswer ${code(outcomeOf(exchange))}\n\n${fenced(answerLines(exchange), "text")}`;
  yield `\n${fenced(curlCommand(exchange), "sh")}`;
}

/** Each expectation that did not hold or could not be decided, with what was answered and how to send it again. Pure. */
export function* failureTexts(run: RunSection): Generator<string> {
  const folds = foldResults(run.expectations.filter(({ ok }) => ok !== true));
  for (const fold of folds.slice(0, MOST_GROUPS)) yield* foldText(fold, run);
  const more = folds.length - MOST_GROUPS;
  if (more > 0) yield `${counted(more, "more step")} in the JSON report.\n`;
}
