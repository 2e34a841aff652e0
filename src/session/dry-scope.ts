import { readFileSync } from "node:fs";
import { seededRandom } from "../core/random.js";
import { VERSION } from "../core/version.js";
import { evaluateJson } from "../plan/evaluate-template.js";
import type { Scope } from "../plan/plan.js";
import type { RaceStep, Variable } from "../scenario/scenario.js";
import { allowedOriginsOf } from "./allowed-origins.js";
import { resolveInside } from "./load-files.js";
import type { LoadedScenario, SessionOptions } from "./session.js";

/** Where requests to the embedded mock would go; it is not started for a dry run. */
const MOCK_URL = "http://mock.invalid";

function later(name: string): string {
  return `<${name}>`;
}

function evaluateInto(values: Map<string, unknown>, variable: Variable, scope: Scope): void {
  if (variable.value !== null)
    values.set(variable.name, JSON.parse(evaluateJson(variable.value, scope)) as unknown);
}

/**
 * A scope whose later values are their names in angle brackets. `folder`: that of the scenario's file, for bodies. `now`:
 * what stands for `$(now())`, where its name is not enough.
 */
export function dryScope(
  { scenario, folder }: Pick<LoadedScenario, "scenario" | "folder">,
  options: Pick<SessionOptions, "seed" | "given" | "target"> & { readonly now?: string },
): Scope {
  const random = seededRandom(options.seed ?? scenario.seed ?? 1, "run");
  const values = new Map<string, unknown>();
  const at = { file: scenario.file, line: 1, column: 1 };
  const scope: Scope = {
    variable: (name) => values.get(name) ?? later(name),
    // Inside a race steps are named without the race.
    capture: (step, name) => later(`${step.slice(step.lastIndexOf("/") + 1)}.${name}`),
    env: (name) => later(`env.${name}`),
    uuid: random.uuid,
    now: () => options.now ?? later("now"),
    encode: (value) => (/^<.*>$/.test(value) ? value : encodeURIComponent(value)),
    readFile: (path) => readFileSync(resolveInside(folder ?? ".", path, at)),
    baseUrl: options.target.kind === "mock" ? MOCK_URL : options.target.baseUrl,
    allowedOrigins: allowedOriginsOf(options.target),
    userAgent: `gcidem/${VERSION}`,
    ...(options.target.kind === "profile" ? { keys: options.target.profile.names.idempotencyKey } : {}),
  };
  for (const variable of scenario.variables) {
    const given = options.given.get(variable.name);
    const asked = variable.ask !== null && options.target.kind !== "mock";
    if (given !== undefined) values.set(variable.name, given);
    else if (!asked) evaluateInto(values, variable, scope);
  }
  return scope;
}

/** What one writer of a race knows besides. */
export function dryWriterScope(race: RaceStep, writer: number, outer: Scope): Scope {
  const values = new Map<string, unknown>([["writer", writer]]);
  const scope: Scope = {
    ...outer,
    variable: (name) => (values.has(name) ? values.get(name) : outer.variable(name)),
  };
  for (const variable of race.variables) evaluateInto(values, variable, scope);
  return scope;
}
