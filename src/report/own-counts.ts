import type { RunSection } from "./report.js";

/** What a run itself came to: without what was sent to confirm causes. Pure. */
export function ownCounts({ counts, confirming }: RunSection): RunSection["counts"] {
  if (confirming === undefined) return counts;
  return {
    exchanges: counts.exchanges - confirming.exchanges,
    writes: counts.writes - confirming.writes,
    conflicts: counts.conflicts - confirming.conflicts,
    failures: counts.failures - confirming.failures,
    refused: counts.refused,
  };
}
