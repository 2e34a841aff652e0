import { printableJson } from "../core/printable.js";
import { VERSION } from "../core/version.js";
import { adviseOn, NOT_SHOWN } from "./advise.js";
import { START_SPREAD_MS } from "./simulate-run.js";
import type { Comparison } from "./strategies.js";
import { CHANGE_WAYS, CREATE_WAYS } from "./ways.js";
import { ONE_WAY_MS } from "./wire.js";

/** A comparison as JSON, `schema: gcidem-strategies/1`: times in milliseconds, counts of writers, requests or refusals. Pure. */
export function comparisonJson(comparison: Comparison): string {
  const { comparing, cells } = comparison;
  const { policy, seed, writers, runs, deadlineMs, lostShare } = comparing;
  const ways = [...CHANGE_WAYS, ...CREATE_WAYS];
  const value = {
    schema: "gcidem-strategies/1",
    tool: { name: "gcidem", version: VERSION },
    target: { kind: "mock", policy: policy.name },
    seed,
    conditions: {
      writers,
      runs,
      deadlineMs,
      lostAnswers: lostShare,
      startSpreadMs: START_SPREAD_MS,
      oneWayMs: ONE_WAY_MS,
    },
    strategies: ways.map(({ id, title, work, description }) => ({ id, title, work, description })),
    cells: cells.map(({ strategy, churnPerSecond, figures }) => ({ strategy, churnPerSecond, ...figures })),
    advice: adviseOn(comparison),
    notShown: NOT_SHOWN,
  };
  return `${printableJson(JSON.stringify(value, null, 2))}\n`;
}
