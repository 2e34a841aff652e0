import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConfirm } from "../../src/confirm/confirm-causes.js";
import { diagnoseConfirmed } from "../../src/diagnose/confirmed.js";
import type { Exchange } from "../../src/journal/journal.js";
import type { RunSection } from "../../src/report/report.js";
import { loadScenarioText } from "../../src/session/load-files.js";
import { replayScenarios } from "../../src/session/replay.js";
import { readyScenario } from "../../src/session/run-scenario.js";
import type { SessionOptions, Signal } from "../../src/session/session.js";

/** What came of a scenario that was confirmed. */
export interface ConfirmedRun {
  readonly run: RunSection;
  readonly exchanges: readonly Exchange[];
  readonly signals: readonly Signal[];
  readonly warnings: readonly string[];
}

/** Runs a scenario's text with `--confirm`, on the embedded mock unless `more` says otherwise. */
export async function confirmed(text: string, more: Partial<SessionOptions> = {}): Promise<ConfirmedRun> {
  const runsFolder = mkdtempSync(join(tmpdir(), "gcidem-confirm-"));
  const warnings: string[] = [];
  const onWarning = (message: string): void => void warnings.push(message);
  const options: SessionOptions = {
    ...{ target: { kind: "mock" }, policy: null, seed: null, given: new Map(), headers: [], allowedEnv: [] },
    ...{ env: {}, runsFolder, runsFolderIgnored: false, timeoutMs: null, maxWaitMs: 0, maxRequests: null },
    ...{ rounds: null, technique: "auto", ca: null, bail: false, requireExpectations: false },
    safety: { readOnly: false, allowWrites: false, allowDestructive: false, only: [] },
    interrupt: new AbortController().signal,
    observer: { onStep: () => {}, onWarning },
    confirm: createConfirm({ explain: diagnoseConfirmed, onWarning }),
    ...more,
  };
  try {
    const loaded = loadScenarioText(text, "t.yaml", null);
    const { report, signals, close } = await replayScenarios([readyScenario(loaded)], options);
    const [run] = report.runs;
    if (run === undefined) throw new Error("no run");
    const exchanges = [...run.exchanges];
    const byId = new Map(exchanges.map((each) => [each.id, each]));
    close();
    const inMemory = { ...run, exchanges, exchange: (id: string) => byId.get(id) ?? run.exchange(id) };
    return { run: inMemory, exchanges, signals, warnings };
  } finally {
    rmSync(runsFolder, { recursive: true, force: true });
  }
}

/** `STEP CAUSE CERTAINTY` of each refusal, best first. */
export function refusalsOf({ run, exchanges }: Pick<ConfirmedRun, "run" | "exchanges">): readonly string[] {
  const stepOf = new Map(exchanges.map(({ id, step }) => [id, step]));
  return run.diagnoses
    .filter(({ kind }) => kind === "refusal")
    .map(({ cause, certainty, exchange }) => `${stepOf.get(exchange)} ${cause} ${certainty}`);
}

/** Steps that `--confirm` sent, with what they were answered. */
export function confirmingSteps({ exchanges }: Pick<ConfirmedRun, "exchanges">): readonly string[] {
  return exchanges
    .filter(({ step }) => step.startsWith("confirm-"))
    .map(({ step, response }) => `${step} ${response?.status}`);
}
