import { type Random, seededRandom } from "../core/random.js";
import { evaluateJson, textOf } from "../plan/evaluate-template.js";
import { type MaterialRequest, MissingValue, type Scope } from "../plan/plan.js";
import type { RaceStep, Variable } from "../scenario/scenario.js";
import type { RunOptions } from "./run.js";

/** The values that a run has learned so far. The one place where a run's state grows. */
export interface Names {
  readonly scope: Scope;
  readonly variables: ReadonlyMap<string, unknown>;
  /** Vars by name and captures as `step.name`. */
  readonly values: ReadonlyMap<string, unknown>;
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

/** Where a name may have a value. */
type Values = Pick<ReadonlyMap<string, unknown>, "has" | "get">;

/** `values` are looked through in their order. */
function createScope(options: RunOptions, random: Random, values: readonly Values[]): Scope {
  const lookUp = (name: string, missing: string): unknown => {
    const known = values.find((each) => each.has(name));
    if (known === undefined) throw new MissingValue(missing);
    return known.get(name);
  };
  return {
    variable: (name) => lookUp(name, `$(${name}) has no value`),
    capture: (step, name) => {
      // A scenario names a step inside its race without the race.
      const shown = step.slice(step.lastIndexOf("/") + 1);
      return lookUp(`${step}.${name}`, `$(${shown}.${name}) was not captured`);
    },
    env: options.env,
    uuid: random.uuid,
    now: () => new Date(options.target.clock.epochMs()).toISOString(),
    encode: encodeURIComponent,
    readFile: options.readFile,
    baseUrl: options.target.baseUrl,
    allowedOrigins: options.allowedOrigins ?? [],
    userAgent: options.userAgent,
    ...(options.target.names === undefined ? {} : { keys: options.target.names.idempotencyKey }),
  };
}

/** What a run or a writer knows, and what it asks where it does not know something itself. */
interface Knowledge {
  readonly scope: Scope;
  readonly random: Random;
  readonly values: Map<string, unknown>;
  readonly variables: Map<string, unknown>;
  readonly outer: Names | null;
  /** Captures of the outer ones that were forgotten. */
  readonly dropped: Set<string>;
}

function namesOf({ scope, random, values, variables, outer, dropped }: Knowledge): Names {
  const kept = new Map<string, MaterialRequest>();
  return {
    scope,
    variables,
    values,
    random,
    setCapture: (step, name, value) => {
      values.set(`${step}.${name}`, value);
    },
    dropCapture: (step, name) => {
      values.delete(`${step}.${name}`);
      dropped.add(`${step}.${name}`);
    },
    keepRequest: (step, request) => {
      kept.set(step, request);
    },
    keptRequest: (step) => {
      const request = kept.get(step) ?? outer?.keptRequest(step);
      if (request === undefined) throw new MissingValue(`step ${step}, which this one repeats, sent nothing`);
      return request;
    },
  };
}

function bind(
  variables: readonly Variable[],
  { scope, values, variables: bound }: Pick<Knowledge, "scope" | "values" | "variables">,
  options: RunOptions,
): void {
  for (const variable of variables) {
    const value = variableValue(variable, options, scope);
    values.set(variable.name, value);
    bound.set(variable.name, value);
  }
}

/** Evaluates the scenario's vars once, in their order, and makes the scope of all its steps. `seed`: of this round. */
export function bindNames(options: RunOptions, seed: number): Names {
  const random = seededRandom(seed, "run");
  const values = new Map<string, unknown>();
  const scope = createScope(options, random, [values]);
  const knowledge: Knowledge = {
    scope,
    random,
    values,
    variables: new Map(),
    outer: null,
    dropped: new Set(),
  };
  bind(options.plan.scenario.variables, knowledge, options);
  return namesOf(knowledge);
}

/**
 * What one writer of a race knows: its number, the race's vars evaluated for it, its own captures, and what the run knows.
 * Its random values are a sequence of its own, so that they do not depend on who is quicker.
 * @throws MissingValue where a var needs what was not captured.
 */
export function bindWriter(
  race: Pick<RaceStep, "id" | "variables">,
  writer: number,
  within: { readonly options: RunOptions; readonly names: Names; readonly seed: number },
): Names {
  const { options, names: outer, seed } = within;
  const random = seededRandom(seed, `${race.id} ${writer}`);
  const values = new Map<string, unknown>([["writer", writer]]);
  const dropped = new Set<string>();
  const around: Values = {
    has: (name) => !dropped.has(name) && outer.values.has(name),
    get: (name) => outer.values.get(name),
  };
  const scope = createScope(options, random, [values, around]);
  const knowledge: Knowledge = { scope, random, values, variables: new Map(values), outer, dropped };
  bind(race.variables, knowledge, { ...options, given: new Map() });
  return namesOf(knowledge);
}

/** A value as a journal's `bound` record keeps it: JSON, secrets replaced. */
export function boundValue(value: unknown, options: RunOptions): unknown {
  return typeof value === "string"
    ? options.redactor.text(value)
    : (JSON.parse(options.redactor.text(textOf(value))) as unknown);
}
