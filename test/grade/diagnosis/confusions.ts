import type { Case } from "./judge/judge-scenario.js";
import { isDistinguishable, type ScoredKind, saidIn } from "./judge/score.js";

const SHOWN = 40;
const EXAMPLES = 4;

/** What was taken for what in one exchange; null where nothing was mistaken that could have been known. */
function mistakeIn(each: Case, kind: ScoredKind): string | null {
  if (each.truth.kind === "apart" || !isDistinguishable(each)) return null;
  const truth = each.truth.kind === kind ? each.truth.cause : null;
  const first = saidIn(each, kind)[0]?.cause ?? null;
  const movedBy = kind === "refusal" ? (each.refusals[0]?.movedBy ?? null) : null;
  if (truth === first) {
    const isMoved = truth?.startsWith("stale-") === true && movedBy !== each.truth.movedBy;
    return isMoved ? `${truth} moved by ${each.truth.movedBy} taken for ${movedBy}` : null;
  }
  return `${kind} ${truth ?? "none"} taken for ${first ?? "none"}${each.opaque ? ", opaque" : ""}`;
}

/** What is most often taken for what, with targets and seeds to look at. Pure. */
export function confusions(cases: readonly Case[]): readonly string[] {
  const found = new Map<string, Case[]>();
  for (const each of cases) {
    for (const kind of ["refusal", "anomaly"] as const) {
      const mistake = mistakeIn(each, kind);
      if (mistake !== null) found.set(mistake, [...(found.get(mistake) ?? []), each]);
    }
  }
  const sorted = [...found].sort(([, one], [, other]) => other.length - one.length).slice(0, SHOWN);
  return sorted.map(([mistake, where]) => {
    const examples = where
      .slice(0, EXAMPLES)
      .map(({ target, seed, exchange }) => `${target} ${seed} ${exchange}`);
    return `${where.length} x ${mistake}: ${examples.join(", ")}`;
  });
}
