import { DIMENSION_NAMES } from "../dimension-names.js";
import { mergeLayers } from "../merge-layers.js";
import type { Dimensions, Policy, RouteMatch, RouteRule } from "../policy.js";
import { coversRoute } from "../route-policy.js";
import { changedFacts, type Fact } from "./facts.js";
import { placeOf } from "./say.js";
import { isOpen } from "./section.js";

/** What holds on a route and not everywhere. */
export interface RouteFacts {
  readonly rule: RouteRule;
  readonly facts: readonly Fact[];
  /** The route before it that fits all its requests, so that this one is never used. */
  readonly hiddenBy: RouteMatch | null;
}

function sameText(one: Fact, other: Fact): boolean {
  return one.dimension === other.dimension && one.sentences.join("\n") === other.sentences.join("\n");
}

function placeInOrder({ dimension }: Fact): number {
  return DIMENSION_NAMES.indexOf(dimension);
}

/** Whether a fact only follows from what the route says: it is the base's value, which comes to bear there. */
function isConsequence({ dimension }: Fact, { sources, unknown }: RouteRule): boolean {
  return sources[dimension] === undefined && !isOpen(dimension, unknown);
}

/** What each route changes, in their order. Pure. */
export function routeFacts(policy: Policy): readonly RouteFacts[] {
  const base: Dimensions = policy;
  return policy.routes.map((rule, index) => {
    const earlier = policy.routes.slice(0, index).find(({ match }) => coversRoute(match, rule.match));
    const merged = mergeLayers(base, rule.overrides);
    const facts = earlier === undefined ? changedFacts(base, merged, placeOf(rule.match)) : [];
    return { rule, facts, hiddenBy: earlier?.match ?? null };
  });
}

/**
 * Facts that come to bear on several routes without any of them saying so: told once, they need not be told on each. Of
 * one dimension the most frequent. Pure.
 */
export function sharedFacts(routes: readonly RouteFacts[]): readonly Fact[] {
  const following = routes.flatMap(({ facts, rule }) => facts.filter((fact) => isConsequence(fact, rule)));
  const counts = new Map<Fact, number>();
  for (const fact of following) {
    const known = [...counts.keys()].find((each) => sameText(each, fact)) ?? fact;
    counts.set(known, (counts.get(known) ?? 0) + 1);
  }
  const frequent = [...counts.keys()].filter((fact) => {
    const count = counts.get(fact) ?? 0;
    const rivals = [...counts].filter(([each]) => each !== fact && each.dimension === fact.dimension);
    return count > 1 && rivals.every(([, rival]) => rival < count);
  });
  return frequent.toSorted((a, b) => placeInOrder(a) - placeInOrder(b));
}

/** A route's facts without those that were told for several routes. Pure. */
export function ownFacts({ facts, rule }: RouteFacts, shared: readonly Fact[]): readonly Fact[] {
  return facts.filter((fact) => !(isConsequence(fact, rule) && shared.some((each) => sameText(each, fact))));
}
