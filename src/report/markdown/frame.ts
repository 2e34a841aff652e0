import { hiddenWords } from "../hidden-words.js";
import { ownCounts } from "../own-counts.js";
import type { RunReport, RunSection } from "../report.js";
import { mockWords } from "../run-title.js";
import { counted } from "../terminal/block.js";
import { code, prose } from "./inert.js";

function summaryWords({ summary }: RunReport): string {
  const parts = [
    { count: summary.passed, word: "passed" },
    { count: summary.failed, word: "failed" },
    { count: summary.inconclusive, word: "inconclusive" },
    { count: summary.notJudged, word: "not judged" },
  ].filter(({ count }) => count > 0);
  return `${counted(summary.scenarios, "scenario")}: ${parts.map(({ count, word }) => `${count} ${word}`).join(", ")}`;
}

/** Of many runs: what they were made on, where any was made on a mock. */
function mockOf(runs: readonly RunSection[]): string {
  const mocks = [...new Set(runs.flatMap((run) => mockWords(run) ?? []))];
  if (mocks.length === 0) return "";
  return ` (${mocks.length === 1 ? (mocks[0] ?? "MOCK") : "MOCK"})`;
}

/** The document's title. What was made on the mock says so there. Pure. */
export function titleText(report: RunReport, outcome: (run: RunSection) => string): string {
  const [only, ...others] = report.runs;
  if (only === undefined) return "# gcidem: nothing was run\n";
  const words = others.length === 0 ? outcome(only) : summaryWords(report);
  return `# ${prose(`${words}${mockOf(report.runs)}`)}\n`;
}

/** The last lines: what was sent, by which version, where it is saved. Pure. */
export function footerText({ tool, runs }: RunReport): string {
  const sent = runs.reduce((sum, run) => sum + ownCounts(run).exchanges, 0);
  const folders = runs.flatMap(({ folder }) => folder ?? []);
  const [folder] = folders;
  const saved =
    folder === undefined
      ? ""
      : `; saved in ${code(folder)}${folders.length > 1 ? ` and ${folders.length - 1} more` : ""}`;
  const words = hiddenWords({ runs });
  const hidden = words === null ? "" : `; ${words} redacted`;
  return `---\n\n${counted(sent, "request")}${saved}${hidden}. ${prose(`${tool.name} ${tool.version}`)}\n`;
}
