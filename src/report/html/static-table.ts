import { grouped } from "../terminal/block.js";
import type { TableRows } from "../terminal/row-list.js";
import type { ExchangeCells, TableRow } from "../terminal/table-row.js";
import { html, type Markup, NOTHING } from "./markup.js";

type Column = "#" | "step" | "request" | "key" | "If-Match" | "status" | "ETag" | "version" | "ms";

const COLUMNS: readonly Column[] = [
  "#",
  "step",
  "request",
  "key",
  "If-Match",
  "status",
  "ETag",
  "version",
  "ms",
];
const ALWAYS: readonly Column[] = ["#", "step", "request", "status"];
const IN_NUMBERS: readonly Column[] = ["#", "ms"];
const IN_CODE: readonly Column[] = ["key", "If-Match", "ETag", "version"];

/** What the marks of a request mean. */
const AGAIN = { "=": "= the same bytes as", "~": "~ changed from" };

function requestWords({ mark, again, method, path }: ExchangeCells): string {
  if (mark === null) return `${method} ${path}`;
  return again === null ? `~ ${method} ${path}` : `${AGAIN[mark]} ${again}`;
}

function textsOf(cells: ExchangeCells): Readonly<Record<Column, string>> {
  const { number, last, step, key, ifMatch, status, stored, etag, version, ms } = cells;
  return {
    "#": number === last ? String(number) : `${number}-${last}`,
    step,
    request: requestWords(cells),
    key: key ?? "",
    "If-Match": ifMatch ?? "",
    status: stored === null ? status : `${status} ↺${stored}`,
    ETag: etag ?? "",
    version: version ?? "",
    ms: ms ?? "",
  };
}

function cell(column: Column, cells: ExchangeCells): Markup {
  const text = textsOf(cells)[column];
  if (column === "status") return html`<td><span class="tone ${cells.tone}">${text}</span></td>`;
  if (IN_NUMBERS.includes(column)) return html`<td class="number">${text}</td>`;
  if (IN_CODE.includes(column) && text !== "") return html`<td><code>${text}</code></td>`;
  return html`<td>${text}</td>`;
}

function rowMarkup(row: TableRow, columns: readonly Column[]): Markup {
  if (row.kind === "exchange")
    return html`<tr>${columns.map((column) => cell(column, row.cells))}</tr>
`;
  return html`<tr class="note"><td></td><td>${row.step}</td><td colspan="${columns.length - 2}">${row.text}</td></tr>
`;
}

/** True where the rows are the exchanges themselves, one each: then the page's own table says all of it, and more. Pure. */
export function isWhole({ rows, more }: TableRows): boolean {
  return more === 0 && rows.every((row) => row.kind === "exchange" && row.cells.number === row.cells.last);
}

/** The rows of the terminal's table, bursts folded, as a table that needs no script. Pure. */
export function staticTable({ rows, more }: TableRows): Markup {
  if (rows.length === 0) return NOTHING;
  const all = rows.flatMap((row) => (row.kind === "exchange" ? [textsOf(row.cells)] : []));
  const columns = COLUMNS.filter(
    (column) => ALWAYS.includes(column) || all.some((texts) => texts[column] !== ""),
  );
  const heads = columns.map((column) =>
    IN_NUMBERS.includes(column)
      ? html`<th scope="col" class="number">${column}</th>`
      : html`<th scope="col">${column}</th>`,
  );
  const body = rows.map((row) => rowMarkup(row, columns));
  const rest = more > 0 ? html`<p>And ${grouped(more)} more rows.</p>` : NOTHING;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="What was sent"><table>
<thead><tr>${heads}</tr></thead>
<tbody>
${body}</tbody></table></div>${rest}
`;
}
