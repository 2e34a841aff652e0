import { seededRandom } from "../../src/core/random.js";
import { materialise } from "../../src/plan/materialise.js";
import type { MaterialRequest, Scope } from "../../src/plan/plan.js";
import { MissingValue } from "../../src/plan/plan.js";
import { loadScenario } from "../../src/scenario/load-scenario.js";
import type { SendingStep } from "../../src/scenario/scenario.js";

/** A scope over plain values: `name` for vars, `step.name` for captures, `env.NAME`. */
export function scopeOf(values: Readonly<Record<string, unknown>> = {}): Scope {
  const random = seededRandom(1);
  const lookUp = (name: string): unknown => {
    if (!(name in values)) throw new MissingValue(`${name} is missing`);
    return values[name];
  };
  return {
    variable: lookUp,
    capture: (step, name) => lookUp(`${step}.${name}`),
    env: (name) => String(lookUp(`env.${name}`)),
    uuid: random.uuid,
    now: () => "2026-11-22T00:00:00.000Z",
    encode: encodeURIComponent,
    readFile: (path) => Buffer.from(`content of ${path}`),
    baseUrl: "https://api.example.com/v1",
    userAgent: "gcidem/test",
  };
}

/** The steps of a scenario whose text is the given YAML list. */
export function stepsOf(yaml: string, head = ""): readonly SendingStep[] {
  const indented = yaml
    .trim()
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
  return loadScenario(`name: t\n${head}\nsteps:\n${indented}\n`, "t.yaml").steps.filter(
    (step): step is SendingStep => step.kind === "request" || step.kind === "repeat",
  );
}

/** The request of the only step of a list. */
export function requestOf(
  yaml: string,
  values: Readonly<Record<string, unknown>> = {},
  head = "",
): MaterialRequest {
  const [step] = stepsOf(yaml, head);
  if (step?.kind !== "request") throw new Error("the first step is no request");
  return materialise(step.request, scopeOf(values));
}

/** A request's body as text. */
export function bodyOf(request: MaterialRequest): string {
  return Buffer.from(request.body ?? []).toString();
}
