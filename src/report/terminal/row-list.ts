import type { Exchange } from "../../journal/journal.js";
import type { RunSection } from "../report.js";
import { type Burst, createBurst } from "./burst.js";
import { createCellMaker } from "./exchange-cells.js";
import type { Look } from "./look.js";
import { createRunPlace } from "./run-place.js";
import type { TableRow } from "./table-row.js";

/** The rows to show, in order, and how many there are besides. */
export interface TableRows {
  readonly rows: readonly TableRow[];
  readonly more: number;
}

/** Takes exchanges one by one, in the order of the run. */
export interface RowList {
  readonly add: (exchange: Exchange, number: number) => void;
  readonly finish: () => TableRows;
}

/** A table that goes on for pages is no table; the JSON report has every exchange. */
export const MOST_ROWS = 200;

/** Makes the rows of a run: attempts on their own, a step sent many times in one row, waits and skips in their places. */
export function createRowList(run: RunSection, look: Look): RowList {
  const rows: TableRow[] = [];
  const cells = createCellMaker(run);
  const place = createRunPlace(run);
  let more = 0;
  let burst: Burst | null = null;

  const push = (row: TableRow): void => {
    if (rows.length < MOST_ROWS) rows.push(row);
    else more += 1;
  };
  const flush = (): void => {
    for (const row of burst?.rows() ?? []) push(row);
    burst = null;
  };
  const add = (exchange: Exchange, number: number): void => {
    if (burst?.takes(exchange) !== true) {
      flush();
      for (const row of place.before(exchange)) push(row);
      burst = createBurst(exchange, look.marks);
    }
    burst.add(exchange, cells.cellsOf(exchange, number));
  };
  const finish = (): TableRows => {
    flush();
    for (const row of place.rest()) push(row);
    return { rows, more };
  };
  return { add, finish };
}
