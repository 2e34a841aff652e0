import { MissingValue, type Scope } from "../plan/plan.js";

/** A scope whose values are what the journal's `bound` records say, so that a run can be judged again later. */
export interface BoundScope {
  readonly scope: Scope;
  readonly learn: (values: Readonly<Record<string, unknown>>) => void;
}

function never(what: string): never {
  throw new MissingValue(`${what} makes a new value each time, so nothing can be compared with it`);
}

/** Makes an empty scope. Later values of a name replace earlier ones. */
export function createBoundScope(): BoundScope {
  const values = new Map<string, unknown>();
  const lookUp = (name: string): unknown => {
    if (!values.has(name)) throw new MissingValue(`$(${name}) has no value`);
    return values.get(name);
  };
  return {
    learn: (bound) => {
      for (const [name, value] of Object.entries(bound)) values.set(name, value);
    },
    scope: {
      variable: lookUp,
      capture: (step, name) => lookUp(`${step}.${name}`),
      env: (name) => String(lookUp(`env.${name}`)),
      uuid: () => never("$(uuid())"),
      now: () => never("$(now())"),
      encode: encodeURIComponent,
      readFile: () => never("a file"),
      baseUrl: "http://localhost",
      userAgent: "gcidem",
    },
  };
}
