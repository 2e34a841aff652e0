import type { Scenario, SendingStep, Step } from "../scenario/scenario.js";
import type { PlannedStep, RunPlan, Section } from "./plan.js";

/** True for a step that sends a request. Pure. */
export function isSending(step: Step): step is SendingStep {
  return step.kind === "request" || step.kind === "repeat";
}

/** What a step sends: itself, or the steps inside a race, once where its writers share them. Pure. */
export function sendingSteps(step: Step): readonly SendingStep[] {
  if (step.kind === "race") return step.alike ? (step.writers[0] ?? []) : step.writers.flat();
  return isSending(step) ? [step] : [];
}

/** Steps after which effects must be counted for this one's expectations: itself and what it claims to be a replay of. */
function countedBy(step: Step): readonly string[] {
  if (step.kind === "race") {
    const isCounted = step.expectations.some(
      (each) => each.what === "invariant" && each.invariant === "at-most-once",
    );
    return isCounted ? [step.id] : [];
  }
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
  const sending = all.flatMap(({ step }) => sendingSteps(step));
  const repeated = new Set(sending.flatMap((step) => (step.kind === "repeat" ? [step.of] : [])));
  const counted =
    scenario.effects === null ? new Set<string>() : new Set(all.flatMap(({ step }) => countedBy(step)));
  const steps: readonly PlannedStep[] = all.map(({ section, step }) => ({
    step,
    section,
    repeated: repeated.has(step.id),
    countsEffects: counted.has(step.id),
  }));
  return { scenario, steps, stepById: new Map(sending.map((step) => [step.id, step])), repeated };
}
