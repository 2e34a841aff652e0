import { basename, extname } from "node:path";
import { invalidFile, type Problem, type SourcePosition } from "../core/errors.js";
import { findShapeProblems, placeProblem } from "../document/check-shape.js";
import type { SourceDocument } from "../document/document.js";
import {
  type Field,
  fieldAt,
  isMap,
  items,
  member,
  members,
  numberIn,
  placeOf,
  problem,
  textIn,
} from "../document/field.js";
import { readDocument } from "../document/read-document.js";
import { checkFaultSteps } from "./check-fault-steps.js";
import { checkNames } from "./check-names.js";
import { checkSteps, checkVariableNames, nameSteps } from "./check-steps.js";
import { expressionsOf, findTemplates } from "./find-templates.js";
import { foreignFormat } from "./foreign-format.js";
import { checkPathIn } from "./read-captures.js";
import { readHeaders } from "./read-headers.js";
import { readJson } from "./read-json.js";
import { readPolicyChoice } from "./read-policy-choice.js";
import { readRequest } from "./read-request.js";
import { readTimeout } from "./read-step.js";
import { readVariables } from "./read-variables.js";
import type { Reading } from "./reading.js";
import type { Scenario, Step } from "./scenario.js";
import { scenarioSchema } from "./scenario-schema.js";
import type { Slot, StepList } from "./slot.js";
import { readSlots } from "./slots.js";

function shapeProblems(doc: SourceDocument): readonly Problem[] {
  return findShapeProblems(scenarioSchema, doc).problems.map((each) => placeProblem(each, doc));
}

/** One mistake in a default header or an anchor shows at each step that it reaches; its place and words are the same. */
function withoutDoubles(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ at, message }) => {
    const key = `${at.line}:${at.column} ${message}`;
    return seen.has(key) ? false : seen.add(key) !== undefined;
  });
}

function readEffects(reading: Reading, field: Field | null): Scenario["effects"] {
  if (field === null) return null;
  const request = readRequest(reading, field, []);
  const countField = member(field, "count");
  const count = textIn(countField);
  if (countField !== null && count?.startsWith("$") === true) checkPathIn(reading, countField, count);
  const line = member(field, "request");
  if (request !== null && line !== null && request.method !== "GET") {
    reading.problems.push(
      problem(placeOf(line), `found ${request.method}, expected GET: counting must change nothing`),
    );
  }
  return request === null || count === null ? null : { request, count, at: placeOf(field) };
}

function readTexts(field: Field | null): readonly string[] {
  return items(field).flatMap((each) => textIn(each) ?? []);
}

function environmentNames(parts: unknown): Scenario["envNames"] {
  const names: { readonly name: string; readonly at: SourcePosition }[] = [];
  for (const template of findTemplates(parts)) {
    for (const each of expressionsOf(template))
      if (each.kind === "env") names.push({ name: each.name, at: template.at });
  }
  return names;
}

function readParts(reading: Reading, root: Field, file: string): Scenario {
  const defaults = member(root, "defaults");
  const defaultHeaders = readHeaders(reading, member(defaults, "headers"));
  const world = member(root, "world");
  const varsField = member(root, "vars");
  const variables = readVariables(reading, varsField);
  const effects = readEffects(reading, member(root, "effects"));
  const slots = readSlots(reading, root, defaultHeaders);
  const stepsOf = (list: StepList): readonly Step[] =>
    slots.filter((slot) => slot.list === list).flatMap(({ step }: Slot) => step ?? []);
  const scenario = {
    file,
    name: textIn(member(root, "name")) ?? basename(file, extname(file)),
    description: textIn(member(root, "description")) ?? "",
    tags: readTexts(member(root, "tags")),
    policy: readPolicyChoice(reading, member(root, "policy")),
    seed: numberIn(member(root, "seed")),
    variables,
    world: world === null ? null : readJson(reading, world),
    defaultTimeoutMs: readTimeout(reading, member(defaults, "timeout")),
    setUp: stepsOf("setUp"),
    steps: stepsOf("steps"),
    cleanUp: stepsOf("cleanUp"),
    effects,
  };
  const steps = nameSteps(reading, root, slots);
  checkVariableNames(reading, members(varsField));
  checkSteps(reading, root, steps);
  checkFaultSteps(reading, member(root, "policy"), steps);
  checkNames(reading, scenario, {
    doc: root.doc,
    steps,
    variables: members(varsField).map(([name]) => name),
    variablesKnown: varsField === null || isMap(varsField.value),
  });
  const { policy: _policy, ...withTemplates } = scenario;
  return { ...scenario, envNames: environmentNames(withTemplates) };
}

/**
 * Reads a scenario's text. Pure: files that it names are read by others. `otherOrigins`: which origins besides the target
 * its steps may name; none by default.
 * @throws GcidemError `invalid-file` with all problems of the text, in its order.
 */
export function loadScenario(
  text: string,
  file: string,
  { otherOrigins = [] }: Pick<Reading, "otherOrigins"> = {},
): Scenario {
  const foreign = foreignFormat(text, file);
  if (foreign !== null) throw invalidFile(file, [foreign]);
  const { value: doc, problems: syntax } = readDocument(text, file);
  if (doc === undefined) throw invalidFile(file, syntax);
  const root = fieldAt(doc);
  const reading: Reading = { problems: [...syntax, ...shapeProblems(doc)], otherOrigins };
  const scenario = readParts(reading, root, file);
  const problems = withoutDoubles(reading.problems);
  if (problems.length === 0) return scenario;
  throw invalidFile(file, problems);
}
