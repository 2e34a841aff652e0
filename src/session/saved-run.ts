import { GcidemError } from "../core/errors.js";
import type { JournalView } from "../journal/journal.js";
import { buildPlan } from "../plan/build-plan.js";
import { isPresetName, presetPolicy } from "../policy/presets.js";
import { renderHistory } from "../report/history/render-history.js";
import type { RunReport } from "../report/report.js";
import { loadScenario } from "../scenario/load-scenario.js";
import type { Scenario } from "../scenario/scenario.js";
import { buildSection } from "./build-section.js";
import type { FoundRun } from "./find-run.js";
import { openRunJournal } from "./open-run-journal.js";
import { buildReport } from "./replay.js";
import type { Signal } from "./session.js";

/** A run that was saved. It reads its journal while it is rendered: close afterwards. */
export interface SavedRun {
  /** False where the process that ran it was killed. */
  readonly ended: boolean;
  /** The history that other consistency checkers read, line by line. */
  readonly history: () => Iterable<string>;
  /**
   * Judges the run once more. Signals: those that the judgement gives.
   * @throws GcidemError `not-supported` where the journal does not hold what the judgement needs
   */
  readonly report: () => { readonly report: RunReport; readonly signals: readonly Signal[] };
  readonly close: () => void;
}

function unreadable({ started }: JournalView, error: GcidemError): GcidemError {
  const problems = error.problems.map(({ at, message }) => `${at.line}:${at.column}: ${message}`);
  return new GcidemError(
    "not-supported",
    [`the scenario in the journal of ${started.run} cannot be read again`, ...problems].join("\n"),
    {
      hint: "it was saved by another version, or redacted where it matters; --format history works",
      cause: error,
    },
  );
}

/** The scenario as the journal holds it: secrets are placeholders there, and in everything that it is compared with. */
function scenarioOf(journal: JournalView): Scenario {
  const { text, file } = journal.started.scenario;
  if (journal.started.recording !== undefined)
    throw new GcidemError(
      "not-supported",
      `${journal.started.run} is recorded traffic, which no scenario judges`,
      { hint: `gcidem diagnose ${journal.started.run} explains it; --format history works` },
    );
  let scenario: Scenario;
  try {
    scenario = loadScenario(text, file, { otherOrigins: "any" });
  } catch (error) {
    throw error instanceof GcidemError ? unreadable(journal, error) : error;
  }
  const [first] = scenario.envNames;
  if (first === undefined) return scenario;
  throw new GcidemError(
    "not-supported",
    `${journal.started.run} read the environment variable ${first.name}, whose value no journal holds: it cannot be judged again`,
    { hint: "--format history works; --reporter json=FILE saves a report while a scenario runs" },
  );
}

function policyDescription({ started }: JournalView, { policy }: Scenario): string | null {
  const name = started.target.policy;
  if (name === null) return null;
  if (isPresetName(name)) return presetPolicy(name).description;
  return policy?.kind === "inline" && policy.policy.name === name ? policy.policy.description : null;
}

function judgeAgain(journal: JournalView, folder: string): ReturnType<SavedRun["report"]> {
  const scenario = scenarioOf(journal);
  const { readOnly = false, inRounds = false } = journal.started;
  const { section, signals } = buildSection({
    plan: buildPlan(scenario),
    journal,
    folder,
    description: scenario.description,
    policyDescription: policyDescription(journal, scenario),
    redact: String,
    readOnly,
    inRounds,
  });
  return { report: buildReport([section]), signals };
}

/** Opens a saved run. @throws GcidemError `invalid-file` for what is no journal, or a damaged one. */
export function openRun({ file, folder }: FoundRun): SavedRun {
  const journal = openRunJournal(file);
  return {
    ended: journal.ended !== null,
    history: () => renderHistory(journal.exchanges()),
    report: () => judgeAgain(journal, folder),
    close: journal.close,
  };
}
