import fc from "fast-check";
import type { Template, TemplateExpression } from "../../src/scenario/scenario.js";

type Parts = Template["parts"];

/** Texts that can stand beside templates: no other template language, no $ right before a template. */
export const arbitraryLiteral: fc.Arbitrary<string> = fc
  .oneof(
    fc.string({ minLength: 1 }),
    fc.stringMatching(/^[a-z$({ ]*\$\([a-z)]*$/),
    fc.string({ unit: "grapheme", minLength: 1 }),
  )
  .filter((text) => text !== "" && !/[${}]$|\$\{|\{\{|[\0-\u0008\u000b-\u001f\u007f\ue000]/.test(text));

export const arbitraryName: fc.Arbitrary<string> = fc
  .stringMatching(/^[A-Za-z_][A-Za-z0-9_-]{0,8}$/)
  .filter((name) => !["env", "writer", "uuid", "now", "sha256", "effects"].includes(name));

function print(expression: TemplateExpression): string {
  switch (expression.kind) {
    case "var":
      return expression.name;
    case "capture":
      // Inside a race a step is written without the race's own id.
      return `${expression.step.replace(/^.*\//, "")}.${expression.name}`;
    case "env":
      return `env.${expression.name}`;
    case "call": {
      const { argument } = expression;
      const inner = argument === null ? "" : typeof argument === "string" ? `'${argument}'` : print(argument);
      return `${expression.function}(${inner})`;
    }
  }
}

/** The text that reads as these parts. */
export function printParts(parts: Parts): string {
  return parts
    .map((part) => (typeof part === "string" ? part.replaceAll("$(", "$$$(") : `$(${print(part)})`))
    .join("");
}

const simple: fc.Arbitrary<TemplateExpression> = fc.oneof(
  fc.record({ kind: fc.constant("var" as const), name: arbitraryName }),
  fc.record({ kind: fc.constant("capture" as const), step: arbitraryName, name: arbitraryName }),
  fc.record({ kind: fc.constant("env" as const), name: arbitraryName }),
  fc.record({
    kind: fc.constant("call" as const),
    function: fc.constantFrom("uuid" as const, "now" as const),
    argument: fc.constant(null),
  }),
);

const expression: fc.Arbitrary<TemplateExpression> = fc.oneof(
  simple,
  fc.record({
    kind: fc.constant("call" as const),
    function: fc.constant("sha256" as const),
    argument: fc.oneof(simple, fc.stringMatching(/^[^'\n${}]*$/)),
  }),
);

/** Parts as reading gives them: no empty text, no two texts side by side. */
export const arbitraryTemplateParts: fc.Arbitrary<Parts> = fc
  .array(fc.oneof(arbitraryLiteral, expression), { maxLength: 5 })
  .map((parts) =>
    parts.filter(
      (part, index) => typeof part !== "string" || index === 0 || typeof parts[index - 1] !== "string",
    ),
  );
