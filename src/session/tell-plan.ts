import type { Exchange } from "../journal/journal.js";
import type { RunPlan } from "../plan/plan.js";
import { mayBePlatform } from "../platform/vendor-hosts.js";
import { plannedRequests } from "./dry-requests.js";
import { plannedWrites } from "./judge-writes.js";
import { type PlanToTell, planWords } from "./plan-words.js";
import type { LoadedScenario, SessionOptions } from "./session.js";

/** A scenario that is not run yet. */
interface ToldScenario {
  readonly plan: RunPlan;
  readonly loaded: Pick<LoadedScenario, "scenario">;
}

/** What a scenario would write, as far as it is known before the run. Pure. */
function writesOf({ plan, loaded }: ToldScenario, options: SessionOptions): PlanToTell["writes"] {
  const made = new Map<string, PlanToTell["writes"][number]["request"]>();
  for (const { step, request } of plannedRequests(loaded.scenario, options))
    if (!made.has(step.id)) made.set(step.id, request);
  return plannedWrites(plan, options.headers).flatMap(({ step, count }) => {
    const request = made.get(step.id);
    return request === undefined ? [] : [{ request, count }];
  });
}

function isOnPlatform({ target }: SessionOptions): boolean {
  if (target.kind === "mock" || (target.kind === "profile" && target.profile.kind === "genesys")) return true;
  return mayBePlatform(new URL(target.baseUrl).hostname);
}

/** What a scenario would do, in words, after these reads. Pure but for the calendar. */
export function tellPlan(
  ready: ToldScenario,
  options: SessionOptions,
  reads: readonly Exchange[],
): readonly string[] {
  const writes = writesOf(ready, options);
  return planWords({ writes, reads, nowEpochMs: Date.now(), onPlatform: isOnPlatform(options) });
}
