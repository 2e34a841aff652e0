import { isSecretName } from "../core/secret-sight.js";
import { sendingSteps } from "../plan/build-plan.js";
import type { JsonTemplate, Scenario, Template } from "../scenario/scenario.js";

function literal(template: Template): readonly string[] {
  const [only, ...more] = template.parts;
  return typeof only === "string" && more.length === 0 ? [only] : [];
}

function inJson(json: JsonTemplate, named: boolean): readonly string[] {
  if (json.kind === "string") return named ? literal(json.template) : [];
  if (json.kind === "array") return json.items.flatMap((item) => inJson(item, false));
  if (json.kind !== "object") return [];
  return json.members.flatMap(([name, value]) => inJson(value, literal(name).some(isSecretName)));
}

/** Values that a scenario's author wrote under a name such as `password`: they stand in its text too. Pure. */
export function secretLiterals(scenario: Scenario): readonly string[] {
  const steps = [...scenario.setUp, ...scenario.steps, ...scenario.cleanUp];
  const raced = steps.flatMap((step) => (step.kind === "race" ? step.variables : []));
  const fromVariables = [...scenario.variables, ...raced].flatMap(({ name, value }) =>
    value === null ? [] : inJson(value, isSecretName(name)),
  );
  const fromBodies = steps.flatMap(sendingSteps).flatMap((step) => {
    const body = step.kind === "request" ? step.request.body : null;
    if (body?.kind === "json") return inJson(body.json, false);
    if (body?.kind !== "form") return [];
    return body.fields.flatMap(([name, value]) => (isSecretName(name) ? literal(value) : []));
  });
  return [...fromVariables, ...fromBodies];
}
