import { DIMENSION_NAMES } from "./dimension-names.js";
import { mergeLayers } from "./merge-layers.js";
import { NOTHING_PROMISED } from "./nothing-promised.js";
import { type OpenQuestion, OWN_CHOICE, type Policy, type RouteRule, type Sources } from "./policy.js";
import type { PolicyFile, RouteFile } from "./policy-file.js";
import { readLayer } from "./read-layer.js";
import { readRouteMatch } from "./read-words.js";

/** What `extends: none` starts from. */
export const NO_POLICY: Policy = {
  ...NOTHING_PROMISED,
  name: "none",
  description: "A server that promises nothing.",
  source: null,
  sources: Object.fromEntries(DIMENSION_NAMES.map((name) => [name, OWN_CHOICE])) as Sources,
  paths: "documented",
  unknown: [],
  routes: [],
};

function openQuestions(file: PolicyFile | RouteFile): readonly OpenQuestion[] {
  return Object.entries(file.unknown ?? {}).map(([dimension, note]) => ({ dimension, note }));
}

/** A word or null where a map could stand answers for all that the map would say. */
function says(file: PolicyFile | RouteFile, dimension: string): boolean {
  let value: unknown = file;
  for (const name of dimension.split(".")) {
    if (typeof value !== "object" || value === null) return true;
    if (!Object.hasOwn(value, name)) return false;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return true;
}

/** The sources of what a file or route says itself; `otherwise` where it names none for a dimension. */
function sourcesOf(file: PolicyFile | RouteFile, otherwise: string): Partial<Sources> {
  const said = DIMENSION_NAMES.filter((name) => says(file, name)).map((name) => [name, otherwise] as const);
  return { ...Object.fromEntries(said), ...file.sources };
}

function readRule(route: RouteFile, otherwise: string): RouteRule {
  const { match, description = null, source = null, unknown: _open, sources: _sources, ...layer } = route;
  return {
    match: readRouteMatch(match) ?? { method: "*", path: match },
    description,
    source,
    sources: sourcesOf(route, source ?? otherwise),
    overrides: readLayer(layer),
    unknown: openQuestions(route),
  };
}

/**
 * Lays a policy file over the policy that it extends: its fields change the base, its routes come before those that are
 * there, and a question that it answers is no longer open. The file must have passed the schema. Pure.
 */
export function layOver(base: Policy, file: PolicyFile, name: string): Policy {
  const {
    extends: _base,
    description,
    source,
    unknown: _open,
    sources: _sources,
    routes,
    paths,
    ...layer
  } = file;
  const sayer = source ?? name;
  const open = base.unknown.filter(({ dimension }) => !says(file, dimension));
  return {
    ...mergeLayers(base, readLayer(layer)),
    name,
    description: description ?? base.description,
    source: source ?? base.source,
    sources: { ...base.sources, ...sourcesOf(file, sayer) },
    paths: paths ?? base.paths,
    unknown: [...openQuestions(file), ...open],
    routes: [...(routes ?? []).map((route) => readRule(route, sayer)), ...base.routes],
  };
}
