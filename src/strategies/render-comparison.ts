import { formatDuration } from "../core/duration.js";
import { VERSION } from "../core/version.js";
import { targetWords } from "../report/terminal/banner.js";
import { counted, grouped, indented, underLabel } from "../report/terminal/block.js";
import { type Look, lookOf, type TerminalOptions } from "../report/terminal/look.js";
import { GLUE, wrapText } from "../report/terminal/wrap-text.js";
import { adviseOn, NOT_SHOWN } from "./advise.js";
import { churnWords, duration, percent } from "./figure-words.js";
import { START_SPREAD_MS } from "./simulate-run.js";
import type { Cell, Comparing, Comparison, Figures } from "./strategies.js";
import { CHANGE_WAYS, CREATE_WAYS } from "./ways.js";
import { ONE_WAY_MS } from "./wire.js";

/** A figure of a table. */
export interface Column {
  readonly head: string;
  readonly width: number;
  readonly value: (figures: Figures) => string;
  /** A count that is bad news unless it is 0. */
  readonly isHarm?: boolean;
}

/** What is told of each way, in this order. */
export const COLUMNS: readonly Column[] = [
  { head: "success", width: 8, value: percent },
  {
    head: "writes",
    width: 8,
    value: ({ writes, writers }) => (writers === 0 ? "-" : (writes / writers).toFixed(1)),
  },
  { head: "p50", width: 8, value: ({ p50Ms }) => duration(p50Ms) },
  { head: "p95", width: 8, value: ({ p95Ms }) => duration(p95Ms) },
  { head: "lost", width: 6, value: ({ lostUpdates }) => grouped(lostUpdates), isHarm: true },
  { head: "twice", width: 7, value: ({ doneTwice }) => grouped(doneTwice), isHarm: true },
  { head: "untold", width: 8, value: ({ doneUntold }) => grouped(doneUntold), isHarm: true },
];

const TITLE_WIDTH = 26;
const LABEL_WIDTH = 11;

/** What the heads of columns mean. */
export const MEANINGS: readonly (readonly [string, string])[] = [
  ["success", "writers that were told of it, or saw it, before their deadline"],
  ["writes", "requests that were to change something, for each writer"],
  ["p50, p95", "virtual time to success, of those that had it"],
  ["lost", "told of success, and the change is not there at the end"],
  ["twice", "carried out more than once; harmless for an attribute of one's own"],
  ["untold", "carried out, and the writer never learned of it"],
];

/** What tables call each way. */
export const TITLES: ReadonlyMap<string, string> = new Map(
  [...CHANGE_WAYS, ...CREATE_WAYS].map(({ id, title }) => [id, title]),
);

function cellText({ width, value, isHarm = false }: Column, figures: Figures, look: Look): string {
  const text = value(figures);
  const padded = text.padStart(width);
  if (!isHarm) return padded;
  return text === "0" ? look.paint.dim(padded) : look.paint.red(padded);
}

/** Left out on a narrow terminal, in this order. */
const DISPENSABLE: readonly string[] = ["writes", "p50", "untold", "twice"];

/** The columns that fit: a table that does not fit drops some, and never wraps a row. */
function columnsFor(look: Look): readonly Column[] {
  let shown = COLUMNS;
  for (const dropped of DISPENSABLE) {
    const width = shown.reduce((sum, column) => sum + column.width, 1 + TITLE_WIDTH);
    if (width <= look.columns) break;
    shown = shown.filter((column) => column.head !== dropped);
  }
  return shown;
}

function* table(title: string, cells: readonly Cell[], look: Look): Generator<string> {
  const columns = columnsFor(look);
  const heads = columns.map(({ head, width }) => look.paint.dim(head.padStart(width))).join("");
  yield look.paint.bold(title.padEnd(TITLE_WIDTH + 1)) + heads;
  for (const { strategy, figures } of cells) {
    const name = (TITLES.get(strategy) ?? strategy).padEnd(TITLE_WIDTH);
    yield ` ${name}${columns.map((column) => cellText(column, figures, look)).join("")}`;
  }
}

/** What was measured on, and what that is worth. Pure. */
export function mockWords({ policy }: Comparing): string {
  const { name, description } = policy;
  const target = { kind: "mock", baseUrl: "", policy: name, policyDescription: description } as const;
  return `${targetWords(target)} Proves nothing about Genesys Cloud.`;
}

function* head({ comparing }: Comparison, version: string, look: Look): Generator<string> {
  const name = `gcidem ${look.text(version)}`;
  const words = mockWords(comparing);
  const start = name.length + 4;
  yield* wrapText(
    [{ text: look.text(words) }, { text: `  seed${GLUE}${comparing.seed}`, paint: look.paint.dim }],
    {
      first: `${look.paint.bold(name)}    `,
      start,
      indent: start,
      columns: look.textColumns,
    },
  );
}

/** Where the writes go, and which of these operations nobody documents. */
function placeWords({ ellipsis }: Look["marks"]): string {
  return [
    "One resource: a conversation, written by PATCH /api/v2/conversations/voice/{id}, which forum threads made up; no documented operation of the mock has a token that churn moves.",
    `Attributes: PATCH ${ellipsis}/participants/{id}/attributes. Something new: POST ${ellipsis}/actions/{id}/execute.`,
  ].join(" ");
}

function lostWords(share: number): string {
  return share === 0 ? "No answer is lost." : `${Number((share * 100).toFixed(2))}% of all answers are lost.`;
}

/** Under which conditions it was measured. */
export function* conditions({ comparing }: Comparison, look: Look): Generator<string> {
  const { writers, runs, deadlineMs, lostShare } = comparing;
  const words = [
    writers === 1
      ? `1 writer gives up after ${formatDuration(deadlineMs)};`
      : `${counted(writers, "writer")} begin within ${START_SPREAD_MS} ms and give up after ${formatDuration(deadlineMs)};`,
    `${counted(runs, "run")}: each line is ${counted(writers * runs, "writer")}.`,
    lostWords(lostShare),
    `A message takes ${ONE_WAY_MS.least} to ${ONE_WAY_MS.most} ms each way. All time is virtual.`,
  ];
  yield* indented(look, 2, [{ text: words.join(" ") }]);
  yield* indented(look, 2, [{ text: placeWords(look.marks) }]);
}

function* meanings(look: Look): Generator<string> {
  for (const [word, meaning] of MEANINGS)
    yield* underLabel(look, { indent: 2, text: word, width: LABEL_WIDTH }, [
      { text: meaning, paint: look.paint.dim },
    ]);
}

/** Said only where it came to bear. */
export function* rateLimitLine({ comparing, cells }: Comparison, look: Look): Generator<string> {
  const refused = cells.reduce((sum, { figures }) => sum + figures.rateLimited, 0);
  if (refused === 0) return;
  const limit = comparing.policy.rateLimit;
  const allowed =
    limit === null
      ? ""
      : ` The policy allows ${limit.perMinute} a minute, and all writers of a run share one token.`;
  yield "";
  yield* indented(look, 2, [{ text: `${counted(refused, "request")} got 429: too many.${allowed}` }]);
}

function* advice(comparison: Comparison, look: Look): Generator<string> {
  const label = (text: string): { indent: number; text: string; width: number } => ({
    indent: 2,
    text,
    width: LABEL_WIDTH,
  });
  for (const [index, sentence] of adviseOn(comparison).entries())
    yield* underLabel(look, label(index === 0 ? "do" : ""), [{ text: sentence }]);
  yield* underLabel(look, label("not shown"), [{ text: NOT_SHOWN }]);
}

/**
 * What a person reads of a comparison: the figures by churn rate, and what they support. `version` is what it calls its
 * own. Pure.
 */
export function* renderComparison(
  comparison: Comparison,
  options: TerminalOptions,
  version: string = VERSION,
): Generator<string> {
  const look = lookOf(options);
  const { cells, comparing } = comparison;
  const lines = function* (): Generator<string> {
    yield* head(comparison, version, look);
    yield "";
    yield* conditions(comparison, look);
    for (const churn of comparing.churnsPerSecond) {
      yield "";
      yield* table(
        `One resource, ${churnWords(churn)}`,
        cells.filter(({ churnPerSecond }) => churnPerSecond === churn),
        look,
      );
    }
    yield "";
    yield* table(
      "Something new, by key",
      cells.filter(({ churnPerSecond }) => churnPerSecond === null),
      look,
    );
    yield "";
    yield* meanings(look);
    yield* rateLimitLine(comparison, look);
    yield "";
    yield* advice(comparison, look);
  };
  for (const line of lines()) yield `${line}\n`;
}
