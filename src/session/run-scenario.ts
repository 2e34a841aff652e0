import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRedactor, isSecretHeader, type Redactor } from "../core/redact.js";
import type { Target, TargetManners, TargetNames } from "../core/target.js";
import { VERSION } from "../core/version.js";
import {
  createJournal,
  type JournalInMemory,
  type JournalWriter,
  newRunId,
} from "../journal/create-journal.js";
import type { Exchange, JournalNames, JournalRecord, RunEnded, RunStarted } from "../journal/journal.js";
import type { Room } from "../journal/journal-memory.js";
import type { WholeRun } from "../journal/read-journal.js";
import { buildPlan } from "../plan/build-plan.js";
import type { RunPlan } from "../plan/plan.js";
import { executePlan } from "../run/execute-plan.js";
import type { RunOptions, RunOutcome } from "../run/run.js";
import type { Transport } from "../transport/transport.js";
import { allowedOriginsOf } from "./allowed-origins.js";
import { type BuiltSection, buildSection } from "./build-section.js";
import { profileSecrets } from "./credential-travel.js";
import { requestGate } from "./judge-writes.js";
import { resolveInside } from "./load-files.js";
import { openRunJournal, openWholeRun, recordedRules } from "./open-run-journal.js";
import { openTarget } from "./open-target.js";
import { openTransport } from "./open-transport.js";
import { hideInScenario, personalLiterals } from "./personal-literals.js";
import { targetPersonal } from "./personal-rules.js";
import { redactionOf } from "./redaction-of.js";
import { literalHeaders, secretLiterals } from "./secret-literals.js";
import type { LoadedScenario, SessionOptions, Signal } from "./session.js";
import type { TargetAccess } from "./target-access.js";
import { type RoundWatch, watchRounds } from "./watch-rounds.js";

/** A scenario that is ready to run: checked against the options, nothing sent yet. */
export interface ReadyScenario {
  readonly loaded: LoadedScenario;
  readonly plan: RunPlan;
}

/** Makes the plan of a loaded scenario. Pure. */
export function readyScenario(loaded: LoadedScenario): ReadyScenario {
  return { loaded, plan: buildPlan(loaded.scenario) };
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** Everything that one run holds open. */
interface Opened {
  readonly target: Target;
  readonly journal: JournalInMemory;
  readonly watch: RoundWatch;
  readonly redactor: Redactor;
  readonly seed: number;
}

/** On the mock a seed makes a run repeatable; elsewhere equal ids would collide with those of an earlier run. */
function seedOf(ready: ReadyScenario, options: SessionOptions): number {
  if (options.seed !== null) return options.seed;
  return options.target.kind === "mock" ? (ready.loaded.scenario.seed ?? 1) : randomInt(2 ** 31);
}

function learnSecrets(redactor: Redactor, ready: ReadyScenario, options: SessionOptions): void {
  for (const [name, value] of options.headers) if (isSecretHeader(name)) redactor.headers([[name, value]]);
  if (options.target.kind === "profile")
    for (const secret of profileSecrets(options.target.profile)) redactor.learn(secret);
  for (const { name } of ready.plan.scenario.envNames) redactor.learn(options.env[name] ?? "");
  const { members = [] } = options.rules?.redaction ?? {};
  for (const value of secretLiterals(ready.plan.scenario, members)) redactor.learn(value);
  redactor.headers(literalHeaders(ready.plan.scenario));
}

/** The scenario's text as the journal keeps it. What its author wrote of callers is personal from here on. */
function storedText({ loaded, plan }: ReadyScenario, redactor: Redactor, options: SessionOptions): string {
  const secretless = redactor.text(loaded.text);
  const { keep = [], given, target } = options;
  if (!targetPersonal(target, { keep, text: loaded.text }).everywhere) return secretless;
  return hideInScenario(secretless, personalLiterals(plan.scenario, { keep, given }), redactor);
}

function writeStart(
  opened: Opened,
  { ready, run }: { readonly ready: ReadyScenario; readonly run: string },
  options: SessionOptions,
): RunStarted {
  const { watch, redactor, target, seed } = opened;
  const { scenario, sha256 } = ready.loaded;
  const started: RunStarted = {
    type: "run-started",
    schema: "gcidem-journal/1",
    run,
    tool: `gcidem ${VERSION}`,
    node: process.version,
    scenario: {
      name: scenario.name,
      file: scenario.file,
      sha256,
      text: storedText(ready, redactor, options),
    },
    target: { kind: target.kind, baseUrl: target.baseUrl, policy: target.policy },
    seed,
    startedAt: new Date(target.clock.epochMs()).toISOString(),
    ...(target.names === undefined ? {} : { names: journalNames(target.names) }),
    ...recordedRules(options.rules),
    ...(options.safety.readOnly ? { readOnly: true } : {}),
    ...(options.rounds === null ? {} : { inRounds: true }),
    ...(isEmbeddedMock(options) ? { exclusive: true } : {}),
  };
  watch.journal.append(started);
  return started;
}

function journalNames({ correlationId, validator }: TargetNames): JournalNames {
  return { correlationId, validator };
}

/** A mock that runs elsewhere may have other clients. */
function isEmbeddedMock({ target }: SessionOptions): boolean {
  return target.kind === "mock" && target.at === undefined;
}

/** What was sent in a round until now, as the journal has it. */
function exchangesOf(file: string, round: number): readonly Exchange[] {
  const journal = openRunJournal(file);
  try {
    return [...journal.exchanges()].filter((each) => each.round === round);
  } finally {
    journal.close();
  }
}

/** `--read-only` sends nothing that could confirm anything. */
function confirming(
  { confirm, safety }: SessionOptions,
  file: string,
): Pick<RunOptions, "beforeCleanUp"> | null {
  if (confirm === undefined || safety.readOnly) return null;
  return {
    beforeCleanUp: (open) => confirm({ ...open, exchanges: () => exchangesOf(file, open.round) }),
  };
}

async function execute(
  { target, watch, redactor, seed }: Opened,
  ready: ReadyScenario,
  options: SessionOptions,
): Promise<RunOutcome> {
  const { journal } = watch;
  const { folder } = ready.loaded;
  const openOwn = (): Transport => openTransport(options, target.clock);
  const transport = openOwn();
  try {
    const run: RunOptions = {
      plan: ready.plan,
      target,
      transport,
      openTransport: openOwn,
      technique: options.technique,
      journal,
      redactor,
      seed,
      given: options.given,
      env: (name) => options.env[name] ?? "",
      readFile: (path) =>
        readFileSync(
          resolveInside(folder ?? ".", path, { file: ready.loaded.scenario.file, line: 1, column: 1 }),
        ),
      userAgent: `gcidem/${VERSION}`,
      headers: options.headers,
      allowedOrigins: allowedOriginsOf(options.target),
      timeoutMs: options.timeoutMs ?? ready.loaded.scenario.defaultTimeoutMs ?? DEFAULT_TIMEOUT_MS,
      maxWaitMs: options.maxWaitMs,
      leave: {
        readOnly: options.safety.readOnly,
        onlyPrefixes: options.safety.only,
        maxRequests: options.maxRequests,
        refusal: requestGate(ready.plan, options),
      },
      interrupt: options.interrupt,
      ...(options.stop === undefined ? {} : { stop: options.stop }),
      observer: options.observer,
      ...confirming(options, journal.file),
    };
    return await executePlan(run, watch.goesOn);
  } finally {
    await transport.close();
  }
}

function endSignals(outcome: RunOutcome): readonly Signal[] {
  const signals: Signal[] = [];
  if (outcome.interrupted) signals.push("interrupted");
  if (outcome.refused) signals.push("refused");
  if (outcome.budgetSpent) signals.push("budget");
  return signals;
}

/**
 * Runs one scenario: target, journal, requests, judgement. The section reads the journal until `close`. `access` and `room`:
 * what the session's runs share; no access where their target needs none.
 */
export async function runScenario(
  ready: ReadyScenario,
  options: SessionOptions,
  { access, room }: { readonly access: TargetAccess | null; readonly room: Room },
): Promise<BuiltSection & { readonly close: () => void }> {
  const chosen = options.policy ?? ready.loaded.policy;
  const seed = seedOf(ready, options);
  const { keep } = options;
  const personal = targetPersonal(options.target, { keep, text: ready.loaded.text });
  const redactor = createRedactor(redactionOf(options, ready.plan.scenario), personal);
  learnSecrets(redactor, ready, options);
  // Nobody logs in before there is a journal.
  let append: JournalWriter["append"] = () => {};
  const { interrupt, observer } = options;
  const own = { redactor, interrupt, observer, append: (entry: JournalRecord) => append(entry) };
  const shared = access === null ? {} : { shared: { access, run: own } };
  const opening = { chosen, seed, ca: options.ca, ...shared };
  const { target, policyDescription } = await openTarget(options.target, opening);
  try {
    const startedAt = new Date(target.clock.epochMs());
    const run = newRunId(ready.loaded.scenario.name, startedAt);
    const created = createJournal(options.runsFolder, run, room);
    append = created.append;
    const judging = { plan: ready.plan, redact: redactor.expected };
    const watch = watchRounds(created, options.rounds, judging);
    const opened: Opened = { target, journal: created, watch, redactor, seed };
    const { outcome, whole } = await record(opened, { ready, run }, options);
    const journal = openWholeRun(opened.journal.file, whole);
    const built = buildSection({
      plan: ready.plan,
      journal,
      folder: opened.journal.folder,
      description: ready.loaded.scenario.description,
      policyDescription,
      redact: redactor.expected,
      readOnly: options.safety.readOnly,
      inRounds: options.rounds !== null,
    });
    const sought = options.rounds?.untilConflict === true && !watch.hasHit();
    return {
      section: built.section,
      signals: [...built.signals, ...endSignals(outcome), ...(sought ? (["not-reproduced"] as const) : [])],
      close: journal.close,
    };
  } finally {
    await target.close();
  }
}

/** What the writes that were left out would have done to what was read. */
async function tell(
  { journal, redactor }: Opened,
  ready: ReadyScenario,
  options: SessionOptions,
): Promise<readonly string[]> {
  const { tellPlan } = await import("./tell-plan.js");
  const view = openRunJournal(journal.file);
  try {
    const lastOf = new Map<string, Exchange>();
    for (const each of view.exchanges()) lastOf.set(each.step, each);
    return tellPlan(ready, options, [...lastOf.values()]).map(redactor.text);
  } finally {
    view.close();
  }
}

/** A run whose login fails ends before it begins. */
async function begin(
  manners: TargetManners,
  end: (interrupted: boolean) => unknown,
  { interrupt }: SessionOptions,
): Promise<void> {
  try {
    await manners.begin();
  } catch (error) {
    end(interrupt.aborted);
    throw error;
  }
}

/** @throws GcidemError `login`, `unreachable` or `interrupted` where a login is needed and fails */
async function record(
  opened: Opened,
  { ready, run }: { readonly ready: ReadyScenario; readonly run: string },
  options: SessionOptions,
): Promise<{ readonly outcome: RunOutcome; readonly whole: WholeRun }> {
  const { journal, target, redactor } = opened;
  const startMs = target.clock.nowMs();
  const started = writeStart(opened, { ready, run }, options);
  const end = (interrupted: boolean): RunEnded => {
    const ended: RunEnded = {
      type: "run-ended",
      endedAt: new Date(target.clock.epochMs()).toISOString(),
      durationMs: Math.round((target.clock.nowMs() - startMs) * 1000) / 1000,
      interrupted,
      redactedSecrets: redactor.count(),
      redactedPersonal: redactor.countPersonal(),
    };
    journal.append(ended);
    return ended;
  };
  try {
    if (target.manners !== undefined) await begin(target.manners, end, options);
    const outcome = await execute(opened, ready, options);
    if (options.safety.readOnly)
      journal.append({ type: "planned", lines: await tell(opened, ready, options) });
    return { outcome, whole: { started, ended: end(outcome.interrupted), first: journal.first() } };
  } finally {
    journal.close();
  }
}
