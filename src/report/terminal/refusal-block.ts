import { painterOf } from "./answer-words.js";
import { type Block, indented, underLabel } from "./block.js";
import { shownDiffs } from "./diff-block.js";

const MOST_SHOWN = 5;

/** What was said to each refused or unanswered request that neither a comparison nor a failed expectation below shows. */
export const refusalBlock: Block = function* ({ run, survey, look }) {
  const compared = new Set(shownDiffs(run).map(({ other }) => other));
  const failed = new Set(run.expectations.flatMap((each) => (each.ok === false ? [each.step] : [])));
  const seen = new Set<string>();
  for (const { id, number, step, answered, outcome, tone, words } of survey.refusals) {
    const said = `${step} ${outcome}`;
    if ((answered && compared.has(id)) || failed.has(step) || seen.has(said) || seen.size >= MOST_SHOWN)
      continue;
    seen.add(said);
    const label = answered ? "answered" : "no answer";
    yield* indented(look, 2, [{ text: look.text(step), paint: look.paint.bold }, { text: `, #${number}` }]);
    yield* underLabel(look, { indent: 6, text: label, width: label.length + 2, hang: 5 }, [
      { text: look.text(outcome), paint: painterOf(tone, look) },
      { text: `  ${look.text(words)}` },
    ]);
  }
};
