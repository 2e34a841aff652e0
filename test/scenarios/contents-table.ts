import type { Shipped } from "./shipped.js";

const SOURCES: Readonly<Record<string, string>> = {
  documented: "the vendor's documents",
  "participant-thread": "a forum thread on participant attributes",
  "voice-thread": "a forum thread on voice conversations",
  "put-thread": "a forum thread on PUT of a participant",
  "action-tutorial": "a tutorial on data actions",
  "conflict-guide": "a wiki page on key conflicts",
  standard: "RFC 9110",
  draft: "the IETF draft of the Idempotency-Key header",
};

/** Whose claim a scenario shows, by its tags. A twin shows what the vendor documents, whatever claim it stands beside. */
function sourceOf({ loaded }: Shipped): string {
  const { tags } = loaded.scenario;
  if (tags.includes("documented")) return SOURCES.documented ?? "";
  const found = tags.flatMap((tag) => SOURCES[tag] ?? []);
  return found.length === 0 ? "common practice" : found.join("; ");
}

/** The first sentence of a description: what the scenario teaches. */
export function lessonOf({ loaded }: Shipped): string {
  const { description } = loaded.scenario;
  return /^.*?\.(?= |$)/.exec(description)?.[0] ?? description;
}

/** A line of the table in scenarios/README.md, cell by cell. */
type Row = readonly string[];

/** The line that a scenario should have. */
export function rowOf(shipped: Shipped): Row {
  return [`[${shipped.name}](${shipped.name}.yaml)`, lessonOf(shipped), sourceOf(shipped)];
}

/** Where the table of causes leads. */
const TO_CAUSE = /^\| \[[^\]]*\]\(causes\//;

/** The line of a cause: what shows it, and what looks like it. */
export function causeRowOf(id: string, shown: Shipped, lookAlike: Shipped): Row {
  return [
    `[${id}](${shown.name}.yaml)`,
    lessonOf(shown),
    `[${lookAlike.loaded.scenario.name}](${lookAlike.name}.yaml)`,
  ];
}

/** The lines that a page has, of one of its two tables. */
export function rowsIn(page: string, table: "scenarios" | "causes"): readonly Row[] {
  const lines = page
    .split("\n")
    .filter((line) => line.startsWith("| [") && TO_CAUSE.test(line) === (table === "causes"));
  return lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
