import { isConfirming } from "../../journal/confirming.js";
import type { Exchange } from "../../journal/journal.js";
import { outcomeOf, toneOf } from "./answer-words.js";

/** A step whose requests were refused with a conflict or not answered: with what, how many of how many. */
export interface Trouble {
  readonly step: string;
  /** `409`, `ECONNRESET` */
  readonly outcome: string;
  readonly count: number;
  readonly total: number;
}

/** Takes exchanges one by one. */
export interface TroubleList {
  readonly add: (exchange: Exchange) => void;
  readonly finish: () => readonly Trouble[];
}

/** Counts per step; grows with the scenario, not with its requests. */
export function createTroubleList(): TroubleList {
  const totals = new Map<string, number>();
  const counts = new Map<string, Map<string, number>>();
  const add = (exchange: Exchange): void => {
    if (isConfirming(exchange)) return;
    totals.set(exchange.step, (totals.get(exchange.step) ?? 0) + 1);
    if (toneOf(exchange) !== "conflict" && exchange.response !== null) return;
    const outcomes = counts.get(exchange.step) ?? new Map<string, number>();
    counts.set(exchange.step, outcomes);
    const outcome = outcomeOf(exchange);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  };
  const finish = (): readonly Trouble[] =>
    [...counts].flatMap(([step, outcomes]) =>
      [...outcomes].map(([outcome, count]) => ({ step, outcome, count, total: totals.get(step) ?? count })),
    );
  return { add, finish };
}
