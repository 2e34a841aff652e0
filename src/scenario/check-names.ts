import { oneOf, quoted } from "../document/describe-value.js";
import { didYouMeanHint } from "../document/did-you-mean.js";
import type { SourceDocument } from "../document/document.js";
import { placeInside, problem } from "../document/field.js";
import type { Steps } from "./check-steps.js";
import { expressionsOf, findTemplates } from "./find-templates.js";
import type { Reading } from "./reading.js";
import type { Scenario, Template, TemplateExpression, Variable } from "./scenario.js";
import type { Slot } from "./slots.js";

/** What a template may name at the moment at which it is filled in. */
interface Moment {
  readonly variables: readonly string[];
  /** Steps before this place in the order have run; null: no step has. */
  readonly order: number | null;
  /** The place whose own captures are there too: expectations are judged after the answer. */
  readonly own: number | null;
}

/** All that names are checked against. */
export interface NameTable {
  readonly doc: SourceDocument;
  readonly steps: Steps;
  readonly variables: readonly string[];
  /** False where `vars` cannot be read: then any name may be a var. */
  readonly variablesKnown: boolean;
}

type Finding = { readonly message: string; readonly hint?: string } | null;

function variableFinding(name: string, table: NameTable, moment: Moment): Finding {
  if (moment.variables.includes(name) || !table.variablesKnown) return null;
  if (table.variables.includes(name)) {
    return {
      message: `found $(${name}) before that var has a value, expected an earlier var`,
      hint: "vars are evaluated in the order of the file",
    };
  }
  const step = table.steps.byId.get(name);
  if (step !== undefined) {
    const example = step.captures?.[0] ?? "name";
    return {
      message: `found $(${name}), which is a step, expected one of its captures`,
      hint: `write $(${name}.${example})`,
    };
  }
  const known =
    table.variables.length === 0 ? "a var, and the scenario has none" : `a var: ${oneOf(table.variables)}`;
  return {
    message: `found the unknown name $(${name}), expected ${known}`,
    ...didYouMeanHint(name, table.variables),
  };
}

function timingFinding(
  expression: { readonly step: string; readonly name: string },
  slot: Slot,
  moment: Moment,
): Finding {
  const shown = `$(${expression.step}.${expression.name})`;
  if (moment.order === null) {
    return {
      message: `found ${shown} in a value that is made before the first step runs, expected vars only`,
    };
  }
  if (slot.order < moment.order || slot.order === moment.own) return null;
  const when = slot.order === moment.order ? "is this very step" : "has not run at that point";
  return {
    message: `found ${shown}, but the step ${quoted(expression.step)} ${when}, expected a capture of an earlier step`,
  };
}

function captureFinding(
  expression: { readonly step: string; readonly name: string },
  table: NameTable,
  moment: Moment,
): Finding {
  const { step: id, name } = expression;
  const slot = table.steps.byId.get(id);
  if (slot === undefined) {
    if (table.variables.includes(id)) {
      return {
        message: `found $(${id}.${name}), but ${quoted(id)} is a var and has no parts, expected $(${id})`,
      };
    }
    const meant = didYouMeanHint(id, [...table.steps.byId.keys()]);
    if (!table.steps.complete && meant.hint === undefined) return null;
    const message = `found $(${id}.${name}), but there is no step ${quoted(id)}, expected $(step.capture)`;
    return { message, ...meant };
  }
  if (slot.kind === "race" || slot.kind === "unknown") return null;
  if (slot.captures !== null && !slot.captures.includes(name)) {
    const captures = slot.captures.length === 0 ? "nothing" : oneOf(slot.captures).replace(/ or /, " and ");
    return {
      message: `found $(${id}.${name}), but the step ${quoted(id)} captures ${captures}, expected a capture of an earlier step`,
      ...didYouMeanHint(name, slot.captures),
    };
  }
  return timingFinding(expression, slot, moment);
}

function checkTemplate(
  reading: Reading,
  template: Template,
  use: { readonly table: NameTable; readonly moment: Moment },
): void {
  const { table, moment } = use;
  for (const expression of expressionsOf(template)) {
    const finding =
      expression.kind === "var"
        ? variableFinding(expression.name, table, moment)
        : expression.kind === "capture"
          ? captureFinding(expression, table, moment)
          : null;
    if (finding === null) continue;
    const at = placeInside(table.doc, template.at, sourceStart(expression));
    reading.problems.push(problem(at, finding.message, finding.hint));
  }
}

/** How an expression begins in the source, as far as its spelling is certain. */
function sourceStart(expression: TemplateExpression): string {
  if (expression.kind === "var") return `$(${expression.name}`;
  return expression.kind === "capture" ? `$(${expression.step}.${expression.name}` : "$(";
}

function checkAll(
  reading: Reading,
  value: unknown,
  use: { readonly table: NameTable; readonly moment: Moment },
): void {
  for (const template of findTemplates(value)) checkTemplate(reading, template, use);
}

function checkVariables(reading: Reading, variables: readonly Variable[], table: NameTable): void {
  for (const [index, variable] of variables.entries()) {
    const earlier = variables.slice(0, index).map(({ name }) => name);
    checkAll(reading, variable.value, { table, moment: { variables: earlier, order: null, own: null } });
  }
}

function checkSlot(reading: Reading, slot: Slot, table: NameTable): void {
  if (slot.step === null || slot.step.kind === "wait" || slot.step.kind === "compare") return;
  const { expectations, ...sent } = slot.step;
  const moment: Moment = { variables: table.variables, order: slot.order, own: null };
  checkAll(reading, sent, { table, moment });
  checkAll(reading, expectations, { table, moment: { ...moment, own: slot.order } });
}

/** Notes every name in a template that is unknown, or has no value yet at the moment at which it is needed. */
export function checkNames(
  reading: Reading,
  scenario: Pick<Scenario, "variables" | "world" | "effects">,
  table: NameTable,
): void {
  const before: Moment = { variables: table.variables, order: null, own: null };
  checkVariables(reading, scenario.variables, table);
  checkAll(reading, scenario.world, { table, moment: before });
  for (const slot of table.steps.slots) checkSlot(reading, slot, table);
  checkAll(reading, scenario.effects?.request, {
    table,
    moment: { ...before, order: Number.POSITIVE_INFINITY },
  });
}
