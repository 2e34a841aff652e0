import { MissingValue, type Scope } from "../plan/plan.js";

/** Scopes whose values are what the journal's `bound` records say, so that a run can be judged again later. */
export interface BoundScopes {
  /** What a writer of a race knows (null: what a step outside of races does): its own values before all others. */
  readonly of: (writer: number | null) => Scope;
  readonly learn: (values: Readonly<Record<string, unknown>>, writer?: number) => void;
}

function never(what: string): never {
  throw new MissingValue(`${what} makes a new value each time, so nothing can be compared with it`);
}

function createScope(lookUp: (name: string) => unknown): Scope {
  return {
    variable: lookUp,
    capture: (step, name) => lookUp(`${step}.${name}`),
    env: (name) => String(lookUp(`env.${name}`)),
    uuid: () => never("$(uuid())"),
    now: () => never("$(now())"),
    encode: encodeURIComponent,
    readFile: () => never("a file"),
    baseUrl: "http://localhost",
    userAgent: "gcidem",
  };
}

/** Makes empty scopes. Later values of a name replace earlier ones. */
export function createBoundScopes(): BoundScopes {
  const values = new Map<string, unknown>();
  const own = (writer: number | null | undefined, name: string): string =>
    writer === null || writer === undefined ? name : `${writer}/${name}`;
  const scopes = new Map<number | null, Scope>();
  const scopeOf = (writer: number | null): Scope =>
    createScope((name) => {
      const found = [own(writer, name), name].find((each) => values.has(each));
      if (found === undefined) throw new MissingValue(`$(${name}) has no value`);
      return values.get(found);
    });
  return {
    of: (writer) => {
      const scope = scopes.get(writer) ?? scopeOf(writer);
      scopes.set(writer, scope);
      return scope;
    },
    learn: (bound, writer) => {
      for (const [name, value] of Object.entries(bound)) values.set(own(writer, name), value);
    },
  };
}
