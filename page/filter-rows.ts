import type { PageRow } from "../src/report/html/page-data.js";

/** What rows are wanted. */
export interface Wanted {
  /** Words that all must stand somewhere in a row, without regard to case. */
  readonly text: string;
  readonly outcome: Outcome;
  /** Null: all steps. */
  readonly step: string | null;
}

/** Kinds of outcome that one can ask for. */
export type Outcome = "all" | "conflict" | "refused" | "none" | "good" | "explained";

/** What the kinds are called. */
export const OUTCOMES: readonly (readonly [Outcome, string])[] = [
  ["all", "all outcomes"],
  ["conflict", "conflicts (409, 412, 423, 425, 428)"],
  ["refused", "refused (400 or more)"],
  ["none", "without an answer"],
  ["good", "successes (2xx)"],
  ["explained", "with a cause"],
];

function matches(row: PageRow, outcome: Outcome): boolean {
  const status = Number(row.status);
  if (outcome === "conflict") return row.tone === "conflict";
  if (outcome === "refused") return status >= 400;
  if (outcome === "none") return Number.isNaN(status);
  if (outcome === "good") return status >= 200 && status < 300;
  return outcome === "all" || row.cause !== null;
}

function textOf(row: PageRow): string {
  const { number, label, method, path, key, ifMatch, status, etag, version, correlationId, cause, writer } =
    row;
  const by = writer === null ? "" : `writer ${writer} w${writer}`;
  return [`#${number}`, label, method, path, key, ifMatch, status, etag, version, correlationId, cause, by]
    .join("\n")
    .toLowerCase();
}

/** Finds rows. What each is searched by is made once, since people type letter by letter. */
export function createFilter(rows: readonly PageRow[]): (wanted: Wanted) => readonly number[] {
  let texts: readonly string[] | null = null;
  return ({ text, outcome, step }) => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length > 0) texts ??= rows.map(textOf);
    const found: number[] = [];
    for (const [place, row] of rows.entries()) {
      if (step !== null && row.step !== step) continue;
      if (!matches(row, outcome)) continue;
      const own = texts?.[place] ?? "";
      if (words.every((word) => own.includes(word))) found.push(place);
    }
    return found;
  };
}
