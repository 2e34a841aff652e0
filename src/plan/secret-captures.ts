import { isSecretHeader } from "../core/redact.js";
import { expressionsOf, findTemplates } from "../scenario/find-templates.js";
import type { SendingStep, Template } from "../scenario/scenario.js";
import { sendingSteps } from "./build-plan.js";
import type { RunPlan } from "./plan.js";

function credentialHeaders(step: SendingStep): readonly (readonly [string, Template | null])[] {
  if (step.kind === "request") return step.request.headers;
  return step.mutations.flatMap((mutation) => (mutation.kind === "set" ? mutation.set.headers : []));
}

function credentialTemplates({ steps }: RunPlan): readonly (Template | null)[] {
  const sending = steps.flatMap(({ step }) => sendingSteps(step));
  return sending.flatMap(credentialHeaders).flatMap(([name, value]) => (isSecretHeader(name) ? [value] : []));
}

/** Captures that a later step sends as a credential, as `step.name`: the answer that they come from holds a secret. Pure. */
export function secretCaptures(plan: RunPlan): ReadonlySet<string> {
  const templates = credentialTemplates(plan).flatMap((template) => [...findTemplates(template)]);
  const expressions = templates.flatMap(expressionsOf);
  return new Set(
    expressions.flatMap((each) => (each.kind === "capture" ? [`${each.step}.${each.name}`] : [])),
  );
}
