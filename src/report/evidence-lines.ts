import type { Exchange } from "../journal/journal.js";
import { type DiagnosisGroup, groupDiagnoses, isSettled } from "./group-diagnoses.js";
import { PLAIN_LOOK } from "./plain-look.js";
import type { RunSection } from "./report.js";
import { capped, lineText } from "./safe-text.js";
import { outcomeOf } from "./terminal/answer-words.js";
import { grouped } from "./terminal/block.js";
import { curlLines } from "./terminal/curl-line.js";
import { decodedBody } from "./terminal/decoded-body.js";
import { couldBeWords, evidenceWords, numberOf, sentence, settledWords } from "./terminal/diagnosis-words.js";
import { durationOf, formatMs } from "./terminal/exchange-cells.js";

const LONGEST_URL = 2000;
const LONGEST_VALUE = 500;
const LONGEST_BODY = 2000;
/** Nobody copies more out of a log. In characters. */
const LONGEST_CURL = 8000;
const MOST_BODY_LINES = 40;

/** What was sent and how it was answered, with what support asks for: a line each. Pure. */
export function exchangeLines(exchange: Exchange): readonly string[] {
  const { id, request, correlationId, idempotencyKey, ifMatch, timings } = exchange;
  const ms = durationOf(exchange);
  const value = (text: string): string => lineText(capped(text, LONGEST_VALUE));
  return [
    `${numberOf(id)}  ${lineText(request.method)} ${lineText(capped(request.url, LONGEST_URL))}`,
    `answered  ${lineText(outcomeOf(exchange))}${ms === null ? "" : ` after ${formatMs(ms)} ms`}`,
    `sent at  ${lineText(timings.startedAt)}`,
    `correlation ID  ${correlationId === null ? "none" : value(correlationId)}`,
    ...(idempotencyKey === null ? [] : [`idempotency key  ${value(idempotencyKey)}`]),
    ...(ifMatch === null ? [] : [`If-Match  ${value(ifMatch)}`]),
  ];
}

/** The body of an answer, as much of it as helps, or why there is none. Pure. */
export function answerLines({ response, error }: Exchange): readonly string[] {
  if (response === null) return [lineText(capped(error?.message ?? "no answer", LONGEST_BODY))];
  const body = decodedBody(response);
  const size = `${grouped(Buffer.byteLength(response.body, response.bodyEncoding))} bytes`;
  if (body === null) return [`${size}, not text`];
  if (body === "") return ["no body"];
  const lines = body.slice(0, LONGEST_BODY).split("\n").slice(0, MOST_BODY_LINES);
  const whole = lines.join("\n").length === body.length && !response.truncated;
  return [...lines.map(lineText), ...(whole ? [] : [`… ${size} in the JSON report`])];
}

/** One curl command, whole or not at all; secrets are the placeholders that the journal has. Pure. */
export function curlCommand({ request }: Exchange): readonly string[] {
  const lines = curlLines(request, PLAIN_LOOK);
  const length = lines.join("\n").length;
  if (length <= LONGEST_CURL) return lines;
  return [`# a curl command of ${grouped(length)} characters: the HAR report has the request whole`];
}

function groupLines(group: DiagnosisGroup): readonly string[] {
  const [first] = group.candidates;
  const evidence = evidenceWords(first.evidence, PLAIN_LOOK);
  return [
    isSettled(group)
      ? `cause  ${settledWords(group)}`
      : `cause  not settled; could be ${couldBeWords(group)}`,
    `why  ${sentence(first.explanation, PLAIN_LOOK)}`,
    ...(evidence === "" ? [] : [`evidence  ${evidence}`]),
    ...(first.remedy === "" ? [] : [`do  ${sentence(first.remedy, PLAIN_LOOK)}`]),
  ];
}

/** What is said of one exchange: cause, why, evidence and what to do; nothing where nothing is known. Pure. */
export function createCauseTeller(run: RunSection): (exchange: string) => readonly string[] {
  let byExchange: Map<string, DiagnosisGroup[]> | null = null;
  return (exchange) => {
    if (byExchange === null) {
      byExchange = new Map();
      for (const group of groupDiagnoses(run.diagnoses)) {
        const known = byExchange.get(group.exchange);
        if (known === undefined) byExchange.set(group.exchange, [group]);
        else known.push(group);
      }
    }
    return (byExchange.get(exchange) ?? []).flatMap(groupLines);
  };
}
