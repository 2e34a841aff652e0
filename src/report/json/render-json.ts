import type { CheckResult, InvariantResult } from "../../check/check.js";
import { formatPosition } from "../../core/errors.js";
import { printableJson } from "../../core/printable.js";
import type { Exchange, NotRemoved, RaceReleased, Timings } from "../../journal/journal.js";
import type { Render, RunReport, RunSection } from "../report.js";
import { curlCommand } from "../terminal/curl-line.js";
import { comparisonJsonText } from "./comparison-json-text.js";
import { diagnosisJsonText } from "./diagnosis-json-text.js";
import { diffJsonText } from "./diff-json-text.js";

/** Everything that a reader of `gcidem-report/1` may rely on is in scenarios/report.schema.json. */
export type JsonOptions = Readonly<Record<string, never>>;

/** µs resolution; more digits would be noise of the subtraction. */
function toMicroseconds(timeMs: number | null): number | null {
  return timeMs === null ? null : Math.round(timeMs * 1000) / 1000;
}

function timingsOf(timings: Timings): Timings {
  return {
    startedAt: timings.startedAt,
    startMs: toMicroseconds(timings.startMs) ?? 0,
    sentMs: toMicroseconds(timings.sentMs),
    releasedMs: toMicroseconds(timings.releasedMs),
    firstByteMs: toMicroseconds(timings.firstByteMs),
    endMs: toMicroseconds(timings.endMs),
  };
}

function exchangeText(exchange: Exchange): string {
  const { id, step, attempt, writer, round, resource, request, response, error } = exchange;
  const { correlationId, idempotencyKey, ifMatch, etag, version } = exchange;
  return JSON.stringify({
    ...{ id, step, attempt, writer, round, resource, request, response, error },
    ...{ correlationId, idempotencyKey, ifMatch, etag, version },
    timings: timingsOf(exchange.timings),
  });
}

function expectationText(result: CheckResult): string {
  const { step, round, exchange, what, ok, note, among } = result;
  const [expected, actual] = [result.expected ?? null, result.actual ?? null];
  return JSON.stringify({
    step,
    round,
    exchange,
    what,
    expected,
    actual,
    ok,
    note,
    ...(among === undefined ? {} : { among }),
    at: formatPosition(result.at),
  });
}

function notRemovedObject({ step, round, reason, exchange, request }: NotRemoved): object {
  return { step, round, reason, exchange, command: request === null ? null : curlCommand(request) };
}

function raceText(race: RaceReleased): string {
  const { step, waves, round, technique, arrivalSource, earlyAnswers, requests, held, formed, notes } = race;
  return JSON.stringify({
    ...{ step, wave: waves, round, technique },
    releasedMs: toMicroseconds(race.releasedMs),
    clientSpreadMs: toMicroseconds(race.clientSpreadMs),
    arrivalSpreadMs: toMicroseconds(race.arrivalSpreadMs),
    ...{ arrivalSource, earlyAnswers, requests, held, formed, notes },
  });
}

function invariantText(result: InvariantResult): string {
  const { step, name, holds, rounds, violatedRounds, evidence, explanation, startMs } = result;
  return JSON.stringify({
    ...{ step, name, holds, rounds, violatedRounds, evidence, explanation },
    ...(startMs === undefined ? {} : { startMs: toMicroseconds(startMs) }),
    at: formatPosition(result.at),
  });
}

/** A list, one element a line, never held whole. */
function* listText<T>(name: string, items: Iterable<T>, text: (item: T) => string): Generator<string> {
  yield `  ${JSON.stringify(name)}: [`;
  let between = "\n    ";
  for (const item of items) {
    yield between + text(item);
    between = ",\n    ";
  }
  yield between.startsWith(",") ? "\n  ]" : "]";
}

function membersText(members: object): string {
  return Object.entries(members)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    .join(",\n");
}

function headOf(run: RunSection): object {
  const { name, file, sha256 } = run.scenario;
  const { kind, baseUrl, policy } = run.target;
  return {
    id: run.id,
    folder: run.folder,
    scenario: { name, file, sha256 },
    target: { kind, baseUrl, policy },
    seed: run.seed,
    startedAt: run.startedAt,
    durationMs: toMicroseconds(run.durationMs),
    interrupted: run.interrupted,
    verdict: run.verdict,
    reproduction: run.reproduction,
    recording: run.recording,
    settling: run.settling,
    confirmedOn: run.confirmedOn,
    notDiagnosed: run.notDiagnosed,
    plan: run.plan,
    notRemoved: run.notRemoved?.map(notRemovedObject),
  };
}

function* runText(run: RunSection): Generator<string> {
  yield `{\n${membersText(headOf(run))},\n`;
  yield* listText("exchanges", run.exchanges, exchangeText);
  yield ",\n";
  yield* listText("skipped", run.skipped, JSON.stringify);
  yield ",\n";
  yield* listText("races", run.races, raceText);
  yield ",\n";
  yield* listText("diffs", run.diffs, diffJsonText);
  yield ",\n";
  yield* listText("comparisons", run.comparisons ?? [], comparisonJsonText);
  yield ",\n";
  yield* listText("expectations", run.expectations, expectationText);
  yield ",\n";
  yield* listText("diagnoses", run.diagnoses, diagnosisJsonText);
  yield ",\n";
  yield* listText("invariants", run.invariants, invariantText);
  yield ",\n";
  yield `${membersText({ redacted: run.redacted })}\n}`;
}

function* reportText(report: RunReport): Generator<string> {
  yield `{\n${membersText({ schema: "gcidem-report/1", tool: report.tool, summary: report.summary })},\n  "runs": [`;
  let between = "";
  for (const run of report.runs) {
    yield between;
    yield* runText(run);
    between = ", ";
  }
  yield "]\n}\n";
}

/**
 * The JSON report (`gcidem-report/1`): one document, one exchange a line, produced exchange by exchange so that a run of
 * any length fits into memory. What a server sent cannot drive the terminal that it is printed on. Pure.
 */
export const renderJson: Render<JsonOptions> = function* (report: RunReport): Generator<string> {
  for (const piece of reportText(report)) yield printableJson(piece);
};
