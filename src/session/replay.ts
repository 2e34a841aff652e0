import { VERSION } from "../core/version.js";
import { prepareRunsFolder } from "../journal/create-journal.js";
import { makeRoom } from "../journal/journal-memory.js";
import type { RunReport, RunSection } from "../report/report.js";
import { expectsNothing } from "./build-section.js";
import { checkOptions } from "./check-options.js";
import { checkRate } from "./check-rate.js";
import { checkWrites } from "./judge-writes.js";
import { openAccess } from "./open-access.js";
import { type ReadyScenario, runScenario } from "./run-scenario.js";
import type { SessionOptions, SessionResult, Signal } from "./session.js";

/** Adds up what runs came to. Pure. */
export function buildReport(runs: readonly RunSection[]): RunReport {
  const having = (verdict: RunSection["verdict"]): number =>
    runs.filter((run) => run.verdict === verdict).length;
  const sum = (count: (run: RunSection) => number): number =>
    runs.reduce((total, run) => total + count(run), 0);
  return {
    tool: { name: "gcidem", version: VERSION },
    summary: {
      scenarios: runs.length,
      passed: having("pass"),
      failed: having("fail"),
      inconclusive: having("inconclusive"),
      notJudged: having("not-judged"),
      exchanges: sum(({ counts }) => counts.exchanges),
      writes: sum(({ counts }) => counts.writes),
      conflicts: sum(({ counts }) => counts.conflicts),
    },
    runs,
  };
}

/**
 * Checks that every scenario may run with these options, before the first request of the first one leaves.
 * @throws GcidemError `usage` or `refused`.
 */
export function checkSession(ready: readonly ReadyScenario[], options: SessionOptions): void {
  for (const { plan } of ready) checkOptions(plan, options);
  for (const { plan } of ready) checkRate(plan, options);
  for (const { plan } of ready) checkWrites(plan, options);
}

/** Ten thousand requests of the usual size: their report needs no look at what was written. */
const CHARACTERS_IN_MEMORY = 2 ** 24;

/** What came of scenarios that ran. */
interface Ran {
  readonly sections: readonly RunSection[];
  readonly signals: ReadonlySet<Signal>;
  readonly closers: readonly (() => void)[];
}

async function runAll(ready: readonly ReadyScenario[], options: SessionOptions): Promise<Ran> {
  const sections: RunSection[] = [];
  const signals = new Set<Signal>();
  const closers: (() => void)[] = [];
  const access = await openAccess(options);
  const room = makeRoom(CHARACTERS_IN_MEMORY);
  try {
    for (const each of ready) {
      if (options.interrupt.aborted) break;
      const { section, signals: found, close } = await runScenario(each, options, { access, room });
      sections.push(section);
      closers.push(close);
      for (const signal of found) signals.add(signal);
      if (options.requireExpectations && expectsNothing(each.plan)) signals.add("undecided");
      if (options.bail && section.verdict !== "pass" && section.verdict !== "not-judged") break;
    }
  } finally {
    await access?.close();
  }
  return { sections, signals, closers };
}

/**
 * Runs scenarios one after another and reports on all of them. Sends requests and writes journals.
 * @throws GcidemError `usage`, `refused`, `output`, `login` or `unreachable` before any step is sent; `output` also while
 * journals are written.
 */
export async function replayScenarios(
  ready: readonly ReadyScenario[],
  options: SessionOptions,
): Promise<SessionResult> {
  checkSession(ready, options);
  prepareRunsFolder(options.runsFolder, options.runsFolderIgnored);
  const { sections, signals, closers } = await runAll(ready, options);
  const all = options.interrupt.aborted ? new Set([...signals, "interrupted" as const]) : signals;
  return {
    report: buildReport(sections),
    signals: [...all],
    close: () => {
      for (const close of closers) close();
    },
  };
}
