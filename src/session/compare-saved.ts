import { compareRuns } from "../compare/compare-runs.js";
import type { ComparedRun, CompareRules, RunComparison } from "../compare/runs.js";
import type { RunReport, RunSection } from "../report/report.js";
import { openSection } from "./diagnose-recording.js";
import type { FoundRun } from "./find-run.js";
import { buildReport } from "./replay.js";

/** The refusals that explain exchanges best, by the exchange. What is not settled is no cause to compare. */
function causesOf({ diagnoses }: RunSection): ReadonlyMap<string, string> {
  const causes = new Map<string, string>();
  for (const { kind, cause, certainty, exchange } of diagnoses)
    if (kind === "refusal" && certainty !== "possible" && !causes.has(exchange)) causes.set(exchange, cause);
  return causes;
}

/** A section of a report as it is compared. `name`: what a reader knows it by. */
export function toComparedRun(section: RunSection, name: string): ComparedRun {
  const causes = causesOf(section);
  return {
    name,
    scenario: section.scenario.name,
    baseUrl: section.target.baseUrl,
    hasSteps: section.recording === undefined,
    exchanges: section.exchanges,
    exchange: section.exchange,
    causeOf: (id) => causes.get(id) ?? null,
    isStored: (id) => section.storedAnswers[id] !== undefined,
  };
}

/** A saved run, by the name that it was asked for by. */
export interface NamedRun {
  readonly name: string;
  readonly saved: FoundRun;
}

/** What comparing two saved runs came to. The report reads journals while it is rendered: close afterwards. */
export interface ComparedRuns {
  readonly report: RunReport;
  readonly comparison: RunComparison;
  readonly close: () => void;
}

/**
 * Holds a saved run against another one. The report is that of the second.
 * @throws GcidemError `invalid-file` for what is no journal
 */
export function compareSaved(base: NamedRun, other: NamedRun, rules: CompareRules): ComparedRuns {
  const first = openSection(base.saved);
  try {
    const second = openSection(other.saved);
    const comparison = compareRuns(
      toComparedRun(first.section, base.name),
      toComparedRun(second.section, other.name),
      rules,
    );
    const close = (): void => {
      first.close();
      second.close();
    };
    return { report: buildReport([{ ...second.section, comparisons: [comparison] }]), comparison, close };
  } catch (error) {
    first.close();
    throw error;
  }
}
