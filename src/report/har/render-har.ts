import { printableJson } from "../../core/printable.js";
import type { Exchange, Timings } from "../../journal/journal.js";
import type { Render, RunReport, RunSection } from "../report.js";
import { MOCK_RECORDER, mockWords, runTitle } from "../run-title.js";
import { harRequest, harResponse } from "./har-message.js";
import { createRunClock, harTimes, type RunClock } from "./har-times.js";

/** Nothing changes how a HAR is written. */
export type HarOptions = Readonly<Record<string, never>>;

/** µs resolution; more digits would be noise of a subtraction. */
function exactTimes({ startMs, sentMs, releasedMs, firstByteMs, endMs }: Timings): object {
  const exact = (timeMs: number | null): number | null =>
    timeMs === null ? null : Math.round(timeMs * 1000) / 1000;
  return {
    startMs: exact(startMs),
    sentMs: exact(sentMs),
    releasedMs: exact(releasedMs),
    firstByteMs: exact(firstByteMs),
    endMs: exact(endMs),
  };
}

/** What a journal knows of an exchange and HAR has no member for. */
function ownMembers(exchange: Exchange): object {
  const { id, step, attempt, writer, round, request, response, error, timings } = exchange;
  return {
    ...{ id, step, attempt, writer, round, correlationId: exchange.correlationId },
    requestSha256: request.bodySha256,
    responseSha256: response?.bodySha256,
    requestMissing: request.missing,
    responseMissing: response?.missing,
    truncated: response?.truncated === true ? true : undefined,
    error: error ?? undefined,
    timings: exactTimes(timings),
  };
}

function entryText(exchange: Exchange, page: string, clock: RunClock): string {
  const { startedDateTime, time, timings } = harTimes(exchange, clock);
  return JSON.stringify({
    pageref: page,
    startedDateTime,
    time,
    request: harRequest(exchange),
    response: harResponse(exchange),
    cache: {},
    timings,
    _gcidem: ownMembers(exchange),
  });
}

function pageId(index: number): string {
  return `run_${index + 1}`;
}

/** A run is what a HAR calls a page: developer tools show its title. */
function pageText(run: RunSection, index: number): string {
  const { id, scenario, target, seed, verdict, redacted } = run;
  const { name, file, sha256 } = scenario;
  return JSON.stringify({
    startedDateTime: run.startedAt,
    id: pageId(index),
    title: runTitle(run),
    pageTimings: { onContentLoad: -1, onLoad: -1 },
    _gcidem: {
      run: id,
      scenario: { name, file, sha256 },
      target: { kind: target.kind, baseUrl: target.baseUrl, policy: target.policy },
      ...{ seed, verdict, redacted },
    },
  });
}

function* listText(name: string, texts: Iterable<string>): Generator<string> {
  yield `    ${JSON.stringify(name)}: [`;
  let between = "\n      ";
  for (const text of texts) {
    yield between + text;
    between = ",\n      ";
  }
  yield between.startsWith(",") ? "\n    ]" : "]";
}

function* entryTexts(runs: readonly RunSection[]): Generator<string> {
  for (const [index, run] of runs.entries()) {
    const clock = createRunClock();
    for (const exchange of run.exchanges) yield entryText(exchange, pageId(index), clock);
  }
}

function isOnMock(runs: readonly RunSection[]): boolean {
  return runs.some((run) => mockWords(run) !== null);
}

function commentOf(runs: readonly RunSection[]): string {
  const callers = runs.some(({ redacted: { personal } }) => personal > 0)
    ? ", callers' data such as <personal:1>"
    : "";
  const redacted = `Secrets are placeholders such as <secret:1>${callers}; equal ones have equal placeholders.`;
  return isOnMock(runs) ? `Made on a MOCK: proves nothing about Genesys Cloud. ${redacted}` : redacted;
}

function* harText({ tool, runs }: RunReport): Generator<string> {
  // Whoever reads the file again says by whom it was recorded: then also on what.
  const name = isOnMock(runs) ? MOCK_RECORDER : tool.name;
  const { version } = tool;
  yield `{\n  "log": {\n    "version": "1.2",\n    "creator": ${JSON.stringify({ name, version })},\n`;
  yield `    "comment": ${JSON.stringify(commentOf(runs))},\n`;
  yield* listText("pages", runs.map(pageText));
  yield ",\n";
  yield* listText("entries", entryTexts(runs));
  yield "\n  }\n}\n";
}

/**
 * The exchanges as HAR 1.2, one entry a line, for developer tools, proxies and `gcidem diagnose`. What HAR has no member for
 * stands in `_gcidem`. Secrets are redacted as in the journal. Produced entry by entry. Pure.
 */
export const renderHar: Render<HarOptions> = function* (report): Generator<string> {
  for (const piece of harText(report)) yield printableJson(piece);
};
