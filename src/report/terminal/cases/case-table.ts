import { requestIdentity } from "../../../compare/request-identity.js";
import { isConfirming } from "../../../journal/confirming.js";
import type { Exchange } from "../../../journal/journal.js";
import type { RunSection } from "../../report.js";
import { numberOf } from "../diagnosis-words.js";
import { createCellMaker } from "../exchange-cells.js";
import { exchangeTable } from "../exchange-table.js";
import type { Look } from "../look.js";
import { CONFIRM_HEADING } from "../row-list.js";
import type { TableRow } from "../table-row.js";
import type { Case } from "./case-list.js";

/** More rows would bury the answer; the JSON report has every exchange. */
const MOST_ROWS = 12;

function sequence(id: string): number {
  return Number(id.replace(/^\D+/, "")) || 0;
}

/** The exchanges that answers speak of, in the order of the recording. */
function namedIds({ items }: Case): readonly string[] {
  const ids = items.flatMap(({ group, alike }) => [
    group.exchange,
    ...group.candidates.flatMap(({ evidence }) => evidence.flatMap(({ exchange }) => exchange ?? [])),
    ...alike,
  ]);
  return [...new Set(ids)].slice(0, MOST_ROWS).sort((a, b) => sequence(a) - sequence(b));
}

/** Rows of exchanges; one that sends the same bytes as one above says so. */
function rowsOf(exchanges: readonly Exchange[], run: RunSection): readonly TableRow[] {
  const cells = createCellMaker(run);
  const seen = new Map<string, string>();
  return exchanges.map((exchange) => {
    const made = cells.cellsOf(exchange, sequence(exchange.id));
    const identity = requestIdentity(exchange.request);
    const before = seen.get(identity) ?? null;
    if (before === null) seen.set(identity, numberOf(exchange.id));
    const step = run.target.kind === "recording" && !isConfirming(exchange) ? "" : made.step;
    const known = (exchange.request.missing?.length ?? 0) === 0;
    const again =
      before !== null && known ? { mark: "=" as const, again: before } : { mark: null, again: null };
    const timed = run.recording === undefined || exchange.timings.sentMs !== null;
    return { kind: "exchange", cells: { ...made, ...again, step, ms: timed ? made.ms : null } };
  });
}

/** Rows of the exchanges that a case speaks of. */
export function caseRows(of: Case, run: RunSection): readonly TableRow[] {
  const exchanges = namedIds(of).map(run.exchange);
  const rows = rowsOf(exchanges, run);
  const first = exchanges.findIndex(isConfirming);
  return first === -1 ? rows : rows.toSpliced(first, 0, CONFIRM_HEADING);
}

/** The exchanges of a case as a table. */
export function caseTable(of: Case, run: RunSection, look: Look): Iterable<string> {
  return exchangeTable({ rows: caseRows(of, run), more: 0 }, look);
}
