import { displayWidth } from "./display-width.js";

/** Columns in their order. */
const COLUMNS = ["#", "step", "request", "key", "if-match", "status", "etag", "version", "ms"] as const;

/** Name and heading of a column. */
export type Column = (typeof COLUMNS)[number];

/** Texts of one row. */
export type Cells = Readonly<Record<Column, string>>;

/** The columns that are shown, in their order, with their widths. */
export type Widths = ReadonlyMap<Column, number>;

/** Spaces before a row and between two columns. */
export const INDENT = 2;
export const GAP = 2;

/** Left out first where the terminal is too narrow: what says least about a conflict. */
const DROPPED_FIRST: readonly Column[] = ["ms", "version", "etag", "if-match", "key"];

/** Wider than this is cut even where there is room. */
const WIDEST: Readonly<Record<Column, number>> = {
  "#": 13,
  step: 32,
  request: 160,
  key: 40,
  "if-match": 24,
  status: 36,
  etag: 24,
  version: 16,
  ms: 15,
};

/** Where even the columns that are never left out do not fit, they give way in this order, down to these widths. */
const NARROWEST: readonly (readonly [Column, number])[] = [
  ["request", 12],
  ["step", 6],
  ["status", 6],
  ["#", 3],
  ["request", 6],
];

/** With less room for the request other columns are left out instead. */
const REQUEST_ROOM = 24;

function usedColumns(rows: readonly Cells[]): readonly Column[] {
  return COLUMNS.filter(
    (column) => column === "request" || rows.some((cells) => !["", "-"].includes(cells[column])),
  );
}

/** Columns that a row takes on the terminal. Pure. */
function rowWidth(widths: Iterable<number>): number {
  return INDENT + [...widths].reduce((sum, width) => sum + width + GAP, -GAP);
}

/** Takes room from one column after the other until the row fits. */
function squeeze(widths: Map<Column, number>, columns: number): Widths {
  for (const [column, narrowest] of NARROWEST) {
    const excess = rowWidth(widths.values()) - columns;
    const width = widths.get(column);
    if (excess <= 0 || width === undefined) continue;
    widths.set(column, Math.max(Math.min(width, narrowest), width - excess));
  }
  return widths;
}

/**
 * Which columns a table of these rows has and how wide each is, so that no row is wider than `columns` (at least 40):
 * columns that are empty for all rows are left out, then the least telling ones until the rest fits. Pure.
 */
export function planColumns(rows: readonly Cells[], columns: number): Widths {
  const natural = (column: Column): number =>
    rows.reduce((width, cells) => Math.max(width, displayWidth(cells[column])), column.length);
  const widest = new Map(
    usedColumns(rows).map((column) => [column, Math.min(WIDEST[column], natural(column))]),
  );
  for (const dropped of [null, ...DROPPED_FIRST]) {
    if (dropped !== null) widest.delete(dropped);
    const request = widest.get("request") ?? 0;
    const excess = Math.max(0, rowWidth(widest.values()) - columns);
    if (request - excess >= Math.min(request, REQUEST_ROOM)) return widest.set("request", request - excess);
  }
  return squeeze(widest, columns);
}
