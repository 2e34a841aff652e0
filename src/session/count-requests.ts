import { isSending } from "../plan/build-plan.js";
import type { PlannedStep, RunPlan } from "../plan/plan.js";

function countOf({ step }: PlannedStep): number {
  if (step.kind === "race")
    return step.writers.reduce((sum, steps) => sum + steps.reduce((all, each) => all + each.times, 0), 0);
  return isSending(step) ? step.times : 0;
}

/** Requests of one round, as far as the plan says: retries, and what stops a round early, are not in it. Pure. */
export function countRequests({ steps }: RunPlan): number {
  return steps.reduce((sum, each) => sum + countOf(each), 0);
}
