import type { Exchange } from "../journal/journal.js";
import type { RunSection } from "../report/report.js";
import { mockWords, runTitle } from "../report/run-title.js";
import { capped, lineText } from "../report/safe-text.js";
import { outcomeOf } from "../report/terminal/answer-words.js";
import { numberOf } from "../report/terminal/diagnosis-words.js";
import { serverDateOf } from "./survey-traffic.js";

const LONGEST_VALUE = 300;
const LONGEST_URL = 2000;

/** Widths of the columns whose values have a usual length. */
const WIDTHS = [6, 24, 29, 10, 36] as const;

function row(cells: readonly string[]): string {
  return `${cells
    .map((cell, index) => cell.padEnd(WIDTHS[index] ?? 0))
    .join("  ")
    .trimEnd()}\n`;
}

function exchangeRow(exchange: Exchange): string {
  const { id, timings, correlationId, request } = exchange;
  return row(
    [
      numberOf(id),
      timings.startedAt,
      capped(serverDateOf(exchange) ?? "-", LONGEST_VALUE),
      outcomeOf(exchange),
      capped(correlationId ?? "-", LONGEST_VALUE),
      `${request.method} ${capped(request.url, LONGEST_URL)}`,
    ].map(lineText),
  );
}

/** Every request with what a server's support finds it by: a line each, in the order in which they left. */
export function* correlationText(run: RunSection): Generator<string> {
  yield `Correlation IDs of ${lineText(runTitle(run))}\n`;
  if (mockWords(run) !== null) yield "Made on a MOCK: no vendor knows these IDs.\n";
  yield "Sent is the client's clock, in UTC; Date is what the server wrote into its answer.\n\n";
  yield row(["#", "sent (UTC)", "Date", "status", "correlation ID", "request"]);
  for (const exchange of run.exchanges) yield exchangeRow(exchange);
}
