import { type Random, seededRandom } from "../core/random.js";
import { evaluateJson, textOf } from "../plan/evaluate-template.js";
import { type MaterialRequest, MissingValue, type Scope } from "../plan/plan.js";
import type { Variable } from "../scenario/scenario.js";
import type { RunOptions } from "./run.js";

/** The values that a run has learned so far. The one place where a run's state grows. */
export interface Names {
  readonly scope: Scope;
  readonly variables: ReadonlyMap<string, unknown>;
  readonly setCapture: (step: string, name: string, value: unknown) => void;
  /** Forgets what a step captured before: its newest answer has no such value. */
  readonly dropCapture: (step: string, name: string) => void;
  readonly keepRequest: (step: string, request: MaterialRequest) => void;
  readonly keptRequest: (step: string) => MaterialRequest;
  readonly random: Random;
}

function variableValue(variable: Variable, options: RunOptions, scope: Scope): unknown {
  const given = options.given.get(variable.name);
  if (given !== undefined) return given;
  if (variable.ask !== null && options.target.kind !== "mock")
    throw new MissingValue(`--var ${variable.name} is not given`);
  if (variable.value === null) throw new MissingValue(`--var ${variable.name} is not given`);
  return JSON.parse(evaluateJson(variable.value, scope)) as unknown;
}

function createScope(options: RunOptions, random: Random, values: ReadonlyMap<string, unknown>): Scope {
  const lookUp = (name: string, missing: string): unknown => {
    if (!values.has(name)) throw new MissingValue(missing);
    return values.get(name);
  };
  return {
    variable: (name) => lookUp(name, `$(${name}) has no value`),
    capture: (step, name) => lookUp(`${step}.${name}`, `$(${step}.${name}) was not captured`),
    env: options.env,
    uuid: random.uuid,
    now: () => new Date(options.target.clock.epochMs()).toISOString(),
    encode: encodeURIComponent,
    readFile: options.readFile,
    baseUrl: options.target.baseUrl,
    userAgent: options.userAgent,
  };
}

/** Evaluates the scenario's vars once, in their order, and makes the scope of all its steps. */
export function bindNames(options: RunOptions): Names {
  const random = seededRandom(options.seed, "run");
  const values = new Map<string, unknown>();
  const kept = new Map<string, MaterialRequest>();
  const scope = createScope(options, random, values);
  const variables = new Map<string, unknown>();
  for (const variable of options.plan.scenario.variables) {
    const value = variableValue(variable, options, scope);
    values.set(variable.name, value);
    variables.set(variable.name, value);
  }
  return {
    scope,
    variables,
    random,
    setCapture: (step, name, value) => {
      values.set(`${step}.${name}`, value);
    },
    dropCapture: (step, name) => {
      values.delete(`${step}.${name}`);
    },
    keepRequest: (step, request) => {
      kept.set(step, request);
    },
    keptRequest: (step) => {
      const request = kept.get(step);
      if (request === undefined) throw new MissingValue(`step ${step}, which this one repeats, sent nothing`);
      return request;
    },
  };
}

/** A value as a journal's `bound` record keeps it: JSON, secrets replaced. */
export function boundValue(value: unknown, options: RunOptions): unknown {
  return typeof value === "string"
    ? options.redactor.text(value)
    : (JSON.parse(options.redactor.text(textOf(value))) as unknown);
}
