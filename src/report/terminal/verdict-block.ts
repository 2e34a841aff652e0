import type { RunSection, RunVerdict } from "../report.js";
import { type Block, counted, grouped, labelled, labelStart } from "./block.js";
import { displayWidth } from "./display-width.js";
import { foldResults, foldSentences, howManyWords } from "./fold-results.js";
import type { Look } from "./look.js";
import type { Span } from "./wrap-text.js";

/** How a verdict is shown; empty where there is none. */
export const VERDICTS: Readonly<Record<RunVerdict, string>> = {
  pass: "PASS",
  fail: "FAIL",
  inconclusive: "INCONCLUSIVE",
  "not-judged": "",
};

/** Where the verdict ends on a wide terminal. */
const RIGHT_EDGE = 78;

/** How many held, failed and were left open, of what may be true, false or neither. Pure. */
export function tally(truths: readonly (boolean | null)[], failedWord: string): readonly string[] {
  const count = (truth: boolean | null): number => truths.filter((each) => each === truth).length;
  const [failed, undecided] = [count(false), count(null)];
  return [
    `${grouped(count(true))} of ${grouped(truths.length)} held`,
    ...(failed > 0 ? [`${grouped(failed)} ${failedWord}`] : []),
    ...(undecided > 0 ? [`${grouped(undecided)} undecided`] : []),
  ];
}

/** `4 of 4 held`, and what else came of the expectations. Pure. */
export function countWords({ expectations, skipped, verdict }: RunSection): string {
  if (verdict === "not-judged") return "none: nothing was judged";
  const told = expectations.map(({ ok }) => ok);
  const left = skipped.length > 0 ? [`${counted(skipped.length, "step")} skipped`] : [];
  return [...(told.length === 0 ? ["none"] : tally(told, "failed")), ...left].join(", ");
}

function verdictSpans(run: RunSection, look: Look): readonly Span[] {
  const { green, red, yellow } = look.paint;
  const words = countWords(run);
  const verdict = VERDICTS[run.verdict];
  const edge = Math.min(RIGHT_EDGE, look.columns);
  const gap = Math.max(2, edge - labelStart(look) - displayWidth(words) - verdict.length);
  const paint = { pass: green, fail: red, inconclusive: yellow, "not-judged": undefined }[run.verdict];
  return [{ text: words }, { text: " ".repeat(gap) }, { text: verdict, paint }];
}

function* invariantLine({ invariants }: RunSection, look: Look): Generator<string> {
  if (invariants.length === 0) return;
  const truths = invariants.map(({ holds }) => holds);
  yield* labelled(look, "invariants", [{ text: tally(truths, "violated").join(", ") }]);
}

function* heldLines(run: RunSection, look: Look): Generator<string> {
  for (const fold of foldResults(run.expectations.filter(({ ok }) => ok === true))) {
    const many = howManyWords(fold, run, look.marks);
    for (const words of foldSentences(fold, look.marks)) {
      const which = many === null ? "" : `${many}: `;
      yield* labelled(look, "", [{ text: look.text(`\`${fold.step}\` ${which}${words}`) }]);
    }
  }
}

/** How many expectations held, and what that makes of the run. */
export const verdictBlock: Block = function* ({ run, look }) {
  yield* labelled(look, "expectations", verdictSpans(run, look));
  if (look.verbose) yield* heldLines(run, look);
  yield* invariantLine(run, look);
};
