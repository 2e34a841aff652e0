import { GcidemError } from "../core/errors.js";
import type { Experiment } from "../diagnose/diagnose.js";
import type { Exchange } from "../journal/journal.js";
import { buildPlan } from "../plan/build-plan.js";
import type { RunPlan } from "../plan/plan.js";
import { loadScenario } from "../scenario/load-scenario.js";
import { canBeWritten, settlingScenario } from "../session/settling-scenario.js";

/** What an experiment sends, or why it cannot be sent. */
export type PlannedExperiment = { readonly plan: RunPlan } | { readonly because: string };

function missingWords(names: readonly string[]): string {
  const body = names.includes("body") ? ["the body, which was not recorded"] : [];
  const secrets = names.some((name) => name !== "body") ? ["values that were redacted"] : [];
  return `it needs ${[...body, ...secrets].join(" and ")}`;
}

/**
 * Makes the steps of an experiment, by way of the scenario that a person would run: what is sent is the same. What the
 * journal does not hold (a redacted value, a body that was not recorded) cannot be sent. Pure.
 */
export function planExperiment(experiment: Experiment, refused: Exchange): PlannedExperiment {
  if (!canBeWritten(experiment)) return { because: "its values look like templates of other tools" };
  const text = settlingScenario(
    experiment,
    { exchange: refused.id },
    {
      refused: `${refused.response?.status ?? "failed"}`,
      recording: "this run",
      exchange: refused.id,
      bodyMissing: refused.request.missing?.includes("body") === true,
    },
  );
  try {
    const plan = buildPlan(loadScenario(text, "confirm.yaml"));
    const names = plan.scenario.variables.map(({ name }) => name);
    return names.length === 0 ? { plan } : { because: missingWords(names) };
  } catch (error) {
    if (error instanceof GcidemError) return { because: "it cannot be written as steps of a scenario" };
    throw error;
  }
}
