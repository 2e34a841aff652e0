import { wilsonInterval } from "../core/rates.js";
import type { Reproduction } from "./report.js";

/** Of more rounds the exchanges themselves tell. */
const MOST_ROUNDS_NAMED = 100;

/** How often a conflict came back: of all rounds those that hit. Pure. */
export function reproductionOf(rounds: number, hitRounds: readonly number[]): Reproduction {
  return {
    rounds,
    hits: hitRounds.length,
    hitRounds: hitRounds.slice(0, MOST_ROUNDS_NAMED),
    ...wilsonInterval(hitRounds.length, rounds),
  };
}
