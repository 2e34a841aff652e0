import { randomInt } from "node:crypto";
import { GcidemError } from "../core/errors.js";
import { createRedactor, isSecretHeader, type Redactor } from "../core/redact.js";
import type { Target } from "../core/target.js";
import { VERSION } from "../core/version.js";
import type { DiagnoseOptions } from "../diagnose/diagnose.js";
import { originOf } from "../intake/origins.js";
import { createJournal, type JournalWriter, newRunId, prepareRunsFolder } from "../journal/create-journal.js";
import type {
  ConfirmedOn,
  Exchange,
  JournalRecord,
  JournalView,
  RunEnded,
  RunStarted,
} from "../journal/journal.js";
import { openJournal, readRecords } from "../journal/read-journal.js";
import { buildPlan } from "../plan/build-plan.js";
import type { RunPlan } from "../plan/plan.js";
import { reopenRound } from "../run/open-round.js";
import type { RunOptions } from "../run/run.js";
import { loadScenario } from "../scenario/load-scenario.js";
import type { Transport } from "../transport/transport.js";
import { profileSecrets } from "./credential-travel.js";
import type { FoundRun } from "./find-run.js";
import { checkConfirm, requestGate } from "./judge-writes.js";
import { openAccess } from "./open-access.js";
import { openRunJournal, recordedRules } from "./open-run-journal.js";
import { openTarget } from "./open-target.js";
import { openTransport } from "./open-transport.js";
import { targetPersonal } from "./personal-rules.js";
import { redactionOf } from "./redaction-of.js";
import type { Confirm, SessionOptions } from "./session.js";
import type { TargetAccess } from "./target-access.js";

const DEFAULT_TIMEOUT_MS = 30_000;

/** A plan without steps of its own: what is sent comes from elsewhere. */
function emptyPlan(): RunPlan {
  return { ...buildPlan(loadScenario("name: confirm\nsteps:\n  - wait: 0s\n", "confirm.yaml")), steps: [] };
}

/** Of a saved run: what it was, what it holds, and where it goes on. */
interface Before {
  readonly started: RunStarted;
  readonly exchanges: readonly Exchange[];
}

function readBefore(journal: JournalView): Before {
  return { started: journal.started, exchanges: [...journal.exchanges()] };
}

/** The recorded host that the target stands for. @throws GcidemError `usage` where there are several and none is it. */
function originFor(baseUrl: string, { exchanges }: Before): string {
  const origins = [...new Set(exchanges.map(({ request }) => originOf(request.url)))];
  const own = origins.find((origin) => origin === originOf(baseUrl));
  const [first] = origins;
  if (own !== undefined) return own;
  if (origins.length === 1 && first !== undefined) return first;
  throw new GcidemError(
    "usage",
    `--confirm: the recording has ${origins.length} hosts (${origins.slice(0, 5).join(", ")}), and ${baseUrl} is none of them; nothing was sent`,
    { hint: "give the one to confirm as --target, or cut the recording to one host" },
  );
}

function lastNumber({ exchanges }: Before): number {
  return exchanges.reduce((most, { id }) => Math.max(most, Number(id.slice(1)) || 0), 0);
}

/** Where on the recording's own clock its continuation begins: by the calendar, and in any case after its end. */
function beginsAtMs({ started, exchanges }: Before, epochMs: number): number {
  const endMs = exchanges.reduce((most, { timings }) => Math.max(most, timings.endMs ?? timings.startMs), 0);
  const sinceMs = epochMs - Date.parse(started.startedAt);
  return Math.max(endMs + 1, Number.isFinite(sinceMs) ? sinceMs : 0);
}

const PLACEHOLDER = /<secret:(\d+)>/g;

/** Numbers of redacted secrets that are taken: what is sent now may be another secret than what was recorded. */
function passOver(redactor: Redactor, { exchanges }: Before): void {
  const texts = exchanges.map(({ request }) => request.headers.map(([, value]) => value).join(" "));
  const numbers = texts.flatMap((text) =>
    [...text.matchAll(PLACEHOLDER)].map(([, number]) => Number(number)),
  );
  const most = numbers.reduce((all, number) => Math.max(all, number), 0);
  for (let number = 1; number <= most; number++)
    redactor.learn(`gcidem-passed-over-${randomInt(2 ** 47)}-${number}`);
}

/** The new run begins as a copy of the saved one: what was recorded stays as it is, and this one can be read alone. */
function copyRecords(from: FoundRun, to: JournalWriter, change: (started: RunStarted) => RunStarted): void {
  for (const record of readRecords(from.file)) {
    if (record.type === "run-ended") continue;
    to.append(record.type === "run-started" ? change(record) : record);
  }
}

interface Opened {
  readonly before: Before;
  readonly target: Target;
  readonly journal: JournalWriter;
  readonly redactor: Redactor;
}

async function sendAll(opened: Opened, options: SessionOptions, confirm: Confirm): Promise<void> {
  const { before, target, journal, redactor } = opened;
  const plan = emptyPlan();
  const openOwn = (): Transport => openTransport(options, target.clock);
  const transport = openOwn();
  const run: RunOptions = {
    ...{ plan, target, transport, openTransport: openOwn, journal, redactor },
    technique: options.technique,
    seed: options.seed ?? randomInt(2 ** 31),
    given: options.given,
    env: () => "",
    readFile: () => Buffer.alloc(0),
    userAgent: `gcidem/${VERSION}`,
    headers: options.headers,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    maxWaitMs: options.maxWaitMs,
    leave: {
      readOnly: false,
      onlyPrefixes: options.safety.only,
      maxRequests: options.maxRequests,
      refusal: requestGate(plan, options),
    },
    interrupt: options.interrupt,
    observer: options.observer,
    continues: { exchanges: lastNumber(before), atMs: beginsAtMs(before, target.clock.epochMs()) },
  };
  try {
    const round = before.exchanges.at(-1)?.round ?? 1;
    const exchanges = (): readonly Exchange[] => readExchanges(journal.file);
    await confirm({ ...reopenRound(run, round), exchanges });
  } finally {
    await transport.close();
  }
}

function readExchanges(file: string): readonly Exchange[] {
  const journal = openRunJournal(file);
  try {
    return [...journal.exchanges()];
  } finally {
    journal.close();
  }
}

/** What is explained while a recording is confirmed: how it was recorded, and what stands for its host. */
interface ContinuedRun {
  readonly confirmedOn: ConfirmedOn;
  readonly options: DiagnoseOptions;
}

function learnSecrets(redactor: Redactor, { target, headers }: SessionOptions): void {
  for (const [name, value] of headers) if (isSecretHeader(name)) redactor.headers([[name, value]]);
  if (target.kind === "profile") for (const secret of profileSecrets(target.profile)) redactor.learn(secret);
}

/** Copies the saved run into a new one, and sends what confirms it. */
async function goOn(
  { saved, before, origin }: { readonly saved: FoundRun; readonly before: Before; readonly origin: string },
  options: SessionOptions,
  { access, confirmIn }: { readonly access: TargetAccess | null; readonly confirmIn: ConfirmIn },
): Promise<FoundRun> {
  const personal = targetPersonal(options.target, { keep: options.keep, text: "" });
  const redactor = createRedactor(redactionOf(options, null), personal);
  // Nobody logs in before there is a journal.
  let append: JournalWriter["append"] = () => {};
  const { interrupt, observer } = options;
  const own = { redactor, interrupt, observer, append: (entry: JournalRecord) => append(entry) };
  const shared = access === null ? {} : { shared: { access, run: own } };
  const opening = { chosen: options.policy, seed: 1, ca: options.ca, ...shared };
  const { target } = await openTarget(options.target, opening);
  try {
    prepareRunsFolder(options.runsFolder, options.runsFolderIgnored);
    const run = newRunId(`confirm ${before.started.scenario.name}`, new Date());
    const journal = createJournal(options.runsFolder, run);
    append = journal.append;
    const { kind, policy } = target;
    const confirmedOn = { kind, baseUrl: target.baseUrl, policy, origin };
    if (kind !== "mock") passOver(redactor, before);
    learnSecrets(redactor, options);
    try {
      copyRecords(saved, journal, (started) => ({
        ...started,
        ...recordedRules(options.rules),
        run,
        confirmedOn,
      }));
      const { timesKnown = true, bodiesExact = true, requestsLost = false } = before.started.recording ?? {};
      const confirm = confirmIn({ confirmedOn, options: { timesKnown, bodiesExact, requestsLost } });
      await target.manners?.begin();
      await sendAll({ before, target, journal, redactor }, options, confirm);
      journal.append({ ...ended(before, redactor, target), interrupted: options.interrupt.aborted });
    } finally {
      journal.close();
    }
    return { folder: journal.folder, file: journal.file };
  } finally {
    await target.close();
  }
}

/** Makes what confirms causes in a run that goes on. */
type ConfirmIn = (run: ContinuedRun) => Confirm;

/**
 * Goes on with a saved run on a server that stands for the recorded one: a new run that begins with the saved one's
 * exchanges. Sends requests and writes a journal.
 * @throws GcidemError `usage` or `refused` before anything is sent, `login`, `unreachable`, `output`
 */
export async function continueRun(
  saved: FoundRun,
  options: SessionOptions,
  confirmIn: ConfirmIn,
): Promise<FoundRun> {
  checkConfirm(null, options);
  const view = openJournal(saved.file);
  const before = readBefore(view);
  view.close();
  const baseUrl = options.target.kind === "mock" ? (options.target.at ?? "") : options.target.baseUrl;
  const origin = originFor(baseUrl, before);
  const access = await openAccess(options);
  try {
    return await goOn({ saved, before, origin }, options, { access, confirmIn });
  } finally {
    await access?.close();
  }
}

function ended(before: Before, redactor: Redactor, { clock }: Target): RunEnded {
  return {
    type: "run-ended",
    endedAt: new Date(clock.epochMs()).toISOString(),
    durationMs: beginsAtMs(before, clock.epochMs()),
    interrupted: false,
    redactedSecrets: redactor.count(),
    redactedPersonal: redactor.countPersonal(),
  };
}
