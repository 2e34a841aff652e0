import { presetPolicy } from "../../src/policy/presets.js";
import { parsePolicy } from "../../src/policy/read-policy.js";
import { compareStrategies } from "../../src/strategies/compare-strategies.js";
import type { Comparing, Comparison, Figures, StrategyId } from "../../src/strategies/strategies.js";

/** Fewer runs than by default, so that a test takes a moment. */
const SMALL: Comparing = {
  policy: presetPolicy("forum-lore"),
  seed: 1,
  writers: 4,
  runs: 8,
  deadlineMs: 10_000,
  churnsPerSecond: [0, 5],
  lostShare: 0.1,
};

/** Conditions that differ from the small default ones; a policy by its preset's name or its text. */
export function comparing(
  other: Partial<Omit<Comparing, "policy">> & { readonly policy?: string } = {},
): Comparing {
  const { policy = "forum-lore", ...rest } = other;
  return { ...SMALL, ...rest, policy: policy.includes(":") ? parsePolicy(policy) : presetPolicy(policy) };
}

/** Compares under such conditions. */
export function compare(other: Parameters<typeof comparing>[0] = {}): Promise<Comparison> {
  return compareStrategies(comparing(other));
}

/** The figures of one way under one churn rate; null for the ways that create. */
export function figures({ cells }: Comparison, strategy: StrategyId, churn: number | null): Figures {
  const cell = cells.find((each) => each.strategy === strategy && each.churnPerSecond === churn);
  if (cell === undefined) throw new Error(`no cell ${strategy} with churn ${churn}`);
  return cell.figures;
}
