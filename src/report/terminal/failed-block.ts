import type { CheckResult } from "../../check/check.js";
import type { Exchange, ReceivedResponse } from "../../journal/journal.js";
import { type Block, counted, indented, moreInJson } from "./block.js";
import { curlLines } from "./curl-line.js";
import { decodedBody } from "./decoded-body.js";
import { expectationWords } from "./expectation-words.js";
import type { Look } from "./look.js";
import { BREAK } from "./wrap-text.js";

const MOST_GROUPS = 10;
const MOST_BODY_LINES = 15;
const LONGEST_BODY = 1200;

/** Results of one step that one exchange decided. */
interface Group {
  readonly step: string;
  readonly exchange: string | null;
  readonly results: readonly CheckResult[];
}

function groupsOf(results: readonly CheckResult[]): readonly Group[] {
  const groups = new Map<string, CheckResult[]>();
  for (const result of results) {
    const key = JSON.stringify([result.step, result.exchange]);
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ step: first.step, exchange: first.exchange, results: group }];
  });
}

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

function* groupLines(
  { step, exchange, results }: Group,
  { look, evidence }: { readonly look: Look; readonly evidence: Exchange | null },
): Generator<string> {
  const { paint } = look;
  const failed = results.some(({ ok }) => ok === false);
  const word = failed
    ? { text: "FAIL", paint: paint.red.bold }
    : { text: "UNDECIDED", paint: paint.yellow.bold };
  const number = exchange === null ? "" : `, #${look.text(exchange.replace(/^e(?=\d+$)/, ""))}`;
  yield* indented(look, 2, [word, { text: `  \`${look.text(step)}\`${number}` }]);
  for (const result of results) {
    // The answer below says it already.
    const told = result.note !== null && result.note === evidence?.error?.message;
    const words = expectationWords(told ? { ...result, note: null } : result, look.marks);
    yield* indented(look, { indent: 6, hang: 2 }, [{ text: look.text(words) }]);
  }
  if (!failed || evidence === null) return;
  yield* answerLines(evidence, look);
  for (const line of curlLines(evidence.request, look)) yield `      ${line}`;
}

/** Each expectation that did not hold or could not be decided, with what was answered and how to send it again. */
export const failedBlock: Block = function* ({ run, look }) {
  const groups = groupsOf(run.expectations.filter(({ ok }) => ok !== true));
  const shown = groups.slice(0, MOST_GROUPS);
  let curl = false;
  for (const group of shown) {
    const evidence = group.exchange === null ? null : run.exchange(group.exchange);
    curl ||= evidence !== null && group.results.some(({ ok }) => ok === false);
    yield* groupLines(group, { look, evidence });
  }
  const more = groups.length - shown.length;
  if (more > 0) {
    yield* indented(look, 2, [moreInJson(look, more, "more step")]);
  }
  if (curl && run.target.kind === "mock") {
    const text =
      "The mock of this run is gone, so the curl line is there to be read, or sent to a server of your own.";
    yield* indented(look, 6, [{ text, paint: look.paint.dim }]);
  }
};
