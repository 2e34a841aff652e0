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

/** What is bound for a writer first of all, when its race begins (`$(writer)`). */
const WRITER = "writer";

/** Makes empty scopes. Later values of a name replace earlier ones; with each race a writer begins anew. */
export function createBoundScopes(): BoundScopes {
  const outer = new Map<string, unknown>();
  const writers = new Map<number, Map<string, unknown>>();
  const valuesOf = (writer: number): Map<string, unknown> => {
    const own = writers.get(writer) ?? new Map<string, unknown>();
    writers.set(writer, own);
    return own;
  };
  const scopes = new Map<number | null, Scope>();
  const scopeOf = (writer: number | null): Scope =>
    createScope((name) => {
      const known = writer === null ? [outer] : [valuesOf(writer), outer];
      const found = known.find((values) => values.has(name));
      if (found === undefined) throw new MissingValue(`$(${name}) has no value`);
      return found.get(name);
    });
  return {
    of: (writer) => {
      const scope = scopes.get(writer) ?? scopeOf(writer);
      scopes.set(writer, scope);
      return scope;
    },
    learn: (bound, writer) => {
      const values = writer === undefined ? outer : valuesOf(writer);
      if (writer !== undefined && Object.hasOwn(bound, WRITER)) values.clear();
      for (const [name, value] of Object.entries(bound)) values.set(name, value);
    },
  };
}
