import type { Exchange, ReceivedResponse } from "../../journal/journal.js";
import type { RunSection } from "../report.js";
import { type Block, type BlockInput, counted, indented, moreInJson } from "./block.js";
import { curlLines } from "./curl-line.js";
import { decodedBody } from "./decoded-body.js";
import { type Fold, foldResults, foldSentences, howManyWords } from "./fold-results.js";
import type { Look } from "./look.js";
import { BREAK } from "./wrap-text.js";

const MOST_GROUPS = 10;
const MOST_NAMED = 4;
const MOST_BODY_LINES = 15;
const LONGEST_BODY = 1200;

/** The body as it came, line by line, as much of it as helps. */
function* bodyLines(response: ReceivedResponse, look: Look): Generator<string> {
  const body = decodedBody(response);
  const size = counted(Buffer.byteLength(response.body, response.bodyEncoding), "byte");
  if (body === null) return yield* indented(look, 8, [{ text: `${size}, not text` }]);
  if (body === "") return yield* indented(look, 8, [{ text: "no body" }]);
  const start = body.slice(0, LONGEST_BODY);
  const lines = start.split("\n").slice(0, MOST_BODY_LINES);
  for (const line of lines)
    yield* indented(look, 8, [{ text: look.text(line).replaceAll(",", `,${BREAK}`) }]);
  if (lines.join("\n").length < body.length || response.truncated) {
    const cut = response.truncated ? ", cut there at the limit" : "";
    yield* indented(look, 8, [
      { text: `${look.marks.ellipsis} ${size} in the JSON report${cut}`, paint: look.paint.dim },
    ]);
  }
}

function* answerLines({ response, error }: Exchange, look: Look): Generator<string> {
  const { dim } = look.paint;
  if (response === null) {
    const { code, phase, message } = error ?? { code: "no answer", phase: "response", message: "" };
    const words = `no answer: ${code} (${phase})${message === "" ? "" : `, ${message}`}`;
    return yield* indented(look, 6, [{ text: look.text(words) }]);
  }
  yield* indented(look, 6, [{ text: `answer ${response.status}`, paint: dim }]);
  yield* bodyLines(response, look);
}

/** Which exchanges it is about, the first few of them. */
function numbers({ cases }: Fold, look: Look): string {
  const ids = cases.flatMap(({ exchange }) => exchange ?? []);
  const named = ids.slice(0, MOST_NAMED).map((id) => `#${look.text(id.replace(/^e(?=\d+$)/, ""))}`);
  const more = ids.length > named.length ? [look.marks.ellipsis] : [];
  return [...named, ...more].map((name) => `, ${name}`).join("");
}

/** The answer below says it already. */
function withoutTold(fold: Fold, told: string | undefined): Fold {
  const [first, ...others] = fold.cases;
  if (others.length > 0 || told === undefined) return fold;
  const results = first.results.map((result) => (result.note === told ? { ...result, note: null } : result));
  return { ...fold, cases: [{ ...first, results }] };
}

function* foldLines(
  fold: Fold,
  { run, look, evidence }: Pick<BlockInput, "run" | "look"> & { readonly evidence: Exchange | null },
): Generator<string> {
  const { paint, marks } = look;
  const failed = isFailed(fold);
  const word = failed
    ? { text: "FAIL", paint: paint.red.bold }
    : { text: "UNDECIDED", paint: paint.yellow.bold };
  const many = howManyWords(fold, run, marks) ?? firstRound(fold, run);
  const title = `  \`${look.text(fold.step)}\`${numbers(fold, look)}${many === null ? "" : `: ${many}`}`;
  yield* indented(look, { indent: 2, hang: 4 }, [word, { text: title }]);
  for (const words of foldSentences(withoutTold(fold, evidence?.error?.message), marks))
    yield* indented(look, { indent: 6, hang: 2 }, [{ text: look.text(words) }]);
  if (!failed || evidence === null) return;
  yield* answerLines(evidence, look);
  for (const line of curlLines(evidence.request, look)) yield `      ${line}`;
}

/** Of many rounds one result may stand for all: the first that failed. */
function firstRound({ cases }: Fold, { reproduction }: RunSection): string | null {
  return (reproduction?.rounds ?? 1) > 1 ? `first in round ${cases[0].round}` : null;
}

function isFailed({ cases }: Fold): boolean {
  return cases[0].results.some(({ ok }) => ok === false);
}

/** Each expectation that did not hold or could not be decided, with what was answered and how to send it again. */
export const failedBlock: Block = function* ({ run, look }) {
  const folds = foldResults(run.expectations.filter(({ ok }) => ok !== true));
  const shown = folds.slice(0, MOST_GROUPS);
  let curl = false;
  for (const fold of shown) {
    const { exchange } = fold.cases[0];
    const evidence = exchange === null ? null : run.exchange(exchange);
    curl ||= evidence !== null && isFailed(fold);
    yield* foldLines(fold, { run, look, evidence });
  }
  const more = folds.length - shown.length;
  if (more > 0) {
    yield* indented(look, 2, [moreInJson(look, more, "more step")]);
  }
  if (curl && run.target.kind === "mock") {
    const text =
      "The mock of this run is gone, so the curl line is there to be read, or sent to a server of your own.";
    yield* indented(look, 6, [{ text, paint: look.paint.dim }]);
  }
};
