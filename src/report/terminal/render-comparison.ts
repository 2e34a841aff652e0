import type { Render } from "../report.js";
import { comparisonLines } from "./comparison-block.js";
import { lookOf, type TerminalOptions } from "./look.js";

/**
 * How two saved runs differ, for people: nothing of either but what is not the same, and what was taken for the same.
 * As safe as the terminal report. Pure.
 */
export const renderComparison: Render<TerminalOptions> = function* (report, options) {
  const look = lookOf(options);
  for (const { comparisons = [] } of report.runs)
    for (const comparison of comparisons) {
      const { tool } = report;
      yield `${look.paint.bold(`${tool.name} ${look.text(tool.version)}`)}    ${look.text(comparison.other.name)}\n\n`;
      for (const line of comparisonLines(comparison, look)) yield `${line}\n`;
    }
};
