import { grouped } from "../terminal/block.js";
import type { ExchangeCells, TableRow } from "../terminal/table-row.js";
import { cell, prose } from "./inert.js";

type Column = "#" | "step" | "request" | "key" | "if-match" | "status" | "etag" | "version" | "ms";

const COLUMNS: readonly Column[] = [
  ...(["#", "step", "request", "key", "if-match", "status", "etag", "version", "ms"] as const),
];

/** Columns that stay although all their cells are empty. */
const ALWAYS: readonly Column[] = ["#", "request", "status"];

/** What the marks of a request mean. */
const AGAIN = { "=": "the same bytes as", "~": "changed from" };

function requestCell({ mark, again, method, path }: ExchangeCells): string {
  if (mark === null) return cell(`${method} ${path}`);
  if (again === null) return `changed: ${cell(`${method} ${path}`)}`;
  return `${AGAIN[mark]} ${cell(again)}`;
}

function valueCell(value: string | null): string {
  return value === null ? "" : cell(value);
}

function statusCell({ status, stored, tone }: ExchangeCells): string {
  const shown = /^[\w× ,]+$/.test(status) ? status : cell(status);
  const marked = tone === "conflict" || tone === "bad" ? `**${shown}**` : shown;
  return stored === null ? marked : `${marked} stored answer of ${stored}`;
}

function cellsOf(cells: ExchangeCells): Readonly<Record<Column, string>> {
  const { number, last } = cells;
  return {
    "#": number === last ? String(number) : `${number}-${last}`,
    step: cells.step === "" ? "" : cell(cells.step),
    request: requestCell(cells),
    key: valueCell(cells.key),
    "if-match": valueCell(cells.ifMatch),
    status: statusCell(cells),
    etag: valueCell(cells.etag),
    version: valueCell(cells.version),
    ms: cells.ms ?? "",
  };
}

function noteCells({ step, text }: Extract<TableRow, { kind: "note" }>): Readonly<Record<Column, string>> {
  const blank = { "#": "", key: "", "if-match": "", status: "", etag: "", version: "", ms: "" };
  return { ...blank, step: cell(step), request: text === "" ? "" : prose(text).replaceAll("|", "\\u007c") };
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |\n`;
}

/** The table of exchanges: ids whole, columns that are empty left out. Empty where there are no rows. Pure. */
export function markdownTable(rows: readonly TableRow[], more: number): string {
  if (rows.length === 0) return "";
  const all = rows.map((row) => (row.kind === "exchange" ? cellsOf(row.cells) : noteCells(row)));
  const shown = COLUMNS.filter(
    (column) => ALWAYS.includes(column) || all.some((cells) => cells[column] !== ""),
  );
  const right: readonly Column[] = ["#", "ms"];
  const head = [line(shown), line(shown.map((column) => (right.includes(column) ? "---:" : "---")))];
  const body = all.map((cells) => line(shown.map((column) => cells[column])));
  const rest = more > 0 ? `\n${grouped(more)} more rows are in the JSON report.\n` : "";
  return `${[...head, ...body].join("")}${rest}`;
}
