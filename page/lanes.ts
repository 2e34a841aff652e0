import type { PageRow } from "../src/report/html/page-data.js";
import type { RunData } from "./run-data.js";

/** One request in its lane. Times in ms from the picture's start. */
export interface Bar {
  readonly row: PageRow;
  readonly place: number;
  /** When it began to be sent; before `fromMs` where it was held. */
  readonly startMs: number;
  readonly fromMs: number;
  /** Null: no end is known. */
  readonly endMs: number | null;
}

/** A writer, or a step outside of races. */
interface Lane {
  readonly name: string;
  readonly bars: readonly Bar[];
}

/** What one timeline shows. */
export interface Picture {
  readonly lanes: readonly Lane[];
  /** Instants at which writers were let go. */
  readonly releases: readonly { readonly atMs: number; readonly words: string }[];
  readonly lengthMs: number;
  /** The picture's start, in ms from the run's. */
  readonly zeroMs: number;
  /** Lanes that found no room. */
  readonly hidden: number;
}

/** What can be shown: one race in one round, or the exchanges in their order. */
export interface View {
  readonly words: string;
  readonly race: string | null;
  readonly round: number;
}

/** More is no picture any more. */
const MOST_LANES = 60;
const MOST_BARS = 400;

function inRace({ step, writer }: PageRow, race: string): boolean {
  return writer !== null && step.startsWith(`${race}/`);
}

/** Every race in each of its rounds, those first that tell most; then the exchanges in order. Pure. */
export function viewsOf({ rows, run }: RunData): readonly View[] {
  const views: View[] = [];
  for (const { id, focus } of run.races) {
    const rounds = [...new Set(rows.flatMap((row) => (inRace(row, id) ? [row.round] : [])))];
    const first = rounds.includes(focus) ? [focus] : [];
    for (const round of [...first, ...rounds.filter((each) => each !== focus)])
      views.push({ words: rounds.length > 1 ? `race ${id}, round ${round}` : `race ${id}`, race: id, round });
  }
  return [...views, { words: "all exchanges, in order", race: null, round: 0 }];
}

function barOf(row: PageRow, place: number, zeroMs: number): Bar {
  const from = row.releasedMs ?? row.startMs;
  const endMs = row.endMs === null ? null : row.endMs - zeroMs;
  return {
    row,
    place,
    startMs: row.startMs - zeroMs,
    fromMs: Math.min(from - zeroMs, endMs ?? from - zeroMs),
    endMs,
  };
}

function leastStart(rows: readonly (readonly [PageRow, number])[]): number {
  return rows.reduce((least, [row]) => Math.min(least, row.startMs), Number.POSITIVE_INFINITY);
}

function lanesBy(bars: readonly Bar[], nameOf: (row: PageRow) => string): readonly Lane[] {
  const lanes = new Map<string, Bar[]>();
  for (const bar of bars) {
    const name = nameOf(bar.row);
    const known = lanes.get(name);
    if (known === undefined) lanes.set(name, [bar]);
    else known.push(bar);
  }
  return [...lanes].map(([name, own]) => ({ name, bars: own }));
}

/** Lanes to draw: those that prove something or stand out first, then the others, in their own order. */
function chosen(lanes: readonly Lane[], proofs: ReadonlySet<string>): readonly Lane[] {
  if (lanes.length <= MOST_LANES) return lanes;
  const rank = ({ bars }: Lane): number =>
    bars.some(({ row }) => proofs.has(row.id))
      ? 0
      : bars.some(({ row }) => row.tone === "good" && row.ifMatch !== null)
        ? 1
        : 2;
  const wanted = new Set([...lanes].sort((a, b) => rank(a) - rank(b)).slice(0, MOST_LANES));
  return lanes.filter((lane) => wanted.has(lane));
}

function picture(data: RunData, picked: readonly (readonly [PageRow, number])[], view: View): Picture {
  const zeroMs = picked.length === 0 ? 0 : leastStart(picked);
  const bars = picked.map(([row, place]) => barOf(row, place, zeroMs));
  const nameOf = ({ writer, number, label }: PageRow): string =>
    view.race === null ? `#${number} ${label}` : `w${writer}`;
  const all = lanesBy(bars, nameOf);
  const lanes = chosen(all, new Set(data.run.proofs));
  const lengthMs = bars.reduce((most, { endMs, fromMs }) => Math.max(most, endMs ?? fromMs), 0);
  const releases = data.run.releases.flatMap(({ step, round, waves, releasedMs }) =>
    view.race === step && view.round === round
      ? [
          {
            atMs: releasedMs - zeroMs,
            words: `${waves.map((wave) => wave.slice(wave.indexOf("/") + 1)).join(", ")} released`,
          },
        ]
      : [],
  );
  return { lanes, releases, lengthMs: Math.max(lengthMs, 0.001), zeroMs, hidden: all.length - lanes.length };
}

/** What a view shows. Pure. */
export function pictureOf(data: RunData, view: View): Picture {
  const { race } = view;
  const all = data.rows.map((row, place) => [row, place] as const);
  if (race === null) return picture(data, all.slice(0, MOST_LANES), view);
  const own = all.filter(([row]) => row.round === view.round && inRace(row, race));
  return picture(data, own.slice(0, Math.max(MOST_BARS, MOST_LANES)), view);
}

/** Bars of other lanes that were under way at the same time. Pure. */
export function overlapping(bar: Bar, { lanes, lengthMs }: Picture): readonly Bar[] {
  const end = (each: Bar): number => each.endMs ?? lengthMs;
  return lanes
    .flatMap(({ bars }) => bars)
    .filter(
      (each) =>
        each !== bar &&
        each.row.writer !== bar.row.writer &&
        each.fromMs < end(bar) &&
        bar.fromMs < end(each),
    );
}

/** How many requests were under way, at each instant at which that changed. Pure. */
export function inFlight({
  lanes,
  lengthMs,
}: Picture): readonly { readonly atMs: number; readonly count: number }[] {
  const events = lanes
    .flatMap(({ bars }) => bars)
    .flatMap(({ fromMs, endMs }) => [
      { atMs: fromMs, by: 1 },
      { atMs: endMs ?? lengthMs, by: -1 },
    ])
    .sort((a, b) => a.atMs - b.atMs || a.by - b.by);
  let count = 0;
  return events.map(({ atMs, by }) => {
    count += by;
    return { atMs, count };
  });
}
