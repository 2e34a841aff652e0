import { printableJson } from "../../core/printable.js";
import type { Exchange, ReceivedResponse, SentRequest } from "../../journal/journal.js";
import { createCauseTeller } from "../evidence-lines.js";
import { groupDiagnoses, isSettled } from "../group-diagnoses.js";
import type { RunSection } from "../report.js";
import { capped } from "../safe-text.js";
import { createCellMaker } from "../terminal/exchange-cells.js";
import { focusRound, racesOf } from "../terminal/races/race-steps.js";
import { type Cut, EXCHANGES_IN_BLOCK, type PageExchange, type PageRow, type PageRun } from "./page-data.js";

/** All bodies of a page share so many characters, or it could not be opened. */
const BODIES_OF_A_PAGE = 60_000_000;
const LONGEST_BODY = 100_000;
const SHORTEST_CUT = 1_000;

/** Longer values are cut in the table; the exchange itself has them whole. */
const LONGEST_CELL = 300;

/** Releases and proofs beyond these are of rounds that nobody looks through one by one. */
const MOST_LISTED = 10_000;

/** JSON that no HTML parser finds a tag in. */
function scriptJson(value: unknown): string {
  return printableJson(JSON.stringify(value)).replaceAll("<", "\\u003c");
}

function block(run: number, part: string, json: string): string {
  return `<script type="application/json" data-run="${run}" data-part="${part}">${json}</script>\n`;
}

function microseconds(timeMs: number | null): number | null {
  return timeMs === null ? null : Math.round(timeMs * 1000) / 1000;
}

function cell(text: string | null): string | null {
  return text === null ? null : capped(text, LONGEST_CELL);
}

/** What is said of each exchange in a few words. */
function causesOf(run: RunSection): ReadonlyMap<string, string> {
  const causes = new Map<string, string>();
  for (const group of groupDiagnoses(run.diagnoses)) {
    const [first] = group.candidates;
    const words =
      isSettled(group) || first.kind !== "refusal"
        ? `${first.cause} (${first.certainty})`
        : "reason not settled";
    if (!causes.has(group.exchange)) causes.set(group.exchange, words);
  }
  return causes;
}

function createRowMaker(run: RunSection): (exchange: Exchange, number: number) => PageRow {
  const cells = createCellMaker(run);
  const causes = causesOf(run);
  return (exchange, number) => {
    const { timings, id, step, writer, round, correlationId } = exchange;
    const {
      step: label,
      method,
      path,
      key,
      ifMatch,
      status,
      tone,
      stored,
      etag,
      version,
      ms,
    } = cells.cellsOf(exchange, number);
    return {
      ...{
        number,
        id,
        step: capped(step, LONGEST_CELL),
        label: capped(label, LONGEST_CELL),
        writer,
        round,
        method,
      },
      ...{ path: capped(path, LONGEST_CELL), key: cell(key), ifMatch: cell(ifMatch), status, tone, stored },
      ...{ etag: cell(etag), version: cell(version), ms, correlationId: cell(correlationId) },
      cause: causes.get(id) ?? null,
      ...{ startMs: microseconds(timings.startMs) ?? 0, sentMs: microseconds(timings.sentMs) },
      ...{ releasedMs: microseconds(timings.releasedMs), endMs: microseconds(timings.endMs) },
    };
  };
}

/** Never between the halves of a character, and in base64 never within a group. */
function cutBody(
  { body, bodyEncoding }: SentRequest | ReceivedResponse,
  most: number,
): Cut & { body: string } {
  if (body.length <= most) return { body };
  const half = /[\ud800-\udbff]/.test(body.charAt(most - 1)) ? 1 : 0;
  const end = bodyEncoding === "base64" ? most - (most % 4) : most - half;
  return { body: body.slice(0, end), bodyLength: body.length };
}

function createExchangeMaker(run: RunSection): (exchange: Exchange) => PageExchange {
  const fair = Math.floor(BODIES_OF_A_PAGE / Math.max(1, 2 * run.counts.exchanges));
  const most = Math.max(SHORTEST_CUT, Math.min(LONGEST_BODY, fair));
  const saysOf = createCauseTeller(run);
  return ({ request, response, ...exchange }) => ({
    ...exchange,
    request: { ...request, ...cutBody(request, most) },
    response: response === null ? null : { ...response, ...cutBody(response, most) },
    says: saysOf(exchange.id),
  });
}

function pairWords(run: RunSection, base: string, other: string): string {
  const [one, two] = [run.exchange(base), run.exchange(other)];
  return `${two.step} against ${one.step}`;
}

function pageRun(run: RunSection, exchanges: number): PageRun {
  return {
    exchanges,
    timesKnown: run.recording?.timesKnown ?? true,
    races: racesOf(run).map(({ id }) => ({ id, focus: focusRound(run, id) ?? 1 })),
    releases: run.races
      .slice(0, MOST_LISTED)
      .flatMap(({ step, waves, round, releasedMs }) =>
        releasedMs === null ? [] : [{ step, waves, round, releasedMs: microseconds(releasedMs) ?? 0 }],
      ),
    pairs: run.diffs
      .slice(0, 50)
      .map(({ base, other }) => ({ base, other, words: pairWords(run, base, other) })),
    proofs: run.invariants
      .flatMap(({ holds, evidence }) => (holds === false ? evidence : []))
      .slice(0, MOST_LISTED),
  };
}

/** The data of one run, a block for each {@link EXCHANGES_IN_BLOCK} exchanges, in one pass. `index`: the run's place in the report. */
export function* dataBlocks(run: RunSection, index: number): Generator<string> {
  const [rowOf, exchangeOf] = [createRowMaker(run), createExchangeMaker(run)];
  let [rows, exchanges, count]: [string[], string[], number] = [[], [], 0];
  const flush = function* (): Generator<string> {
    if (rows.length === 0) return;
    yield block(index, "rows", `[${rows.join(",")}]`);
    yield block(index, "exchanges", `[${exchanges.join(",\n")}]`);
    [rows, exchanges] = [[], []];
  };
  for (const exchange of run.exchanges) {
    count += 1;
    rows.push(scriptJson(rowOf(exchange, count)));
    exchanges.push(scriptJson(exchangeOf(exchange)));
    if (rows.length === EXCHANGES_IN_BLOCK) yield* flush();
  }
  yield* flush();
  yield block(index, "run", scriptJson(pageRun(run, count)));
}
