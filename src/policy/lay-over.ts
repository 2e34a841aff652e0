import { mergeLayers } from "./merge-layers.js";
import { NOTHING_PROMISED } from "./nothing-promised.js";
import type { OpenQuestion, Policy, RouteRule } from "./policy.js";
import type { PolicyFile, RouteFile } from "./policy-file.js";
import { readLayer } from "./read-layer.js";
import { readRouteMatch } from "./read-words.js";

/** What `extends: none` starts from. */
export const NO_POLICY: Policy = {
  ...NOTHING_PROMISED,
  name: "none",
  description: "A server that promises nothing.",
  source: null,
  paths: "documented",
  unknown: [],
  routes: [],
};

function openQuestions(file: PolicyFile | RouteFile): readonly OpenQuestion[] {
  return Object.entries(file.unknown ?? {}).map(([dimension, note]) => ({ dimension, note }));
}

/** A word or null where a map could stand answers for all that the map would say. */
function says(file: PolicyFile, dimension: string): boolean {
  let value: unknown = file;
  for (const name of dimension.split(".")) {
    if (typeof value !== "object" || value === null) return true;
    if (!Object.hasOwn(value, name)) return false;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return true;
}

function readRule(route: RouteFile): RouteRule {
  const { match, description = null, source = null, unknown: _open, ...layer } = route;
  return {
    match: readRouteMatch(match) ?? { method: "*", path: match },
    description,
    source,
    overrides: readLayer(layer),
    unknown: openQuestions(route),
  };
}

/**
 * Lays a policy file over the policy that it extends: its fields change the base, its routes come before those that are
 * there, and a question that it answers is no longer open. The file must have passed the schema. Pure.
 */
export function layOver(base: Policy, file: PolicyFile, name: string): Policy {
  const { extends: _base, description, source, unknown: _open, routes, paths, ...layer } = file;
  const open = base.unknown.filter(({ dimension }) => !says(file, dimension));
  return {
    ...mergeLayers(base, readLayer(layer)),
    name,
    description: description ?? base.description,
    source: source ?? base.source,
    paths: paths ?? base.paths,
    unknown: [...openQuestions(file), ...open],
    routes: [...(routes ?? []).map(readRule), ...base.routes],
  };
}
