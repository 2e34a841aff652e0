import { parseDuration } from "../core/duration.js";
import type { Problem } from "../core/errors.js";
import { type Field, placeInside, placeOf, plainTextIn, problem, textIn } from "../document/field.js";
import { parseTemplate } from "./parse-template.js";
import type { Template, TemplateExpression } from "./scenario.js";

/** What the readers of a scenario's parts write their findings to. */
export interface Reading {
  readonly problems: Problem[];
  /** Inside a race: what a step is called everywhere that is named by its id there. */
  readonly resolve?: (id: string) => string;
  /** Origins besides the target that a whole URL may name; `any`: that was judged elsewhere. Absent: none. */
  readonly otherOrigins?: readonly string[] | "any";
}

/** Notes a problem with a field. */
export function report(reading: Reading, field: Field, message: string, hint?: string | null): void {
  reading.problems.push(problem(placeOf(field), message, hint));
}

/** The template in a text; null where the field is no text (whose shape somebody else has reported). */
export function readTemplate(reading: Reading, field: Field | null): Template | null {
  const text = plainTextIn(field);
  if (field === null || text === null) return null;
  return templateOf(reading, field, text);
}

/** The template that a text from a field is, mistakes in it noted at their exact place. */
export function templateOf(reading: Reading, field: Field, text: string): Template {
  const at = placeOf(field);
  const { parts, mistakes } = parseTemplate(text);
  for (const { piece, message, hint } of mistakes) {
    reading.problems.push(problem(placeInsideField(field, piece), message, hint));
  }
  const { resolve } = reading;
  if (resolve === undefined) return { parts, at };
  return { parts: parts.map((part) => (typeof part === "string" ? part : resolved(part, resolve))), at };
}

function resolved(expression: TemplateExpression, resolve: (id: string) => string): TemplateExpression {
  if (expression.kind === "capture") return { ...expression, step: resolve(expression.step) };
  if (expression.kind !== "call" || expression.argument === null || typeof expression.argument === "string")
    return expression;
  return { ...expression, argument: resolved(expression.argument, resolve) };
}

function placeInsideField(field: Field, piece: string): Problem["at"] {
  return placeInside(field.doc, placeOf(field), piece);
}

/** Milliseconds of a duration; null where there is none. */
export function readDuration(field: Field | null): number | null {
  const text = textIn(field);
  return text === null ? null : parseDuration(text);
}
