import type { Template, TemplateExpression } from "./scenario.js";

function isTemplate(value: object): value is Template {
  return "parts" in value && Array.isArray(value.parts) && "at" in value;
}

function* findNew(value: unknown, seen: Set<object>): Generator<Template> {
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  if (isTemplate(value)) {
    yield value;
    return;
  }
  for (const inner of Object.values(value)) yield* findNew(inner, seen);
}

/** Every template in a part of a scenario, whatever field it stands in; what writers of a race share once. Pure. */
export function findTemplates(value: unknown): Generator<Template> {
  return findNew(value, new Set());
}

function* withArguments(expression: TemplateExpression): Generator<TemplateExpression> {
  yield expression;
  if (expression.kind === "call" && typeof expression.argument === "object" && expression.argument !== null) {
    yield* withArguments(expression.argument);
  }
}

/** Every expression of a template, arguments of functions among them. Pure. */
export function expressionsOf(template: Template): readonly TemplateExpression[] {
  return template.parts.flatMap((part) => (typeof part === "string" ? [] : [...withArguments(part)]));
}
