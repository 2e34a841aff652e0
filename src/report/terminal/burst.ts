import type { Exchange } from "../../journal/journal.js";
import { durationOf, formatMs } from "./exchange-cells.js";
import type { Marks } from "./look.js";
import type { ExchangeCells, TableRow, Tone } from "./table-row.js";

/** Exchanges of one step, one right after the other: the attempts of a retry, a step that is sent many times, a race. */
export interface Burst {
  readonly add: (exchange: Exchange, cells: ExchangeCells) => void;
  readonly rows: () => readonly TableRow[];
}

/** More attempts than this are folded too. */
const MOST_ATTEMPTS = 50;

const WORST_FIRST: readonly Tone[] = ["bad", "conflict", "notable", "good"];

/** Counting further would only fill memory. */
const MOST_VALUES = 100;

/** A value that all exchanges share, or how many they have. */
function shared(values: ReadonlySet<string | null>, what: string): string | null {
  const [only] = values;
  if (values.size === 1) return only ?? null;
  return `${values.size}${values.size === MOST_VALUES ? "+" : ""} ${what}`;
}

function remember(values: Set<string | null>, value: string | null): void {
  if (values.size < MOST_VALUES) values.add(value);
}

interface Totals {
  count: number;
  stored: number;
  lowMs: number;
  highMs: number;
  readonly outcomes: Map<string, number>;
  readonly tones: Set<Tone>;
  readonly keys: Set<string | null>;
  readonly ifMatches: Set<string | null>;
  readonly etags: Set<string | null>;
  readonly versions: Set<string | null>;
  readonly bases: Set<number>;
}

function startTotals(): Totals {
  const sets = { tones: new Set<Tone>(), bases: new Set<number>() };
  const values = {
    keys: new Set<string | null>(),
    ifMatches: new Set<string | null>(),
    etags: new Set<string | null>(),
    versions: new Set<string | null>(),
  };
  return { count: 0, stored: 0, lowMs: Infinity, highMs: 0, outcomes: new Map(), ...sets, ...values };
}

function addTo(totals: Totals, exchange: Exchange, cells: ExchangeCells): void {
  const durationMs = durationOf(exchange) ?? 0;
  totals.count += 1;
  totals.lowMs = Math.min(totals.lowMs, durationMs);
  totals.highMs = Math.max(totals.highMs, durationMs);
  totals.outcomes.set(cells.status, (totals.outcomes.get(cells.status) ?? 0) + 1);
  totals.tones.add(cells.tone);
  remember(totals.keys, cells.key);
  remember(totals.ifMatches, cells.ifMatch);
  remember(totals.etags, cells.etag);
  remember(totals.versions, cells.version);
  if (cells.stored === null) return;
  totals.stored += 1;
  totals.bases.add(cells.stored);
}

/** `300× 200, 1× 429`; stored answers are counted where not all but the first are. */
function histogram(totals: Totals, marks: Marks): string {
  const outcomes = [...totals.outcomes].sort(([, a], [, b]) => b - a);
  const counted = outcomes.map(([outcome, count]) => `${count}${marks.times} ${outcome}`).join(", ");
  const [base] = totals.bases;
  if (base === undefined || totals.stored >= totals.count - 1) return counted;
  return `${counted}, ${totals.stored}${marks.times} ${marks.stored}${base}`;
}

function foldedRow(
  first: ExchangeCells,
  last: ExchangeCells,
  folded: { readonly totals: Totals; readonly marks: Marks },
): TableRow {
  const { totals, marks } = folded;
  const [base] = totals.bases;
  const cells: ExchangeCells = {
    ...first,
    last: last.number,
    step: `${first.step} ${marks.times}${totals.count}`,
    status: histogram(totals, marks),
    tone: WORST_FIRST.find((tone) => totals.tones.has(tone)) ?? "good",
    stored: totals.bases.size === 1 && totals.stored >= totals.count - 1 ? (base ?? null) : null,
    key: shared(totals.keys, "keys"),
    ifMatch: shared(totals.ifMatches, "tags"),
    etag: shared(totals.etags, "tags"),
    version: shared(totals.versions, "versions"),
    ms:
      totals.lowMs === totals.highMs
        ? formatMs(totals.lowMs)
        : `${formatMs(totals.lowMs)}-${formatMs(totals.highMs)}`,
  };
  return { kind: "exchange", cells };
}

/**
 * Starts a group without any exchange. A step that starts over (attempt 1 again) is folded: it is
 * sent many times, or by the writers of a race.
 */
export function createBurst(marks: Marks): Burst {
  const totals = startTotals();
  const attempts: ExchangeCells[] = [];
  let last: ExchangeCells | null = null;
  let [lastAttempt, again] = [0, false];
  return {
    add: (exchange, cells) => {
      if (exchange.attempt <= lastAttempt) again = true;
      lastAttempt = exchange.attempt;
      last = cells;
      if (attempts.length < MOST_ATTEMPTS) attempts.push(cells);
      addTo(totals, exchange, cells);
    },
    rows: () => {
      const [first] = attempts;
      if (first === undefined || last === null) return [];
      const folds = again || totals.count > attempts.length;
      return folds
        ? [foldedRow(first, last, { totals, marks })]
        : attempts.map((cells) => ({ kind: "exchange", cells }));
    },
  };
}
