import { type Block, indented } from "./block.js";
import { exchangeTable } from "./exchange-table.js";
import type { Look } from "./look.js";
import type { TableRows } from "./row-list.js";
import { GLUE } from "./wrap-text.js";

const MOST_STORED = 4;

/** The marks that the rows use, each with its meaning. */
function legendOf({ rows }: TableRows, look: Look): readonly string[] {
  const cells = rows.flatMap((row) => (row.kind === "exchange" ? [row.cells] : []));
  const stored = [...new Set(cells.flatMap((each) => each.stored ?? []))];
  const { marks } = look;
  return [
    ...(cells.some(({ mark }) => mark === "=") ? ["= the same bytes again"] : []),
    ...(cells.some(({ mark }) => mark === "~") ? ["~ changed"] : []),
    ...(stored.length > MOST_STORED
      ? [`${marks.stored}N the stored answer of N was returned`]
      : stored.map((number) => `${marks.stored}${number} the stored answer of ${number} was returned`)),
  ];
}

/** The table of exchanges, and what its marks mean. */
export const tableBlock: Block = function* ({ survey, look }) {
  if (survey.rows.rows.length === 0) return;
  yield* exchangeTable(survey.rows, look);
  const entries = legendOf(survey.rows, look).map((entry) => entry.replaceAll(" ", GLUE));
  if (entries.length > 0) yield* indented(look, 2, [{ text: entries.join("   "), paint: look.paint.dim }]);
};
