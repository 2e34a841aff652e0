import type { CompareRules } from "../compare/runs.js";
import { buildReport, checkSession, replayScenarios } from "./replay.js";
import type { ReadyScenario } from "./run-scenario.js";
import type { SessionOptions, SessionResult, Signal } from "./session.js";
import { differs, withComparison } from "./with-comparison.js";

/** A further target on which the same scenarios run. */
export interface Beside {
  /** As the user named it. */
  readonly name: string;
  readonly options: SessionOptions;
}

/** What a run on a further target says of the whole: that an expectation does not hold there shows as a difference. */
const ITS_OWN: ReadonlySet<Signal> = new Set(["violated", "undecided", "not-reproduced"]);

/**
 * Runs scenarios on a target and then on others, and holds the first run of each against those. All of them may run
 * before the first request leaves; the report is that of the first target.
 * @throws GcidemError as `replayScenarios` does
 */
export async function replayAgainst(
  ready: readonly ReadyScenario[],
  options: SessionOptions,
  { besides, rules }: { readonly besides: readonly Beside[]; readonly rules: CompareRules },
): Promise<SessionResult> {
  for (const beside of besides) checkSession(ready, beside.options);
  const first = await replayScenarios(ready, options);
  const closers = [first.close];
  const signals = new Set(first.signals);
  let sections = first.report.runs;
  for (const { name, options: theirs } of besides) {
    if (options.interrupt.aborted) break;
    const result = await replayScenarios(ready, theirs);
    closers.push(result.close);
    for (const signal of result.signals) if (!ITS_OWN.has(signal)) signals.add(signal);
    sections = sections.map((section, at) => {
      const other = result.report.runs[at];
      return other === undefined ? section : withComparison(section, { name, section: other }, rules);
    });
  }
  if (sections.some(differs)) signals.add("different");
  return {
    report: buildReport(sections),
    signals: [...signals],
    close: () => {
      for (const close of closers) close();
    },
  };
}
