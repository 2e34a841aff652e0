import { type Fact, factsOf, pathsFact } from "./explain/facts.js";
import { plain, wrapped } from "./explain/lay-out.js";
import { openQuestionLines } from "./explain/open-questions.js";
import { ownFacts, type RouteFacts, routeFacts, sharedFacts } from "./explain/routes.js";
import { EVERYWHERE } from "./explain/say.js";
import { sectionLines } from "./explain/section.js";
import { createSourceList, OWN_MARK, type SourceList } from "./explain/sources.js";
import { OWN_CHOICE, type Policy, type RouteMatch, type RouteRule } from "./policy.js";

/** What the lines of all sections are made with. */
interface Explaining {
  readonly policy: Policy;
  readonly sources: SourceList;
}

function* remarkLines({ description, source }: Pick<RouteRule, "description" | "source">): Generator<string> {
  if (description !== null && description !== "") yield* wrapped(description, "  ");
  if (source !== null) yield* wrapped(`source: ${source}`, "  ");
}

function* headLines(policy: Policy): Generator<string> {
  yield `Policy ${plain(policy.name)}`;
  yield* remarkLines(policy);
  yield "";
  yield* wrapped(
    "This is how a mock behaves that obeys this policy. It proves nothing about a real server.",
    "  ",
  );
  yield* wrapped(
    `A fact is from the source named above it unless it ends in a mark: [1] and so on are listed last, ${OWN_MARK} is ${OWN_CHOICE} since no source says it. A ? is an open question, see Unknown.`,
    "  ",
  );
}

function* everywhereLines({ policy, sources }: Explaining): Generator<string> {
  yield policy.routes.length === 0 ? "Everywhere" : "Everywhere, unless a route below says otherwise";
  const facts = [...factsOf(policy, EVERYWHERE), pathsFact(policy.paths)];
  yield* sectionLines(facts, { policy, rule: null, sources });
}

function textOf({ method, path }: RouteMatch): string {
  return plain(`${method} ${path}`);
}

function* routeLines(
  route: RouteFacts,
  shared: readonly Fact[],
  { policy, sources }: Explaining,
): Generator<string> {
  const { rule, hiddenBy, facts } = route;
  if (hiddenBy !== null) {
    yield* wrapped(`Never used: ${textOf(hiddenBy)} stands before it and fits all its requests.`, "  ");
    return;
  }
  yield* remarkLines(rule);
  if (facts.length === 0) yield "  As everywhere.";
  yield* sectionLines(ownFacts(route, shared), { policy, rule, sources });
}

/** Neighbours of which the same holds are told together; their order stays, since the first that fits counts. */
function* allRouteLines(
  routes: readonly RouteFacts[],
  shared: readonly Fact[],
  explaining: Explaining,
): Generator<string> {
  const blocks: { readonly heads: string[]; readonly lines: readonly string[] }[] = [];
  for (const route of routes) {
    const lines = [...routeLines(route, shared, explaining)];
    const last = blocks.at(-1);
    const head = textOf(route.rule.match);
    if (last !== undefined && last.lines.join("\n") === lines.join("\n")) last.heads.push(head);
    else blocks.push({ heads: [head], lines });
  }
  for (const { heads, lines } of blocks) {
    yield "";
    yield* heads;
    yield* lines;
  }
}

function* routesLines(explaining: Explaining): Generator<string> {
  const { policy, sources } = explaining;
  if (policy.routes.length === 0) return;
  const routes = routeFacts(policy);
  const shared = sharedFacts(routes);
  yield "";
  yield "Routes";
  yield* wrapped(
    "The first one that fits a request counts, and changes what is said there. {name} stands for one segment of a path, * for any method.",
    "  ",
  );
  if (shared.length > 0) {
    yield* wrapped(
      "Where keys or tokens count on a route, this holds unless the route says otherwise:",
      "  ",
    );
    yield* sectionLines(shared, { policy, rule: null, sources });
  }
  yield* allRouteLines(routes, shared, explaining);
}

function* sourceLines(sources: SourceList): Generator<string> {
  const numbered = sources.numbered();
  if (numbered.length === 0) return;
  yield "";
  yield "Sources";
  for (const [index, source] of numbered.entries()) yield* wrapped(source, `  [${index + 1}] `);
}

/**
 * What a policy means for a client, in plain sentences: everywhere, what differs route by route, what is unknown, and who
 * says so of each fact. Lines without their ends, up to 80 columns wide unless a word or a route is longer; nothing in
 * them drives a terminal. Pure.
 */
export function* explainPolicy(policy: Policy): Generator<string> {
  const explaining = { policy, sources: createSourceList() };
  yield* headLines(policy);
  yield "";
  yield* everywhereLines(explaining);
  yield* routesLines(explaining);
  const open = [...openQuestionLines(policy)];
  if (open.length > 0) yield "";
  yield* open;
  yield* sourceLines(explaining.sources);
}
