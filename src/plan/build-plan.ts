import type { Scenario, SendingStep, Step } from "../scenario/scenario.js";
import type { PlannedStep, RunPlan, Section } from "./plan.js";

/** True for a step that sends a request. Pure. */
export function isSending(step: Step): step is SendingStep {
  return step.kind === "request" || step.kind === "repeat";
}

/** Steps after which effects must be counted for this one's expectations: itself and what it claims to be a replay of. */
function countedBy(step: Step): readonly string[] {
  if (!isSending(step)) return [];
  return step.expectations.flatMap((each) => {
    if (each.what === "replayOf") return [each.step, step.id];
    return each.what === "executed" ? [step.id] : [];
  });
}

/** Puts a scenario's steps in the order of execution. Pure. */
export function buildPlan(scenario: Scenario): RunPlan {
  const sections: readonly (readonly [Section, readonly Step[]])[] = [
    ["setUp", scenario.setUp],
    ["steps", scenario.steps],
    ["cleanUp", scenario.cleanUp],
  ];
  const all = sections.flatMap(([section, steps]) => steps.map((step) => ({ section, step })));
  const repeated = new Set(all.flatMap(({ step }) => (step.kind === "repeat" ? [step.of] : [])));
  const counted =
    scenario.effects === null ? new Set<string>() : new Set(all.flatMap(({ step }) => countedBy(step)));
  const steps: readonly PlannedStep[] = all.map(({ section, step }) => ({
    step,
    section,
    repeated: repeated.has(step.id),
    countsEffects: counted.has(step.id),
  }));
  const sending = steps.map(({ step }) => step).filter(isSending);
  return { scenario, steps, stepById: new Map(sending.map((step) => [step.id, step])) };
}
