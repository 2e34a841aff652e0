import type { DimensionName } from "../dimension-names.js";
import type { OpenQuestion, Policy, RouteRule } from "../policy.js";
import type { Fact } from "./facts.js";
import { wrapped } from "./lay-out.js";
import { distinct, listed } from "./say.js";
import { type SourceList, sourceOf } from "./sources.js";

/** What the facts of one section have in common: the policy, and the route if it is a route's. */
export interface Section {
  readonly policy: Policy;
  readonly rule: RouteRule | null;
  readonly sources: SourceList;
}

/** Groups of dimensions under a title; keys and versions are told by their names. */
const TITLES: Readonly<Record<string, readonly DimensionName[] | string>> = {
  Keys: "idempotency.",
  "Versions and preconditions": "concurrency.",
  "The platform's own life": ["churn", "locks", "terminal", "unique", "references"],
  Limits: ["rateLimit", "latency"],
  Answers: ["success", "errors", "permissions", "order", "paths"],
  "Trouble on purpose": ["front", "faults"],
};

function isIn(members: readonly DimensionName[] | string, { dimension }: Fact): boolean {
  return typeof members === "string" ? dimension.startsWith(members) : members.includes(dimension);
}

/** Whether somebody asks about a dimension, or about a part of it. Pure. */
export function isOpen(dimension: DimensionName, unknown: readonly OpenQuestion[]): boolean {
  return unknown.some((open) => open.dimension === dimension || open.dimension.startsWith(`${dimension}.`));
}

function marksOf(dimension: DimensionName, { policy, rule, sources }: Section): readonly string[] {
  const { source, unknown } = rule ?? policy;
  const mark = sources.markOf(sourceOf(policy, rule, dimension), source);
  return [mark, isOpen(dimension, unknown) ? "?" : ""].filter((each) => each !== "");
}

function* factLines({ dimension, sentences }: Fact, section: Section): Generator<string> {
  const label = dimension.slice(dimension.indexOf(".") + 1);
  const marks = marksOf(dimension, section);
  for (const sentence of sentences) {
    yield* wrapped([`${label}: ${sentence}`, ...marks].join(" "), "  - ");
  }
}

function* offLines(facts: readonly Fact[], section: Section): Generator<string> {
  if (facts.length === 0) return;
  const words = listed(facts.flatMap(({ sentences }) => sentences));
  const marks = distinct(facts.flatMap(({ dimension }) => marksOf(dimension, section)));
  yield* wrapped([`not here: ${words}.`, ...marks].join(" "), "  - ");
}

/** The facts of a section under their titles, each with the mark of its source where that was not named before. */
export function* sectionLines(facts: readonly Fact[], section: Section): Generator<string> {
  for (const [title, members] of Object.entries(TITLES)) {
    const group = facts.filter((fact) => isIn(members, fact));
    if (group.length === 0) continue;
    yield `  ${title}`;
    for (const fact of group.filter(({ isOff }) => !isOff)) yield* factLines(fact, section);
    yield* offLines(
      group.filter(({ isOff }) => isOff),
      section,
    );
  }
}
