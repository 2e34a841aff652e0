import { OPEN_TOPICS } from "../dimension-names.js";
import { mergeLayers } from "../merge-layers.js";
import type { Dimensions, OpenQuestion, Policy } from "../policy.js";
import { factsOf } from "./facts.js";
import { plain, wrapped } from "./lay-out.js";
import { EVERYWHERE, type Place, placeOf } from "./say.js";

/** What nobody has established, where, and what the mock does until somebody has. */
interface Open {
  readonly place: string;
  readonly question: OpenQuestion;
  readonly meanwhile: string | null;
}

function isAbout(dimension: string, asked: string): boolean {
  return asked === dimension || asked.startsWith(`${dimension}.`);
}

/** What the mock does about a question; null where no dimension answers it, or the question does so itself. */
function meanwhile(
  { dimension: asked, note }: OpenQuestion,
  dimensions: Dimensions,
  place: Place,
): string | null {
  if ((OPEN_TOPICS as readonly string[]).includes(asked) || / here /.test(note)) return null;
  const facts = factsOf(dimensions, place).filter(({ dimension }) => isAbout(dimension, asked));
  const sentences = facts.flatMap((fact) =>
    fact.isOff ? fact.sentences.map((word) => `no ${word}.`) : fact.sentences,
  );
  return sentences.length === 0 ? "it has no effect here." : sentences.join(" ");
}

function allOpen(policy: Policy): readonly Open[] {
  const base: Dimensions = policy;
  const everywhere = policy.unknown.map((question) => ({
    place: "everywhere",
    question,
    meanwhile: meanwhile(question, base, EVERYWHERE),
  }));
  const onRoutes = policy.routes.flatMap(({ match, overrides, unknown }) =>
    unknown.map((question) => ({
      place: `${match.method} ${match.path}`,
      question,
      meanwhile: meanwhile(question, mergeLayers(base, overrides), placeOf(match)),
    })),
  );
  return [...everywhere, ...onRoutes];
}

/** Items with the same key, in the order in which the keys first come. */
function together<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item)) ?? [];
    group.push(item);
    groups.set(keyOf(item), group);
  }
  return [...groups.values()];
}

function* questionLines({ question, meanwhile: until }: Open): Generator<string> {
  yield* wrapped(`${question.dimension}: ${question.note.replace(/\.$/, "")}.`, "  - ");
  if (until !== null) yield* wrapped(`meanwhile: ${until}`, "    ");
}

/** The section on what nobody has established; a question that several routes share is asked once. Pure. */
export function* openQuestionLines(policy: Policy): Generator<string> {
  const shared = together(allOpen(policy), ({ question, meanwhile: until }) =>
    JSON.stringify([question, until]),
  );
  const placesOf = (asked: readonly Open[]): readonly string[] => [
    ...new Set(asked.map(({ place }) => place)),
  ];
  if (shared.length === 0) return;
  yield "Unknown";
  yield* wrapped("What nobody has established, and what the mock does meanwhile.", "  ");
  for (const block of together(shared, (asked) => JSON.stringify(placesOf(asked)))) {
    yield "";
    for (const place of placesOf(block[0] ?? [])) yield `  ${plain(place)}`;
    for (const [open] of block) if (open !== undefined) yield* questionLines(open);
  }
}
