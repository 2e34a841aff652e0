import { mergeLayers } from "./merge-layers.js";
import type { Dimensions, Layer, Policy, RouteMatch, RoutePolicy, RouteRule } from "./policy.js";

interface CompiledRoute {
  readonly rule: RouteRule;
  /** Null stands for a segment that may be anything but empty. */
  readonly segments: readonly (string | null)[];
  merged: RoutePolicy | null;
}

/** Routes that could fit, by number of segments: most requests are compared with two or three. */
interface CompiledPolicy {
  readonly bySegments: ReadonlyMap<number, readonly CompiledRoute[]>;
}

const PLACEHOLDER = /^\{.*\}$/;

const compiled = new WeakMap<Policy, CompiledPolicy>();

function withoutQuery(path: string): string {
  const end = path.indexOf("?");
  return end === -1 ? path : path.slice(0, end);
}

function compileSegments(path: string): readonly (string | null)[] {
  return path.split("/").map((segment) => (PLACEHOLDER.test(segment) ? null : segment));
}

function compile(policy: Policy): CompiledPolicy {
  const bySegments = new Map<number, CompiledRoute[]>();
  for (const rule of policy.routes) {
    const segments = compileSegments(rule.match.path);
    const sameLength = bySegments.get(segments.length) ?? [];
    sameLength.push({ rule, segments, merged: null });
    bySegments.set(segments.length, sameLength);
  }
  const made = { bySegments };
  compiled.set(policy, made);
  return made;
}

function fits(segments: readonly (string | null)[], actual: readonly string[]): boolean {
  for (let index = 0; index < segments.length; index++) {
    const wanted = segments[index];
    const found = actual[index];
    if (wanted === null ? found === "" : wanted !== found) return false;
  }
  return segments.length === actual.length;
}

function findRoute(policy: Policy, method: string, path: string): CompiledRoute | null {
  const { bySegments } = compiled.get(policy) ?? compile(policy);
  const actual = withoutQuery(path).split("/");
  for (const route of bySegments.get(actual.length) ?? []) {
    const wanted = route.rule.match.method;
    if ((wanted === "*" || wanted === method) && fits(route.segments, actual)) return route;
  }
  return null;
}

/** True where a route fits a request; the method in upper case, the path with or without its query. Pure. */
export function matchesRoute(match: RouteMatch, method: string, path: string): boolean {
  return (
    (match.method === "*" || match.method === method) &&
    fits(compileSegments(match.path), withoutQuery(path).split("/"))
  );
}

/** True where every request that fits `later` fits `earlier` as well. Pure. */
export function coversRoute(earlier: RouteMatch, later: RouteMatch): boolean {
  if (earlier.method !== "*" && earlier.method !== later.method) return false;
  const wanted = compileSegments(earlier.path);
  const found = compileSegments(later.path);
  return (
    wanted.length === found.length &&
    wanted.every((segment, index) => segment === found[index] || (segment === null && found[index] !== ""))
  );
}

/** The first route that fits a request; null where only the base holds. */
export function routeRule(policy: Policy, method: string, path: string): RouteRule | null {
  return findRoute(policy, method, path)?.rule ?? null;
}

/**
 * What holds for one request: the first route that fits, merged over the base. `method` in upper case, `path` with or
 * without its query. The same object for all requests of a route; nothing is kept by raw path.
 */
export function routePolicy(policy: Policy, method: string, path: string): RoutePolicy {
  const route = findRoute(policy, method, path);
  if (route === null) return policy;
  const base: Dimensions = policy;
  const overrides: Layer<Dimensions> = route.rule.overrides;
  route.merged ??= mergeLayers(base, overrides);
  return route.merged;
}
