import { compareRuns } from "../compare/compare-runs.js";
import { departuresOf } from "../compare/departures.js";
import { type CompareRules, hasDifference } from "../compare/runs.js";
import type { RunSection } from "../report/report.js";
import { toComparedRun } from "./compare-saved.js";

/** A run that another one is held against, by the name that a reader knows it by. */
export interface NamedSection {
  readonly name: string;
  readonly section: RunSection;
}

function isServer({ target: { kind } }: RunSection): boolean {
  return kind === "genesys" || kind === "http";
}

/** A section with its comparison to another run of the same scenario besides those that it has. Pure. */
export function withComparison(section: RunSection, base: NamedSection, rules: CompareRules): RunSection {
  const before = toComparedRun(base.section, base.name);
  const after = toComparedRun(section, section.folder ?? section.id);
  const comparison = compareRuns(before, after, rules);
  const onMock = base.section.target.kind === "mock" && isServer(section);
  const told = onMock ? { ...comparison, departures: departuresOf(comparison, before, after) } : comparison;
  return { ...section, comparisons: [...(section.comparisons ?? []), told] };
}

/** True where a section differs from anything that it was held against. Pure. */
export function differs({ comparisons = [] }: RunSection): boolean {
  return comparisons.some(hasDifference);
}
