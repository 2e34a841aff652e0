import type { Render, RunReport, RunSection } from "../report.js";
import { banner } from "./banner.js";
import type { Block } from "./block.js";
import { causeBlock } from "./cause-block.js";
import { comparisonBlock } from "./comparison-block.js";
import { correlationBlock } from "./correlation-block.js";
import { diffBlock } from "./diff-block.js";
import { failedBlock } from "./failed-block.js";
import { footer } from "./footer.js";
import { headlineBlock } from "./headline.js";
import { leftBlock } from "./left-block.js";
import { type Look, lookOf, type TerminalOptions } from "./look.js";
import { planBlock } from "./plan-block.js";
import { invariantBlock } from "./races/invariant-block.js";
import { raceBlock } from "./races/race-block.js";
import { refusalBlock } from "./refusal-block.js";
import { surveyRun } from "./survey.js";
import { tableBlock } from "./table-block.js";
import { verdictBlock } from "./verdict-block.js";

/** Blocks of one scenario, in the order in which a person needs them. */
const SCENARIO_BLOCKS: readonly (readonly Block[])[] = [
  [headlineBlock],
  [tableBlock],
  [raceBlock],
  [invariantBlock],
  [refusalBlock, diffBlock],
  [causeBlock],
  [comparisonBlock],
  [failedBlock],
  [verdictBlock, correlationBlock],
  [planBlock],
  [leftBlock],
];

function* withLineEnds(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}

function* scenario(report: RunReport, run: RunSection, look: Look): Generator<string> {
  const input = { report, run, look, survey: surveyRun(run, look) };
  for (const group of SCENARIO_BLOCKS) {
    let empty = true;
    for (const block of group) {
      for (const line of block(input)) {
        if (empty) yield "\n";
        empty = false;
        yield `${line}\n`;
      }
    }
  }
}

/**
 * The report that a person reads: answer first, evidence under it. No control character but line ends and, with
 * `color`, SGR sequences, and links (OSC 8) to own files where `addressOf` is given; no table row wider than `columns` (at least 40). Reads each run's exchanges once, and again
 * only those that it shows in full; its memory is bounded. Pure.
 */
export const renderTerminal: Render<TerminalOptions> = function* (
  report: RunReport,
  options: TerminalOptions,
): Generator<string> {
  const look = lookOf(options);
  yield* withLineEnds(banner(report, look));
  for (const [index, run] of report.runs.entries()) {
    if (index > 0) yield "\n";
    yield* scenario(report, run, look);
  }
  yield "\n";
  yield* withLineEnds(footer(report, look));
};
