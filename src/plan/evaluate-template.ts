import { createHash } from "node:crypto";
import type { JsonTemplate, Template, TemplateExpression } from "../scenario/scenario.js";
import type { Scope } from "./plan.js";

/** A value as it stands in text: strings as they are, everything else as JSON. Pure. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function evaluateCall(expression: TemplateExpression & { readonly kind: "call" }, scope: Scope): string {
  if (expression.function === "uuid") return scope.uuid();
  if (expression.function === "now") return scope.now();
  const { argument } = expression;
  const text =
    argument === null || typeof argument === "string" ? (argument ?? "") : textOf(evaluate(argument, scope));
  return createHash("sha256").update(text).digest("hex");
}

function evaluate(expression: TemplateExpression, scope: Scope): unknown {
  switch (expression.kind) {
    case "var":
      return scope.variable(expression.name);
    case "capture":
      return scope.capture(expression.step, expression.name);
    case "env":
      return scope.env(expression.name);
    case "call":
      return evaluateCall(expression, scope);
  }
}

/** The text of a template; `encode` is applied to inserted values only. @throws MissingValue */
export function evaluateText(
  template: Template,
  scope: Scope,
  encode: (value: string) => string = String,
): string {
  return template.parts
    .map((part) => (typeof part === "string" ? part : encode(textOf(evaluate(part, scope)))))
    .join("");
}

/** The value of a template: one that is exactly one expression keeps its type, every other is text. @throws MissingValue */
function evaluateValue(template: Template, scope: Scope): unknown {
  const [only] = template.parts;
  if (template.parts.length === 1 && only !== undefined && typeof only !== "string")
    return evaluate(only, scope);
  return evaluateText(template, scope);
}

/** Compact JSON in source order. @throws MissingValue */
export function evaluateJson(json: JsonTemplate, scope: Scope): string {
  switch (json.kind) {
    case "literal":
      return json.json;
    case "string":
      return JSON.stringify(evaluateValue(json.template, scope));
    case "array":
      return `[${json.items.map((item) => evaluateJson(item, scope)).join(",")}]`;
    case "object":
      return `{${json.members
        .map(([name, value]) => `${JSON.stringify(evaluateText(name, scope))}:${evaluateJson(value, scope)}`)
        .join(",")}}`;
  }
}
