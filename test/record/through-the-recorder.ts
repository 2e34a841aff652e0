import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as textOf } from "node:stream/consumers";
import { afterAll, vi } from "vitest";
import { virtualClock } from "../../src/core/clock.js";
import type { AuthKind } from "../../src/core/target.js";
import type { Diagnosis } from "../../src/diagnose/diagnose.js";
import { fromJournal } from "../../src/import/from-journal.js";
import type { Imported } from "../../src/import/import.js";
import { importScenario } from "../../src/import/import-scenario.js";
import { diagnose, fromHar, type RunSection, replay } from "../../src/index.js";
import type { Exchange } from "../../src/journal/journal.js";
import type { Mock, MockOptions, TraceEntry } from "../../src/mock/mock.js";
import { startMock } from "../../src/mock/start-mock.js";
import { presetPolicy } from "../../src/policy/presets.js";
import { startRecorder } from "../../src/record/start-recorder.js";
import { renderHar } from "../../src/report/har/render-har.js";
import { parseWorld } from "../../src/run/parse-world.js";
import { openSection } from "../../src/session/diagnose-recording.js";
import { openRunJournal } from "../../src/session/open-run-journal.js";
import { buildReport } from "../../src/session/replay.js";
import { type Told, told } from "../import/closing-the-loop.js";
import { everySendingStep, type Shipped } from "../scenarios/shipped.js";

const out = mkdtempSync(join(tmpdir(), "gcidem-recorded-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** What makes two mocks answer alike. */
export type Setting = Pick<MockOptions, "policy" | "seed" | "world"> & { readonly epochMs: number };

/** A mock whose time stands still. */
function startAlike({ epochMs, ...options }: Setting): Promise<Mock> {
  return startMock({ ...options, clock: virtualClock(epochMs), control: false });
}

/** What a mock decided, without what another client does not repeat. */
function decisionsOf(mock: Mock): readonly Partial<TraceEntry>[] {
  return mock.trace().map(({ arrivedAt: _arrived, at: _at, ...decision }) => decision);
}

/** A run of a shipped scenario on the embedded mock, and how to start another mock like that one. */
export interface Original {
  readonly section: RunSection;
  readonly setting: Setting;
}

/** Runs a shipped scenario. */
export async function runOriginal({ file, loaded }: Shipped): Promise<Original> {
  const report = await replay(file, { out });
  const [section] = report.runs;
  if (section === undefined) throw new Error("there is no run");
  const journal = openRunJournal(join(section.folder ?? "", "journal.ndjson"));
  try {
    const { mock } = fromJournal(journal, "the run");
    const world = mock?.world === undefined ? null : parseWorld(JSON.stringify(mock.world));
    const policy = loaded.policy ?? presetPolicy("documented");
    const { seed, startedAt } = journal.started;
    return { section, setting: { policy, world, seed, epochMs: Date.parse(startedAt) } };
  } finally {
    journal.close();
  }
}

/** Each client has its own. */
const OF_CLIENT = /^(?:host|authorization)$/i;

/** Sends one request of a run, its header lines in their order, and waits for its answer. */
async function send(
  { request: { method, url, headers, body, bodyEncoding } }: Exchange,
  to: { readonly base: string; readonly agent: Agent; readonly token: string | null },
): Promise<void> {
  const { pathname, search } = new URL(url);
  const lines = [
    ["Host", new URL(to.base).host],
    ...headers.filter(([name]) => !OF_CLIENT.test(name)),
    ...(to.token === null ? [] : [["Authorization", `Bearer ${to.token}`]]),
  ];
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    const { hostname, port } = new URL(to.base);
    const path = `${pathname}${search}`;
    const sent = request({ hostname, port, path, method, headers: lines.flat(), agent: to.agent }, resolve);
    sent.on("error", reject);
    sent.end(Buffer.from(body, bodyEncoding));
  });
  await textOf(await answered);
}

/** A recording that was stopped, and its client's answers. */
export interface RecordedRun {
  readonly section: RunSection;
  readonly imported: Imported;
  readonly decisions: readonly Partial<TraceEntry>[];
}

/** Records what `client` sends to a new mock; its requests go to the address that it is given. */
export async function recordClient(
  setting: Setting,
  client: (base: string, mock: Mock) => Promise<void>,
): Promise<RecordedRun> {
  const mock = await startAlike(setting);
  const recorder = await startRecorder({
    upstream: new URL(mock.url),
    ...{ host: "127.0.0.1", port: 0, maxBodyBytes: 1 << 20, ca: null, env: {}, rules: null },
    ...{ runsFolder: out, runsFolderIgnored: false, onNote: () => undefined },
  });
  try {
    await client(recorder.url, mock);
  } finally {
    await recorder.stop(5_000);
    await mock.close();
  }
  const { section, close } = openSection(recorder.run);
  close();
  const journal = openRunJournal(recorder.run.file);
  try {
    const imported = importScenario(fromJournal(journal, "the recording"), { stem: "imported" });
    return { section, imported, decisions: decisionsOf(mock) };
  } finally {
    journal.close();
  }
}

/** A client that sends the requests of a run again, each once the one before is answered. */
export function resend({ section }: Original, shipped: Shipped): (base: string, mock: Mock) => Promise<void> {
  const auths = new Map(everySendingStep(shipped).map(({ id, auth }): [string, AuthKind] => [id, auth]));
  return async (base, mock) => {
    const agent = new Agent({ keepAlive: true });
    for (const exchange of section.exchanges) {
      const token = mock.token(null, auths.get(exchange.step) ?? "valid");
      await send(exchange, { base, agent, token });
    }
    agent.destroy();
  };
}

/** Runs an imported recording against a new mock, as against any API: the credential and the vars are given. */
export async function replayImported(
  { text, files, asked, environment }: Imported,
  setting: Setting,
): Promise<{ readonly told: readonly Told[]; readonly decisions: readonly Partial<TraceEntry>[] }> {
  const folder = mkdtempSync(join(out, "imported-"));
  for (const { name, bytes } of files) writeFileSync(join(folder, name), bytes);
  writeFileSync(join(folder, "imported.yaml"), text);
  for (const name of environment) vi.stubEnv(name, `given for ${name}`);
  const mock = await startAlike(setting);
  try {
    const report = await replay(join(folder, "imported.yaml"), {
      out,
      target: mock.url,
      headers: { Authorization: `Bearer ${mock.token(null, "valid")}` },
      vars: Object.fromEntries([...asked].map(([name, value]) => [name, value ?? `given for ${name}`])),
      ...{ allowWrites: true, allowDestructive: true },
    });
    const [section] = report.runs;
    return { told: [...(section?.exchanges ?? [])].map(told), decisions: decisionsOf(mock) };
  } finally {
    vi.unstubAllEnvs();
    await mock.close();
  }
}

/** What was hidden is one thing in a recording, where it is callers' data, and another in a run that it is given to. */
export function alike(all: readonly Told[]): readonly Told[] {
  return all.map((each) => ({
    ...each,
    body: each.body.replaceAll(/<(?:personal|secret):\d+>/g, "<hidden>"),
  }));
}

function named(diagnoses: readonly Diagnosis[]): readonly string[] {
  return diagnoses
    .filter(({ kind }) => kind === "refusal")
    .map(({ exchange, cause, certainty }) => `${exchange} ${cause} ${certainty}`);
}

/** The refusals' causes that `diagnose` names. */
export function refusalCauses(exchanges: Iterable<Exchange>): readonly string[] {
  return named(diagnose(exchanges));
}

/** The same of the HAR of a run. */
export function refusalCausesOfHar(section: RunSection): readonly string[] {
  return named(diagnose(fromHar([...renderHar(buildReport([section]), {})].join(""))));
}
