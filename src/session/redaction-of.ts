import type { RedactorRules } from "../core/redact.js";
import { sendingSteps } from "../plan/build-plan.js";
import type { Scenario, SendingStep } from "../scenario/scenario.js";
import type { SessionOptions } from "./session.js";

function keyHeaders(step: SendingStep): readonly (string | null | undefined)[] {
  if (step.kind === "request") return [step.request.idempotencyKey?.header];
  return step.mutations.map((each) => (each.kind === "set" ? each.set.idempotencyKey?.header : null));
}

/**
 * What is hidden in a run: what config files say. What they, or the scenario, call the header of a key, a validator or a
 * correlation ID is shown: no conflict is explained without it. Pure.
 */
export function redactionOf(
  { rules, target }: Pick<SessionOptions, "rules" | "target">,
  scenario: Scenario | null,
): RedactorRules {
  const { headers, members } = rules?.redaction ?? { headers: [], members: [] };
  const names = target.kind === "profile" ? target.profile.names : null;
  const ofTarget =
    names === null
      ? []
      : [names.idempotencyKey.header, names.validator, names.sentCorrelationId, ...names.correlationId];
  const steps = scenario === null ? [] : [...scenario.setUp, ...scenario.steps, ...scenario.cleanUp];
  const shown = [...ofTarget, ...steps.flatMap(sendingSteps).flatMap(keyHeaders)];
  return { headers, members, shown: shown.filter((name) => typeof name === "string") };
}
