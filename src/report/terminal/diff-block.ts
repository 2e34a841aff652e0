import type { ExchangeDiff, MessageDiff } from "../../compare/compare.js";
import type { Exchange, SentRequest } from "../../journal/journal.js";
import type { RunSection } from "../report.js";
import { answerWords, outcomeOf, painterOf, toneOf } from "./answer-words.js";
import { type Block, counted, grouped, indented, moreInJson, underLabel } from "./block.js";
import { arrow, bodyLines, type DiffLine, headerLines } from "./diff-lines.js";
import type { Look } from "./look.js";
import { cutEnd } from "./shorten.js";
import { GLUE } from "./wrap-text.js";

const MOST_SHOWN = 30;
const LONGEST_WORDS = 400;

interface Compared {
  readonly diff: ExchangeDiff;
  readonly base: Exchange;
  readonly other: Exchange;
  readonly stored: boolean;
}

function isEmpty(diff: MessageDiff | null): boolean {
  return diff === null || (diff.bodies === "identical" && diff.headers.length === 0);
}

/** True where nothing but what always differs is different. */
function isSameAgain(diff: ExchangeDiff): boolean {
  const { request, status, error } = diff;
  const sent =
    isEmpty(request) && request.method[0] === request.method[1] && request.url[0] === request.url[1];
  return sent && status[0] === status[1] && error[0] === error[1] && isEmpty(diff.response);
}

/** The comparisons to show: where there are many, first those in which something differs. */
export function shownDiffs({ diffs }: RunSection): readonly ExchangeDiff[] {
  if (diffs.length <= MOST_SHOWN) return diffs;
  const different = diffs.filter((diff) => !isSameAgain(diff)).slice(0, MOST_SHOWN);
  const chosen = new Set([
    ...different,
    ...diffs.filter(isSameAgain).slice(0, MOST_SHOWN - different.length),
  ]);
  return diffs.filter((diff) => chosen.has(diff));
}

function sizeOf(request: SentRequest, look: Look): string {
  const { body, bodyEncoding, bodySha256 } = request;
  if (body === "") return "no body";
  const bytes = counted(Buffer.byteLength(body, bodyEncoding), "byte");
  // A hash under a key of this run is of no use to anybody else.
  if (bodySha256.startsWith("hmac-")) return `${bytes}, redacted`;
  return `${bytes}, sha256 ${look.text(bodySha256.slice(0, 4))}${look.marks.ellipsis}`;
}

function sameBody(
  diff: MessageDiff,
  { base, other, look }: { readonly base: SentRequest; readonly other: SentRequest; readonly look: Look },
): DiffLine | null {
  if (diff.bodies === "identical")
    return [{ text: `body identical (${sizeOf(other, look)})`.replaceAll(" ", GLUE) }];
  if (diff.bodies === "unknown") return [{ text: "body not comparable: it was redacted or cut" }];
  if (diff.bodies === "changed") return null;
  const [before, after] = [base, other].map(({ body }) => grouped(Buffer.byteLength(body)));
  const how = diff.respelled.join(", ");
  return [{ text: `body same JSON, other bytes: ${how} (${before} -> ${after} bytes)` }];
}

function sentLines({ diff, base, other }: Compared, look: Look): readonly DiffLine[] {
  const { request } = diff;
  const line = (name: string, [from, to]: readonly [string, string]): readonly DiffLine[] =>
    from === to ? [] : [[{ text: `${name}  ` }, ...arrow(look.text(from), look.text(to), look)]];
  const elsewhere = [
    ...line("method", request.method),
    ...line("URL", request.url),
    ...headerLines(request, look),
  ];
  const body = sameBody(request, { base: base.request, other: other.request, look });
  if (elsewhere.length === 0 && request.bodies === "identical")
    return [[{ text: `identical (${sizeOf(other.request, look)})` }]];
  return [...elsewhere, ...(body === null ? [] : [body]), ...bodyLines(request, look)];
}

/** What is the same about two answers, in a few words. */
function sameness({ diff, base, other }: Compared): readonly string[] {
  const words: string[] = [];
  const { response } = diff;
  if (response?.bodies === "identical")
    words.push(other.response?.body === "" ? "no body" : "body identical");
  if (response?.bodies === "same-json")
    words.push(`body same JSON, other bytes (${response.respelled.join(", ")})`);
  if (response?.bodies === "unknown") words.push("body not comparable (redacted or cut)");
  if (response?.bodies === "changed" && response.body.length === 0)
    words.push("body the same but for its correlation ID");
  if (diff.correlationIdDiffers) words.push("correlation ID differs");
  else if (base.correlationId !== null && base.correlationId === other.correlationId)
    words.push("same correlation ID");
  if (diff.folded > 0) words.push(`folded ${diff.folded}`);
  return words;
}

/** True where one answer is an error and the other is not: their bodies have nothing to compare. */
function changedSides({ base, other }: Compared): boolean {
  const failed = ({ response }: Exchange): boolean => response !== null && response.status >= 400;
  return failed(base) !== failed(other);
}

function outcomeLine(compared: Compared, look: Look): DiffLine {
  const { base, other } = compared;
  const shown = (exchange: Exchange): string => {
    const outcome = look.text(outcomeOf(exchange));
    return exchange.response === null ? `no answer (${outcome})` : outcome;
  };
  const [before, after] = [shown(base), shown(other)];
  if (before !== after) {
    return [
      { text: before, paint: painterOf(toneOf(base), look) },
      { text: ` ->${GLUE}` },
      { text: after, paint: painterOf(toneOf(other), look) },
    ];
  }
  const words = [`${before} = ${after}`, ...sameness(compared)].map((each) => each.replaceAll(" ", GLUE));
  return [{ text: words.join("   ") }];
}

function answeredLines(compared: Compared, look: Look): readonly DiffLine[] {
  const { diff, other } = compared;
  const lines = [outcomeLine(compared, look)];
  const { response } = diff;
  if (response === null) return lines;
  lines.push(...headerLines(response, look));
  if (!changedSides(compared)) return [...lines, ...bodyLines(response, look)];
  const words =
    other.response === null ? "" : cutEnd(look.text(answerWords(other.response)), LONGEST_WORDS, look.marks);
  return [...lines, [{ text: `body${GLUE}${GLUE}${GLUE}${words}` }]];
}

function nameOf({ step, attempt, round, id }: Exchange, run: RunSection, look: Look): string {
  const many = run.diffs.length > 1 && run.steps.every((each) => each.id !== step);
  const more = [
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
    ...(round > 1 ? [`round ${round}`] : []),
    ...(many ? [id] : []),
  ];
  return look.text(more.length === 0 ? step : `${step} (${more.join(", ")})`);
}

function* part(look: Look, label: string, lines: readonly DiffLine[]): Generator<string> {
  for (const [index, line] of lines.entries()) {
    yield* underLabel(look, { indent: 6, text: index === 0 ? label : "", width: 10, hang: 7 }, line);
  }
}

function* comparison(compared: Compared, run: RunSection, look: Look): Generator<string> {
  const { base, other, stored } = compared;
  const { bold } = look.paint;
  const title = [
    { text: nameOf(other, run, look), paint: bold },
    { text: " against " },
    { text: nameOf(base, run, look), paint: bold },
    ...(stored ? [{ text: ": stored answer returned" }] : []),
  ];
  yield* indented(look, 2, title);
  yield* part(look, "sent", sentLines(compared, look));
  yield* part(look, "answered", answeredLines(compared, look));
}

/** Each repeat against the step that it repeats, and what `compare` puts side by side. */
export const diffBlock: Block = function* ({ run, look }) {
  const shown = shownDiffs(run);
  for (const diff of shown) {
    const stored = run.storedAnswers[diff.other] === diff.base;
    yield* comparison(
      { diff, base: run.exchange(diff.base), other: run.exchange(diff.other), stored },
      run,
      look,
    );
  }
  const more = run.diffs.length - shown.length;
  if (more > 0) {
    yield* indented(look, 2, [moreInJson(look, more, "more comparison")]);
  }
};
