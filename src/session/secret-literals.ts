import type { HeaderList } from "../core/http.js";
import { isSecretName } from "../core/secret-sight.js";
import { sendingSteps } from "../plan/build-plan.js";
import type { Expectation, JsonTemplate, Scenario, SendingStep, Template } from "../scenario/scenario.js";

/** True for names whose values are secrets. */
type IsSecret = (name: string) => boolean;

function literal(template: Template): readonly string[] {
  const [only, ...more] = template.parts;
  return typeof only === "string" && more.length === 0 ? [only] : [];
}

function inJson(json: JsonTemplate, named: boolean, isSecret: IsSecret): readonly string[] {
  if (json.kind === "string") return named ? literal(json.template) : [];
  if (json.kind === "array") return json.items.flatMap((item) => inJson(item, false, isSecret));
  if (json.kind !== "object") return [];
  return json.members.flatMap(([name, value]) => inJson(value, literal(name).some(isSecret), isSecret));
}

/** Of `/user/password`, `$.user.password` and `$['password']` the last name. */
function lastName(path: string): string {
  return /([^/.[\]'"]+)['"\]]*$/.exec(path)?.[1] ?? "";
}

function inOperation(operation: JsonTemplate, isSecret: IsSecret): readonly string[] {
  if (operation.kind !== "object") return [];
  const member = (wanted: string): JsonTemplate | undefined =>
    operation.members.find(([name]) => literal(name)[0] === wanted)?.[1];
  const [path, value] = [member("path"), member("value")];
  const named = path?.kind === "string" && literal(path.template).map(lastName).some(isSecret);
  return value === undefined ? [] : inJson(value, named, isSecret);
}

function inExpectation(expectation: Expectation, isSecret: IsSecret): readonly string[] {
  if (expectation.what !== "json" || expectation.matcher.kind !== "equals") return [];
  return inJson(expectation.matcher.value, isSecret(lastName(expectation.path)), isSecret);
}

function inStep(step: SendingStep, isSecret: IsSecret): readonly string[] {
  if (step.kind === "repeat")
    return step.mutations.flatMap((each) =>
      each.kind === "patch" && each.operations.kind === "array"
        ? each.operations.items.flatMap((operation) => inOperation(operation, isSecret))
        : [],
    );
  const { body } = step.request;
  if (body?.kind === "json") return inJson(body.json, false, isSecret);
  if (body?.kind !== "form") return [];
  return body.fields.flatMap(([name, value]) => (isSecret(name) ? literal(value) : []));
}

/**
 * Values that a scenario's author wrote under a name such as `password`, or one of `members`, which a config file has
 * hidden: they stand in its text too. Pure.
 */
export function secretLiterals(scenario: Scenario, members: readonly string[] = []): readonly string[] {
  const own = new Set(members.map((name) => name.toLowerCase()));
  const isSecret: IsSecret = (name) => isSecretName(name) || own.has(name.toLowerCase());
  const steps = [...scenario.setUp, ...scenario.steps, ...scenario.cleanUp];
  const raced = steps.flatMap((step) => (step.kind === "race" ? step.variables : []));
  const fromVariables = [...scenario.variables, ...raced].flatMap(({ name, value }) =>
    value === null ? [] : inJson(value, isSecret(name), isSecret),
  );
  const fromSteps = steps
    .flatMap(sendingSteps)
    .flatMap((step) => [
      ...inStep(step, isSecret),
      ...step.expectations.flatMap((each) => inExpectation(each, isSecret)),
    ]);
  return [...fromVariables, ...fromSteps];
}

function headersOf(step: SendingStep): readonly (readonly [name: string, value: Template | null])[] {
  if (step.kind === "request") return step.request.headers;
  return step.mutations.flatMap((each) => (each.kind === "set" ? each.set.headers : []));
}

/** Headers that a scenario's author wrote out: the key of an API stands in its text before it is sent. Pure. */
export function literalHeaders({ setUp, steps, cleanUp, effects }: Scenario): HeaderList {
  const sent = [...setUp, ...steps, ...cleanUp].flatMap(sendingSteps).flatMap(headersOf);
  return [...sent, ...(effects?.request.headers ?? [])].flatMap(([name, value]) =>
    value === null ? [] : literal(value).map((text) => [name, text] as const),
  );
}
