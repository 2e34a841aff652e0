import {
  EXCHANGES_IN_BLOCK,
  type PageExchange,
  type PageRow,
  type PageRun,
} from "../src/report/html/page-data.js";

/** The data of one run, read out of the page. */
export interface RunData {
  readonly index: number;
  readonly run: PageRun;
  readonly rows: readonly PageRow[];
  /** By its place in the run, from 0. Parses the block in which it stands. */
  readonly exchangeAt: (place: number) => PageExchange;
  /** The place of an exchange by its id; null where there is none. */
  readonly placeOf: (id: string) => number | null;
}

/** So many parsed blocks are kept. */
const MOST_BLOCKS = 6;

function blocksOf(index: number, part: string): readonly Element[] {
  return [...document.querySelectorAll(`script[data-run="${index}"][data-part="${part}"]`)];
}

function parsed<T>(element: Element | undefined): T {
  return JSON.parse(element?.textContent ?? "null") as T;
}

/** Reads the rows of a run at once, its exchanges when they are looked at. */
export function readRun(index: number): RunData {
  const run = parsed<PageRun>(blocksOf(index, "run")[0]);
  const rows = blocksOf(index, "rows").flatMap((block) => parsed<readonly PageRow[]>(block));
  const blocks = blocksOf(index, "exchanges");
  const kept = new Map<number, readonly PageExchange[]>();
  const places = new Map(rows.map(({ id }, place) => [id, place]));
  const blockAt = (number: number): readonly PageExchange[] => {
    const found = kept.get(number) ?? parsed<readonly PageExchange[]>(blocks[number]);
    kept.delete(number);
    kept.set(number, found);
    const [oldest] = kept.keys();
    if (kept.size > MOST_BLOCKS && oldest !== undefined) kept.delete(oldest);
    return found;
  };
  const exchangeAt = (place: number): PageExchange => {
    const found = blockAt(Math.floor(place / EXCHANGES_IN_BLOCK))[place % EXCHANGES_IN_BLOCK];
    if (found === undefined) throw new Error(`there is no exchange ${place + 1}`);
    return found;
  };
  return { index, run, rows, exchangeAt, placeOf: (id) => places.get(id) ?? null };
}
