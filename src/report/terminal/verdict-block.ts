import type { RunSection, RunVerdict } from "../report.js";
import { type Block, counted, labelled, labelStart } from "./block.js";
import { displayWidth } from "./display-width.js";
import { expectationWords } from "./expectation-words.js";
import type { Look } from "./look.js";
import type { Span } from "./wrap-text.js";

const VERDICTS: Readonly<Record<RunVerdict, string>> = {
  pass: "PASS",
  fail: "FAIL",
  inconclusive: "INCONCLUSIVE",
  "not-judged": "",
};

/** Where the verdict ends on a wide terminal. */
const RIGHT_EDGE = 78;

function countWords({ expectations, skipped, verdict }: RunSection): string {
  if (verdict === "not-judged") return "none: nothing was judged";
  const count = (ok: boolean | null): number => expectations.filter((each) => each.ok === ok).length;
  const [failed, undecided] = [count(false), count(null)];
  return [
    `${count(true)} of ${expectations.length} held`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(undecided > 0 ? [`${undecided} undecided`] : []),
    ...(skipped.length > 0 ? [`${counted(skipped.length, "step")} skipped`] : []),
  ].join(", ");
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

/** How many expectations held, and what that makes of the run. */
export const verdictBlock: Block = function* ({ run, look }) {
  yield* labelled(look, "expectations", verdictSpans(run, look));
  if (!look.verbose) return;
  for (const result of run.expectations) {
    if (result.ok === true)
      yield* labelled(look, "", [
        { text: look.text(`\`${result.step}\` ${expectationWords(result, look.marks)}`) },
      ]);
  }
};
