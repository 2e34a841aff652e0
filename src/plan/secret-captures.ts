import { isSecretHeader } from "../core/redact.js";
import { expressionsOf, findTemplates } from "../scenario/find-templates.js";
import type { Template } from "../scenario/scenario.js";
import type { RunPlan } from "./plan.js";

function credentialTemplates({ steps }: RunPlan): readonly (Template | null)[] {
  return steps.flatMap(({ step }) => {
    const headers =
      step.kind === "request"
        ? step.request.headers
        : step.kind === "repeat"
          ? step.mutations.flatMap((mutation) => (mutation.kind === "set" ? mutation.set.headers : []))
          : [];
    return headers.flatMap(([name, value]) => (isSecretHeader(name) ? [value] : []));
  });
}

/** Captures that a later step sends as a credential, as `step.name`: the answer that they come from holds a secret. Pure. */
export function secretCaptures(plan: RunPlan): ReadonlySet<string> {
  const templates = credentialTemplates(plan).flatMap((template) => [...findTemplates(template)]);
  const expressions = templates.flatMap(expressionsOf);
  return new Set(
    expressions.flatMap((each) => (each.kind === "capture" ? [`${each.step}.${each.name}`] : [])),
  );
}
