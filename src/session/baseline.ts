import { basename } from "node:path";
import type { CompareRules } from "../compare/runs.js";
import { GcidemError } from "../core/errors.js";
import { type OpenedSection, openSection } from "./diagnose-recording.js";
import { type FoundRun, findRun, hasJournal, runsIn } from "./find-run.js";
import { buildReport } from "./replay.js";
import type { SessionResult } from "./session.js";
import { differs, withComparison } from "./with-comparison.js";

/** Saved runs that new ones are held against, by the names of their scenarios. Close it. */
export interface Baseline {
  /** @throws GcidemError `usage` where a scenario has no run in it */
  readonly check: (scenarios: readonly string[]) => void;
  /** Holds a session's runs against it. */
  readonly compare: (result: SessionResult, rules: CompareRules) => SessionResult;
  readonly close: () => void;
}

/** A run as `findRun` knows it, or a folder of runs, one for each scenario: the newest of several counts. */
function foundRuns(word: string, runsFolder: string): readonly FoundRun[] {
  const many = word === "" || word === "last" || hasJournal(word) ? [] : runsIn(word);
  return many.length > 0 ? many : [findRun(word, runsFolder)];
}

/**
 * Opens what `--baseline` names: a run, or a folder of runs.
 * @throws GcidemError `invalid-file` where there is none or it is damaged, `usage` where several names begin so
 */
export function openBaseline(word: string, runsFolder: string): Baseline {
  const opened = new Map<string, OpenedSection>();
  const all: OpenedSection[] = [];
  const close = (): void => {
    for (const each of all) each.close();
  };
  try {
    for (const found of foundRuns(word, runsFolder)) {
      const each = openSection(found);
      all.push(each);
      opened.set(each.section.scenario.name, each);
    }
  } catch (error) {
    close();
    throw error;
  }
  return {
    check: (scenarios) => {
      const missing = scenarios.filter((name) => !opened.has(name));
      if (missing.length === 0) return;
      throw new GcidemError(
        "usage",
        `--baseline ${word}: no run of ${missing.map((name) => `"${name}"`).join(", ")}; nothing was sent`,
        { hint: `it has runs of ${[...opened.keys()].map((name) => `"${name}"`).join(", ")}` },
      );
    },
    compare: ({ report, signals, close: closeRuns }, rules) => {
      const sections = report.runs.map((section) => {
        const base = opened.get(section.scenario.name)?.section;
        if (base === undefined) return section;
        const name = `baseline ${basename(base.folder ?? base.id)}`;
        return withComparison(section, { name, section: base }, rules);
      });
      const found = sections.some(differs) ? [...signals, "different" as const] : signals;
      return { report: buildReport(sections), signals: found, close: closeRuns };
    },
    close,
  };
}
