import type { PageRow } from "../src/report/html/page-data.js";
import { el } from "./elements.js";
import { createRowWindow, ROWS_IN_VIEW } from "./row-window.js";
import { type Column, columnsOf } from "./table-columns.js";

/** What happens when somebody picks a row. */
export interface TableActions {
  readonly onOpen: (place: number) => void;
  readonly onCompare: (place: number, wanted: boolean) => void;
}

/** The table of exchanges: only the rows in view are in the document. */
export interface ExchangeTable {
  readonly element: HTMLElement;
  /** Shows these rows, by their places in the run. */
  readonly show: (places: readonly number[]) => void;
  /** Marks what is open, and what is compared. */
  readonly mark: (open: number | null, compared: readonly number[]) => void;
  readonly print: (printing: boolean) => void;
}

interface Marks {
  readonly open: number | null;
  readonly compared: readonly number[];
}

/** A row of the table, its place in the run, and where it stands among those that are shown. */
interface Shown {
  readonly row: PageRow;
  readonly place: number;
  readonly at: number;
}

function openerOf({ row, place, at }: Shown, { open }: Marks, { onOpen }: TableActions): HTMLElement {
  const opener = el("button", { type: "button", class: "opener", "data-at": at }, String(row.number));
  opener.setAttribute("aria-expanded", String(open === place));
  opener.setAttribute("aria-label", `Exchange ${row.number}`);
  opener.addEventListener("click", () => onOpen(place));
  return el("td", { class: "number" }, opener);
}

function pickerOf({ row, place }: Shown, { compared }: Marks, { onCompare }: TableActions): HTMLElement {
  const box = el("input", { type: "checkbox", "aria-label": `compare #${row.number}` });
  box.checked = compared.includes(place);
  box.addEventListener("change", () => onCompare(place, box.checked));
  return el("td", { class: "pick" }, box);
}

function headOf(columns: readonly Column[]): HTMLElement {
  const heads = columns.map(({ head, name }) => el("th", { scope: "col", class: name }, head));
  const number = el("th", { scope: "col", class: "number" }, "#");
  return el(
    "thead",
    {},
    el("tr", {}, number, el("th", { scope: "col", class: "pick" }, "compare"), ...heads),
  );
}

/** Makes the table of a run. */
export function createExchangeTable(rows: readonly PageRow[], actions: TableActions): ExchangeTable {
  const columns = columnsOf(rows);
  const element = el("div", {
    ...{ class: rows.length <= ROWS_IN_VIEW ? "scroll window short" : "scroll window" },
    ...{ tabindex: 0, role: "region", "aria-label": "All exchanges" },
  });
  let shown: readonly number[] = [];
  let marks: Marks = { open: null, compared: [] };
  const rowAt = (at: number): HTMLTableRowElement => {
    const place = shown[at] ?? -1;
    const row = rows[place];
    if (row === undefined) return el("tr");
    const own = { row, place, at };
    const cells = columns.map(({ cell, name }) => el("td", { class: name }, cell(row)));
    const state = [marks.open === place ? "open" : "", marks.compared.includes(place) ? "compared" : ""];
    const made = el("tr", { "aria-rowindex": at + 2, class: state.join(" ").trim() });
    made.append(openerOf(own, marks, actions), pickerOf(own, marks, actions), ...cells);
    return made;
  };
  const { body, reset, draw, print } = createRowWindow(element, rowAt);
  const table = el("table", { class: "exchanges" }, headOf(columns), body);
  element.append(table);
  const show = (places: readonly number[]): void => {
    shown = places;
    table.setAttribute("aria-rowcount", String(places.length + 1));
    reset(places.length);
  };
  const mark = (open: number | null, compared: readonly number[]): void => {
    marks = { open, compared };
    draw();
  };
  return { element, show, mark, print };
}
