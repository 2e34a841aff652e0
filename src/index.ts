import { createConfirm } from "./confirm/confirm-causes.js";
import type { AdjustableClock, Clock } from "./core/clock.js";
import { parseDuration } from "./core/duration.js";
import { GcidemError } from "./core/errors.js";
import { diagnoseConfirmed } from "./diagnose/confirmed.js";
import type { DiagnoseOptions, Diagnosis } from "./diagnose/diagnose.js";
import type { Exchange } from "./journal/journal.js";
import type { Mock, MockOptions } from "./mock/mock.js";
import { startMock as startMockServer } from "./mock/start-mock.js";
import type { Policy } from "./policy/policy.js";
import { presetPolicy } from "./policy/presets.js";
import { parsePolicy as parsePolicyFile } from "./policy/read-policy.js";
import type { RunReport, RunSection } from "./report/report.js";
import { loadScenario } from "./scenario/load-scenario.js";
import type { Scenario } from "./scenario/scenario.js";
import { choosePolicy } from "./session/choose-policy.js";
import { diagnoseAll } from "./session/diagnose-journal.js";
import { exchangesOfHar, type RecordedExchanges } from "./session/from-har.js";
import { loadScenarioFile, loadScenarioText } from "./session/load-files.js";
import { readMockAddress } from "./session/mock-address.js";
import { replayScenarios } from "./session/replay.js";
import { readyScenario } from "./session/run-scenario.js";
import type { Rounds, SessionOptions, TargetChoice } from "./session/session.js";

export type { CheckResult } from "./check/check.js";
export type { ExchangeDiff } from "./compare/compare.js";
export { GcidemError, type Problem, type SourcePosition } from "./core/errors.js";
export type { DiagnoseOptions, Diagnosis } from "./diagnose/diagnose.js";
export { checkHistory } from "./history/check-history.js";
export type { Anomaly, CheckOptions, Operation, Verdict, Version } from "./history/history.js";
export type { Exchange } from "./journal/journal.js";
export type { Mock, TraceEntry } from "./mock/mock.js";
export type { Policy } from "./policy/policy.js";
export type { RunReport, RunSection, RunVerdict } from "./report/report.js";
export type { Scenario } from "./scenario/scenario.js";
export type { RecordedExchanges } from "./session/from-har.js";

/** How {@link replay} runs a scenario. Everything is optional; without anything it runs on the embedded mock. */
export interface ReplayOptions {
  /**
   * `mock`, `mock+http://HOST:PORT` (or `mock+https://`) of a `gcidem mock` on loopback, or the base URL of an HTTP API without credentials,
   * query or fragment. Default `mock`.
   */
  readonly target?: string;
  /** What the mock obeys, over the scenario's own policy: a preset's name, a file, or a parsed policy. */
  readonly policy?: string | Policy;
  readonly seed?: number;
  readonly vars?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Folder for journals. Default `.gcidem/runs`. */
  readonly out?: string;
  /** For each request, in ms. Default: the scenario's own, else 30,000. */
  readonly timeoutMs?: number;
  /** Run it so often, each time on a mock that begins anew with the next seed; `reproduction` says how often it hit. */
  readonly rounds?: number;
  /** Run it until a round has a conflict or a violated invariant, at most so often. Not together with `rounds`. */
  readonly untilConflict?: number;
  /** How the requests of a race are made to arrive together. Default `auto`. */
  readonly releaseTechnique?: "auto" | "h2" | "last-byte" | "warm" | "naive";
  /**
   * Sends what settles the causes that a round leaves open as well, at its end, as `--confirm` does: at most 20 experiments
   * a run. They stand among the exchanges as `confirm-1/again` and the like. Default false.
   */
  readonly confirm?: boolean;
  /** Leave to write to a server that is neither the mock nor plain loopback. */
  readonly allowWrites?: boolean;
  readonly allowDestructive?: boolean;
  /** Ends the run early; clean-up still runs. */
  readonly signal?: AbortSignal;
}

function chooseTarget(target: string): TargetChoice {
  if (target === "mock") return { kind: "mock" };
  if (target.startsWith("mock+")) return { kind: "mock", at: readMockAddress(target) };
  return { kind: "http", baseUrl: target.replace(/\/+$/, "") };
}

/** @throws GcidemError `usage` for an object that lacks dimensions, as the text of a policy file may */
function toPolicy(policy: string | Policy | undefined): Policy | null {
  if (policy === undefined) return null;
  if (typeof policy === "string") return choosePolicy(policy);
  const missing = Object.keys(presetPolicy("documented")).filter((name) => !Object.hasOwn(policy, name));
  if (missing.length === 0) return policy;
  throw new GcidemError("usage", `the policy that was given lacks ${missing.join(", ")}`, {
    hint: "give a preset's name, a file, or what parsePolicy makes of a policy's text",
  });
}

/** @throws GcidemError `usage` */
function toRounds({ rounds, untilConflict }: ReplayOptions): Rounds | null {
  if (rounds !== undefined && untilConflict !== undefined) {
    throw new GcidemError("usage", "rounds and untilConflict are given together, expected one of them");
  }
  const most = rounds ?? untilConflict;
  if (most === undefined) return null;
  if (Number.isInteger(most) && most >= 1) return { most, untilConflict: rounds === undefined };
  throw new GcidemError("usage", `found ${most} rounds, expected a whole number from 1 on`);
}

function toSessionOptions(options: ReplayOptions): SessionOptions {
  const interrupt = options.signal ?? new AbortController().signal;
  const observer: SessionOptions["observer"] = { onStep: () => {}, onWarning: () => {} };
  const { onWarning } = observer;
  const confirm = createConfirm({ explain: diagnoseConfirmed, onWarning, interrupt });
  return {
    ...(options.confirm === true ? { confirm } : {}),
    target: chooseTarget(options.target ?? "mock"),
    policy: toPolicy(options.policy),
    seed: options.seed ?? null,
    given: new Map(Object.entries(options.vars ?? {})),
    headers: Object.entries(options.headers ?? {}),
    allowedEnv: [],
    env: process.env,
    runsFolder: options.out ?? ".gcidem/runs",
    runsFolderIgnored: options.out === undefined,
    timeoutMs: options.timeoutMs ?? null,
    maxWaitMs: 60_000,
    maxRequests: null,
    rounds: toRounds(options),
    technique: options.releaseTechnique ?? "auto",
    ca: null,
    safety: {
      readOnly: false,
      allowWrites: options.allowWrites ?? false,
      allowDestructive: options.allowDestructive ?? false,
      only: [],
    },
    bail: false,
    requireExpectations: false,
    interrupt,
    observer,
  };
}

/** The journal is closed afterwards, so its exchanges are read into memory. */
function inMemory(section: RunSection): RunSection {
  const exchanges = [...section.exchanges];
  const byId = new Map(exchanges.map((each) => [each.id, each]));
  return { ...section, exchanges, exchange: (id) => byId.get(id) ?? section.exchange(id) };
}

/**
 * Runs one scenario and reports on it, as `gcidem replay` does. Sends requests and writes a journal.
 *
 * @param scenario path of a scenario file, or a scenario's YAML text (anything with a line break)
 * @throws GcidemError `invalid-file` with every problem of the file, `usage`, `refused` or `output`; a status code or a
 * failed expectation is data in the report, never an exception.
 * @example
 * const report = await replay("scenarios/basics/repeated-key.yaml");
 * expect(report.summary.failed).toBe(0);
 */
export async function replay(scenario: string, options: ReplayOptions = {}): Promise<RunReport> {
  const loaded = scenario.includes("\n")
    ? loadScenarioText(scenario, "<text>", null)
    : loadScenarioFile(scenario);
  const result = await replayScenarios([readyScenario(loaded)], toSessionOptions(options));
  try {
    return { ...result.report, runs: result.report.runs.map(inMemory) };
  } finally {
    result.close();
  }
}

/**
 * Explains each refusal, and what else is wrong, in exchanges in the order of their sending: those of a report's run, or
 * of {@link fromHar}. For one exchange the most likely cause comes first. Pure.
 *
 * `options` default to what the recording says of itself; exchanges of gcidem's own have known times and exact bodies.
 * @throws GcidemError `usage` for more exchanges than can be diagnosed at once (100,000).
 * @example
 * diagnose(fromHar(await readFile("export.har", "utf8"))).map(({ exchange, cause }) => `${exchange}: ${cause}`);
 */
export function diagnose(
  exchanges: Iterable<Exchange> | RecordedExchanges,
  options: DiagnoseOptions = "recording" in exchanges ? exchanges.recording : {},
): readonly Diagnosis[] {
  const { diagnoses, notDiagnosed } = diagnoseAll(exchanges, options);
  if (notDiagnosed !== null) throw new GcidemError("usage", notDiagnosed);
  return diagnoses;
}

/**
 * Reads the text of a HAR 1.1 or 1.2 into exchanges, redacted, in the order of their sending; `recording` says what is
 * missing. Page assets and preflights are left out. Pure but for a random key, under which redacted bodies are hashed.
 * @throws GcidemError `invalid-file` with the position where not one whole entry can be had.
 * @example fromHar(text).filter(({ response }) => response?.status === 409).length
 */
export function fromHar(text: string): RecordedExchanges {
  return exchangesOfHar(text);
}

/**
 * Reads a scenario's YAML text. Pure.
 * @throws GcidemError `invalid-file` with every problem of the text, each with line and column.
 * @example parseScenario("name: x\nsteps:\n  - request: GET /api/v2/users/me\n").steps.length // 1
 */
export function parseScenario(text: string): Scenario {
  return loadScenario(text, "<text>");
}

/**
 * Reads a policy's YAML text. Pure.
 * @throws GcidemError `invalid-file` with every problem of the text, each with line and column.
 * @example parsePolicy("extends: rfc9110\nrateLimit: null\n").name
 */
export function parsePolicy(text: string): Policy {
  return parsePolicyFile(text, "<text>");
}

/** The clock of {@link startMock}: it runs with the world. With a Redis store it is that of all mocks on it. */
export interface MockClock extends Clock {
  /**
   * Moves the mock's time on: by ms, or by a duration such as `15m`. Keys, tokens and locks age with it.
   * @throws RangeError for anything else
   */
  readonly advance: (by: number | string) => Promise<void>;
}

function mockClock(clock: AdjustableClock): MockClock {
  const advance = async (by: number | string): Promise<void> => {
    const durationMs = typeof by === "number" ? by : parseDuration(by);
    if (durationMs === null || !(durationMs >= 0) || durationMs === Number.POSITIVE_INFINITY) {
      throw new RangeError(`found ${JSON.stringify(by)}, expected ms from 0 on or a duration such as "15m"`);
    }
    await clock.advance(durationMs);
  };
  return { ...clock, advance };
}

/**
 * Serves the mock org on a loopback port, at real speed plus what `clock.advance` adds. Owns a socket and, with a Redis
 * store, a connection to it: close it.
 *
 * `policy` is a preset's name, a file or a parsed policy (default: documented); `store` is `memory` or
 * `redis://HOST:PORT`; `tls` is true for a certificate made now, or a certificate and its key as PEM; `port` 0 is any.
 * @throws GcidemError `usage` for a taken port or a store out of reach, `invalid-file` for a bad policy file.
 * @example
 * const mock = await startMock({ policy: "documented" });
 * await fetch(`${mock.url}/api/v2/users/me`, { headers: { authorization: `Bearer ${mock.token(null, "valid")}` } });
 * await mock.close();
 */
export async function startMock(
  options: Omit<MockOptions, "policy" | "clock"> & { readonly policy?: string | Policy } = {},
): Promise<Omit<Mock, "clock"> & { readonly clock: MockClock }> {
  const policy = toPolicy(options.policy) ?? presetPolicy("documented");
  const mock = await startMockServer({ ...options, policy });
  return { ...mock, clock: mockClock(mock.clock) };
}
