import { oneOf, quoted } from "../document/describe-value.js";
import { didYouMeanHint } from "../document/did-you-mean.js";
import type { SourceDocument } from "../document/document.js";
import { placeInside, problem } from "../document/field.js";
import { raceAround, type Steps } from "./check-steps.js";
import { expressionsOf, findTemplates } from "./find-templates.js";
import type { Reading } from "./reading.js";
import type { Scenario, Template, TemplateExpression, Variable } from "./scenario.js";
import type { Slot } from "./slot.js";

/** The number of a race's writer. */
const WRITER = "writer";

/** What a template may name at the moment at which it is filled in. */
interface Moment {
  readonly variables: readonly string[];
  /** Vars that have no value yet. */
  readonly later: readonly string[];
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
  if (moment.variables.includes(name)) return null;
  if (name === WRITER) return { message: "found $(writer) outside a race, where no writer is" };
  if (!table.variablesKnown) return null;
  if (moment.later.includes(name)) {
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
  const names = [...new Set([...table.variables, ...moment.variables])];
  const known = names.length === 0 ? "a var, and the scenario has none" : `a var: ${oneOf(names)}`;
  return { message: `found the unknown name $(${name}), expected ${known}`, ...didYouMeanHint(name, names) };
}

function timingFinding(
  expression: { readonly step: string; readonly name: string },
  slot: Slot,
  moment: Moment,
): Finding {
  const shown = `$(${slot.id}.${expression.name})`;
  if (moment.order === null) {
    return {
      message: `found ${shown} in a value that is made before the first step runs, expected vars only`,
    };
  }
  if (slot.order < moment.order || slot.order === moment.own) return null;
  const when = slot.order === moment.order ? "is this very step" : "has not run at that point";
  return {
    message: `found ${shown}, but the step ${quoted(slot.id ?? "")} ${when}, expected a capture of an earlier step`,
  };
}

function unknownStepFinding(
  { step: id, name }: { readonly step: string; readonly name: string },
  { steps }: NameTable,
): Finding {
  const race = raceAround(steps, id);
  if (race !== null) {
    return {
      message: `found $(${id}.${name}), but ${quoted(id)} is a step inside the race ${quoted(race)}, expected a capture of a step that is not`,
      hint: "each writer captures for itself: read it again with a step after the race",
    };
  }
  const outer = steps.slots.flatMap((slot) => (slot.inside === null ? (slot.id ?? []) : []));
  const meant = didYouMeanHint(id, outer);
  if (!steps.complete && meant.hint === undefined) return null;
  return {
    message: `found $(${id}.${name}), but there is no step ${quoted(id)}, expected $(step.capture)`,
    ...meant,
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
    return unknownStepFinding(expression, table);
  }
  if (slot.kind === "unknown") return null;
  if (slot.captures !== null && !slot.captures.includes(name)) {
    const captures = slot.captures.length === 0 ? "nothing" : oneOf(slot.captures).replace(/ or /, " and ");
    const what = slot.kind === "race" ? "race" : "step";
    return {
      message: `found $(${slot.id}.${name}), but the ${what} ${quoted(slot.id ?? "")} captures ${captures}, expected a capture of an earlier step`,
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
  if (expression.kind !== "capture") return "$(";
  return `$(${expression.step.slice(expression.step.lastIndexOf("/") + 1)}.${expression.name}`;
}

function checkAll(
  reading: Reading,
  value: unknown,
  use: { readonly table: NameTable; readonly moment: Moment },
): void {
  for (const template of findTemplates(value)) checkTemplate(reading, template, use);
}

/** Vars are evaluated in the order of the file, each with those above it. */
function checkVariables(
  reading: Reading,
  variables: readonly Variable[],
  { table, moment }: { readonly table: NameTable; readonly moment: Moment },
): void {
  const names = variables.map(({ name }) => name);
  for (const [index, variable] of variables.entries()) {
    const known = [...moment.variables, ...names.slice(0, index)];
    checkAll(reading, variable.value, {
      table,
      moment: { ...moment, variables: known, later: names.slice(index) },
    });
  }
}

/** What a writer knows besides what the scenario knows. */
function writerVariables({ step }: Slot): readonly string[] {
  return step?.kind === "race" ? [WRITER, ...step.variables.map(({ name }) => name)] : [];
}

function checkSlot(reading: Reading, slot: Slot, table: NameTable): void {
  const { step, inside, order } = slot;
  if (step === null || step.kind === "wait" || step.kind === "compare") return;
  const moment: Moment = { variables: table.variables, later: [], order, own: null };
  if (step.kind === "race") {
    const variables = [...table.variables, WRITER];
    checkVariables(reading, step.variables, { table, moment: { ...moment, variables } });
    return;
  }
  const race = inside === null ? undefined : table.steps.byId.get(inside.race);
  const own = race === undefined ? [] : writerVariables(race);
  const sending: Moment = { ...moment, variables: [...table.variables, ...own] };
  const { expectations, ...sent } = step;
  checkAll(reading, sent, { table, moment: sending });
  checkAll(reading, expectations, { table, moment: { ...sending, own: order } });
}

/** Notes every name in a template that is unknown, or has no value yet at the moment at which it is needed. */
export function checkNames(
  reading: Reading,
  scenario: Pick<Scenario, "variables" | "world" | "effects">,
  table: NameTable,
): void {
  const before: Moment = { variables: table.variables, later: [], order: null, own: null };
  checkVariables(reading, scenario.variables, { table, moment: { ...before, variables: [] } });
  checkAll(reading, scenario.world, { table, moment: before });
  for (const slot of table.steps.slots) checkSlot(reading, slot, table);
  checkAll(reading, scenario.effects?.request, {
    table,
    moment: { ...before, order: Number.POSITIVE_INFINITY },
  });
}
