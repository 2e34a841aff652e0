import { createHash } from "node:crypto";
import type { CheckResult, InvariantResult } from "../../src/check/check.js";
import { compareExchanges } from "../../src/compare/compare-exchanges.js";
import {
  correlationIdOf,
  type HeaderList,
  headerValue,
  isConflictStatus,
  isWrite,
} from "../../src/core/http.js";
import { tryParseJson } from "../../src/core/json.js";
import type { Exchange, ExchangeError, RaceReleased, ReceivedResponse } from "../../src/journal/journal.js";
import type { ReportStep, RunReport, RunSection, RunVerdict } from "../../src/report/report.js";
import { isUnformed } from "../../src/report/unformed.js";

/** What a fixture says of one exchange. */
export interface Sent {
  readonly step: string;
  readonly attempt?: number;
  readonly round?: number;
  readonly request: string;
  readonly headers?: HeaderList;
  readonly body?: string;
  /** Of a body that was redacted. */
  readonly bodyHash?: string;
  readonly status?: number;
  readonly answerHeaders?: HeaderList;
  readonly answer?: string;
  readonly truncated?: boolean;
  readonly error?: ExchangeError;
  readonly ms?: number;
  readonly writer?: number;
  /** In a race: its times from the run's start, in ms; `end: null` where the journal ends before it. */
  readonly at?: {
    readonly start: number;
    readonly sent: number;
    readonly released: number | null;
    readonly end: number | null;
  };
}

/** What a fixture says of one run. */
export interface Sketch {
  readonly name: string;
  readonly file?: string;
  readonly target?: Partial<RunSection["target"]>;
  readonly steps?: readonly (Partial<ReportStep> & { readonly id: string })[];
  readonly sent: readonly Sent[];
  readonly expectations?: readonly (Partial<CheckResult> & {
    readonly step: string;
    readonly line: number;
  })[];
  readonly stored?: Readonly<Record<string, string>>;
  readonly pairs?: readonly (readonly [string, string])[];
  readonly skipped?: RunSection["skipped"];
  readonly invariants?: readonly InvariantResult[];
  readonly races?: readonly RaceReleased[];
  readonly more?: Partial<RunSection>;
}

const BASE_URL = "http://127.0.0.1:45123";
const START = Date.UTC(2026, 10, 21, 22, 37, 5, 118);

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A UUID that is the same on each run. */
export function uuidOf(text: string): string {
  const hex = hash(text);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function responseOf(sent: Sent): ReceivedResponse | null {
  if (sent.error !== undefined) return null;
  const body = sent.answer ?? "";
  return {
    status: sent.status ?? 200,
    httpVersion: "1.1",
    headers: sent.answerHeaders ?? [],
    body,
    bodyEncoding: "utf8",
    bodySha256: hash(body),
    truncated: sent.truncated ?? false,
  };
}

function versionOf(response: ReceivedResponse | null): string | number | null {
  const node = tryParseJson(response?.body ?? "");
  const version = node?.kind === "object" ? new Map(node.members).get("version") : undefined;
  if (version?.kind === "string") return version.value;
  return version?.kind === "number" ? Number(version.text) : null;
}

/** Each exchange starts 3 ms after the one before, unless the fixture says when. */
function timingsOf(sent: Sent, index: number): Exchange["timings"] {
  const {
    start,
    sent: sentMs,
    released,
    end,
  } = sent.at ?? {
    ...{ start: index * 3, sent: index * 3 + 0.2, released: null },
    end: index * 3 + (sent.ms ?? 0.9),
  };
  return {
    startedAt: new Date(START + start).toISOString(),
    startMs: start,
    sentMs,
    releasedMs: released,
    firstByteMs: sent.error !== undefined || end === null ? null : sentMs + (end - sentMs) * 0.9,
    endMs: end,
  };
}

/** The exchange number `index` (from 0) of a run. */
export function exchangeOf(sent: Sent, index: number): Exchange {
  const [method = "GET", path = "/"] = sent.request.split(" ");
  const headers = sent.headers ?? [];
  const body = sent.body ?? "";
  const response = responseOf(sent);
  return {
    id: `e${index + 1}`,
    step: sent.step,
    attempt: sent.attempt ?? 1,
    writer: sent.writer ?? null,
    round: sent.round ?? 1,
    resource: null,
    request: {
      method,
      url: path.startsWith("/") ? BASE_URL + path : path,
      headers,
      body,
      bodyEncoding: "utf8",
      bodySha256: sent.bodyHash ?? hash(body),
    },
    response,
    error: sent.error ?? null,
    correlationId: correlationIdOf(response?.headers ?? []),
    idempotencyKey: headerValue(headers, "idempotency-key"),
    ifMatch: headerValue(headers, "if-match"),
    etag: headerValue(response?.headers ?? [], "etag"),
    version: versionOf(response),
    timings: timingsOf(sent, index),
  };
}

function stepOf(step: Partial<ReportStep> & { readonly id: string }, index: number): ReportStep {
  const kind = step.of === undefined ? (step.waitMs === undefined ? "request" : "wait") : "repeat";
  return {
    kind,
    of: null,
    mutated: false,
    section: "steps",
    waitMs: null,
    race: null,
    at: { file: "scenario.yaml", line: 10 + index * 4, column: 5 },
    ...step,
  };
}

function verdictOf(expectations: readonly CheckResult[], sketch: Sketch): RunVerdict {
  const { skipped = [], invariants = [], races = [] } = sketch;
  const truths = [...expectations.map(({ ok }) => ok), ...invariants.map(({ holds }) => holds)];
  if (truths.includes(false)) return "fail";
  if (skipped.length > 0 || truths.includes(null) || races.some(isUnformed)) return "inconclusive";
  return truths.length === 0 ? "not-judged" : "pass";
}

function countsOf(exchanges: readonly Exchange[]): RunSection["counts"] {
  return {
    exchanges: exchanges.length,
    writes: exchanges.filter(({ request }) => isWrite(request.method, [])).length,
    conflicts: exchanges.filter(({ response }) => response !== null && isConflictStatus(response.status))
      .length,
    failures: exchanges.filter(({ error }) => error !== null && error.phase !== "refused").length,
    refused: exchanges.filter(({ error }) => error?.phase === "refused").length,
  };
}

/** Makes a run as the session would have made it from a journal. */
export function runOf(sketch: Sketch): RunSection {
  const file = sketch.file ?? "scenarios/basics/example.yaml";
  const exchanges = sketch.sent.map(exchangeOf);
  const byId = new Map(exchanges.map((exchange) => [exchange.id, exchange]));
  const get = (id: string): Exchange => {
    const found = byId.get(id);
    if (found === undefined) throw new Error(`the fixture has no exchange ${id}`);
    return found;
  };
  const expectations = (sketch.expectations ?? []).map(
    ({ line, ...result }): CheckResult => ({
      round: 1,
      exchange: exchanges.findLast(({ step }) => step === result.step)?.id ?? null,
      what: "status",
      expected: 200,
      actual: 200,
      ok: true,
      note: null,
      at: { file, line, column: 15 },
      ...result,
    }),
  );
  const skipped = sketch.skipped ?? [];
  return {
    id: "20261121T223705Z-example-1a2b3c",
    folder: ".gcidem/runs/20261121T223705Z-example-1a2b3c",
    scenario: { name: sketch.name, description: "", file, sha256: hash(sketch.name) },
    target: {
      ...{ kind: "mock", baseUrl: BASE_URL, policy: "forum-lore" },
      policyDescription: "What forum posts believe.",
      ...sketch.target,
    },
    seed: 1,
    startedAt: new Date(START).toISOString(),
    durationMs: exchanges.length * 2.5,
    interrupted: false,
    verdict: verdictOf(expectations, sketch),
    counts: countsOf(exchanges),
    steps: (sketch.steps ?? []).map(stepOf),
    skipped,
    exchanges,
    exchange: get,
    diffs: (sketch.pairs ?? []).map(([base, other]) => compareExchanges(get(base), get(other))),
    expectations,
    diagnoses: [],
    invariants: sketch.invariants ?? [],
    races: sketch.races ?? [],
    storedAnswers: sketch.stored ?? {},
    redacted: { secrets: 1, personal: 0 },
    ...sketch.more,
  };
}

/** Makes a report of some runs. */
export function reportOf(...runs: readonly RunSection[]): RunReport {
  const count = (verdict: RunVerdict): number => runs.filter((run) => run.verdict === verdict).length;
  const sum = (name: keyof RunSection["counts"]): number =>
    runs.reduce((total, { counts }) => total + counts[name], 0);
  return {
    tool: { name: "gcidem", version: "0.1.0" },
    summary: {
      scenarios: runs.length,
      passed: count("pass"),
      failed: count("fail"),
      inconclusive: count("inconclusive"),
      notJudged: count("not-judged"),
      exchanges: sum("exchanges"),
      writes: sum("writes"),
      conflicts: sum("conflicts"),
    },
    runs,
  };
}
