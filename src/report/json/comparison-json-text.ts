import type { PairDiff, RunComparison } from "../../compare/runs.js";
import { diffJsonText } from "./diff-json-text.js";

/** µs resolution; more digits would be noise of the subtraction. */
function toMicroseconds(timeMs: number | null): number | null {
  return timeMs === null ? null : Math.round(timeMs * 1000) / 1000;
}

/** A diff, with what only a pair of two runs has before it. */
function pairText(pair: PairDiff): string {
  const { place, cause } = pair;
  const durationMs = pair.durationMs.map(toMicroseconds);
  const own = JSON.stringify({ place, cause, durationMs });
  return `${own.slice(0, -1)},${diffJsonText(pair).slice(1)}`;
}

function membersText(members: object): string {
  return JSON.stringify(members).slice(1, -1);
}

/** One comparison of two runs as the JSON report has it; `base` is what the run is compared with. Pure. */
export function comparisonJsonText(comparison: RunComparison): string {
  const { base, other, pairs, omitted, equal, onlyInBase, onlyInOther, renamed } = comparison;
  const medianMs = comparison.medianMs?.map(toMicroseconds) ?? null;
  const head = membersText({ target: base.name, base, other, equal, different: pairs.length + omitted });
  const { departures } = comparison;
  const rest = membersText({ omitted, onlyInBase, onlyInOther, renamed, medianMs, departures });
  return `{${head},"pairs":[${pairs.map(pairText).join(",")}],${rest}}`;
}
