import { isConfirming } from "../../journal/confirming.js";
import type { Exchange } from "../../journal/journal.js";
import type { RunSection } from "../report.js";
import { type Burst, createBurst } from "./burst.js";
import { createCellMaker } from "./exchange-cells.js";
import type { Look } from "./look.js";
import { raceIdOf, shownRounds } from "./races/race-steps.js";
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

/** Stands above what was sent to settle a cause. */
export const CONFIRM_HEADING: TableRow = { kind: "note", step: "confirm", text: "sent by --confirm" };

/** What stands together: the exchanges of one step, or all of a race, whose writers take turns in the journal. */
function groupOf({ step, writer, round }: Exchange): string {
  return writer === null ? `${round} step ${step}` : `${round} race ${raceIdOf(step) ?? step}`;
}

/**
 * Makes the rows of a run: attempts on their own, a step sent many times in one row, each inner step of a race in one
 * row, waits and skips in their places.
 */
export function createRowList(run: RunSection, look: Look): RowList {
  const rows: TableRow[] = [];
  const cells = createCellMaker(run);
  const shown = shownRounds(run);
  const place = createRunPlace(run, shown);
  let more = 0;
  let confirmed: number | null = null;
  let [group, bursts]: [string | null, Map<string, Burst>] = [null, new Map()];

  const push = (row: TableRow): void => {
    if (rows.length < MOST_ROWS) rows.push(row);
    else more += 1;
  };
  const flush = (): void => {
    for (const burst of bursts.values()) for (const row of burst.rows()) push(row);
    [group, bursts] = [null, new Map()];
  };
  const add = (exchange: Exchange, number: number): void => {
    const made = cells.cellsOf(exchange, number);
    if (groupOf(exchange) !== group) {
      flush();
      group = groupOf(exchange);
      for (const row of place.before(exchange)) push(row);
      if (isConfirming(exchange) && confirmed !== exchange.round && shown?.has(exchange.round) !== false) {
        confirmed = exchange.round;
        push(CONFIRM_HEADING);
      }
    }
    if (shown?.has(exchange.round) === false) return;
    const burst = bursts.get(exchange.step) ?? createBurst(look.marks);
    bursts.set(exchange.step, burst);
    burst.add(exchange, made);
  };
  const finish = (): TableRows => {
    flush();
    for (const row of place.rest()) push(row);
    return { rows, more };
  };
  return { add, finish };
}
