import Table from "cli-table3";
import { painterOf } from "./answer-words.js";
import { grouped } from "./block.js";
import { type Cells, type Column, GAP, INDENT, planColumns, type Widths } from "./column-plan.js";
import { certainWidth, displayWidth } from "./display-width.js";
import type { Look } from "./look.js";
import type { TableRows } from "./row-list.js";
import { cutEnd, cutMiddle, shortenIds, shortenPath } from "./shorten.js";
import type { ExchangeCells, TableRow } from "./table-row.js";

type ExchangeRow = Extract<TableRow, { kind: "exchange" }>;
type NoteRow = Extract<TableRow, { kind: "note" }>;

function safe(text: string, look: Look): string {
  return certainWidth(look.text(text));
}

function requestText(cells: ExchangeCells): string {
  const mark = cells.mark === null ? "" : `${cells.mark} `;
  return mark + (cells.again ?? `${cells.method} ${cells.path}`);
}

/** Whole texts of a row, ids shortened. An exchange without a key or tag has a dash. */
function cellsOf({ cells }: ExchangeRow, look: Look, ids: ReadonlyMap<string, string>): Cells {
  const id = (value: string | null): string => (value === null ? "-" : safe(ids.get(value) ?? value, look));
  return {
    "#": cells.number === cells.last ? String(cells.number) : `${cells.number}-${cells.last}`,
    step: safe(cells.step, look),
    request: safe(requestText(cells), look),
    key: id(cells.key),
    "if-match": id(cells.ifMatch),
    status: safe(cells.status, look) + (cells.stored === null ? "" : ` ${look.marks.stored}${cells.stored}`),
    etag: id(cells.etag),
    version: cells.version === null ? "-" : safe(cells.version, look),
    ms: cells.ms ?? "-",
  };
}

/** Of a note only its name takes part in the layout; its text runs on over the columns to its right. */
function noteCells({ step, text }: NoteRow, look: Look, alone: boolean): Cells {
  const blank = { "#": "", key: "", "if-match": "", status: "", etag: "", version: "", ms: "" };
  return { ...blank, step: safe(step, look), request: alone ? safe(text, look) : "" };
}

function shortenRequest(text: string, width: number, look: Look): string {
  const slash = text.indexOf("/");
  const before = slash < 0 ? "" : text.slice(0, slash);
  const path = shortenPath(text.slice(before.length), width - displayWidth(before), look.marks);
  return cutEnd(before + path, width, look.marks);
}

/** A request's path gives up its segments from the start, an id its middle, everything else its end. */
function shortened(column: Column, text: string, width: number, look: Look): string {
  if (displayWidth(text) <= width) return text;
  if (column === "request") return shortenRequest(text, width, look);
  const ids: readonly Column[] = ["step", "key", "if-match", "etag"];
  return ids.includes(column) ? cutMiddle(text, width, look.marks) : cutEnd(text, width, look.marks);
}

function paintCell(column: Column, text: string, { cells }: ExchangeRow, look: Look): string {
  const { dim } = look.paint;
  if (column === "status") return painterOf(cells.tone, look)(text);
  const quiet =
    text === "-" || column === "#" || column === "ms" || (column === "request" && cells.mark === "=");
  return quiet ? dim(text) : text;
}

/** A note's line: an empty number, its name, and its text over all that is left of the terminal. */
function noteLine(row: NoteRow, widths: Widths, look: Look): string {
  const { dim } = look.paint;
  const number = widths.get("#");
  const width = widths.get("step") ?? 0;
  const name = shortened("step", safe(row.step, look), width, look);
  const start = INDENT + (number === undefined ? 0 : number + GAP) + width + GAP;
  const before = " ".repeat(start - GAP - width);
  const after = " ".repeat(width - displayWidth(name) + GAP);
  const text = cutEnd(safe(row.text, look), look.columns - start, look.marks);
  return `${before}${dim(name)}${after}${dim(text)}`;
}

function exchangeLine(
  row: ExchangeRow,
  cells: Cells,
  { widths, look }: { readonly widths: Widths; readonly look: Look },
): Table.HorizontalTableRow {
  return [...widths].map(([column, width]) =>
    paintCell(column, shortened(column, cells[column], width, look), row, look),
  );
}

/** Shortened paths rarely fill their column; what they leave free would be a gap in the middle of the table. */
function tightened(
  widths: Widths,
  rows: readonly TableRow[],
  { all, look }: { readonly all: readonly Cells[]; readonly look: Look },
): Widths {
  const planned = widths.get("request") ?? 0;
  const used = all.flatMap(({ request }, index) =>
    rows[index]?.kind === "note" ? [] : [displayWidth(shortened("request", request, planned, look))],
  );
  const least = used.length === 0 ? planned : Math.max(Math.min(planned, "request".length), ...used);
  return new Map([...widths].map(([column, width]) => [column, column === "request" ? least : width]));
}

const NO_BORDERS = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "", bottom: "", "bottom-mid": "" },
  ...{
    "bottom-left": "",
    "bottom-right": "",
    left: " ".repeat(INDENT),
    "left-mid": "",
    mid: "",
    "mid-mid": "",
  },
  ...{ right: "", "right-mid": "", middle: "" },
};

function tableLines(rows: readonly Table.HorizontalTableRow[], widths: Widths): readonly string[] {
  const table = new Table({
    colWidths: [...widths.values()].map((width) => width + GAP),
    colAligns: [...widths.keys()].map((column) => (column === "#" || column === "ms" ? "right" : "left")),
    chars: NO_BORDERS,
    style: { border: [], "padding-left": 0, "padding-right": GAP },
  });
  table.push(...rows);
  return table.toString().split("\n");
}

/** The library's time to lay out a table grows with the square of its rows; as the widths are given, its parts look the same. */
const ROWS_AT_ONCE = 8;

function* inParts<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < all.length; start += ROWS_AT_ONCE) yield all.slice(start, start + ROWS_AT_ONCE);
}

/** Lines of the table of exchanges, none wider than the terminal, and a line about the rows that are left out. */
export function* exchangeTable({ rows, more }: TableRows, look: Look): Generator<string> {
  const exchanges = rows.filter((row) => row.kind === "exchange");
  const values = exchanges
    .flatMap(({ cells }) => [cells.key, cells.ifMatch, cells.etag])
    .filter((value) => value !== null);
  const ids = shortenIds(values, look.marks);
  const all = rows.map((row) =>
    row.kind === "exchange" ? cellsOf(row, look, ids) : noteCells(row, look, exchanges.length === 0),
  );
  const widths = tightened(planColumns(all, look.columns), rows, { all, look });
  const head = [...widths.keys()].map((column) => look.paint.dim(column));
  const body = rows.flatMap((row, index) => {
    const cells = all[index];
    return row.kind === "exchange" && cells !== undefined ? [exchangeLine(row, cells, { widths, look })] : [];
  });
  const [names = "", ...lines] = [...inParts([head, ...body])].flatMap((part) => tableLines(part, widths));
  yield names.trimEnd();
  let next = 0;
  for (const row of rows) {
    const line = row.kind === "note" ? noteLine(row, widths, look) : (lines[next++] ?? "");
    yield line.trimEnd();
  }
  if (more > 0)
    yield look.paint.dim(`  ${look.marks.ellipsis} ${grouped(more)} more rows in the JSON report`);
}
