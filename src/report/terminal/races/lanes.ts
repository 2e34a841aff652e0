import type { InvariantResult } from "../../../check/check.js";
import { innerName } from "./race-steps.js";
import type { RaceBar, RaceRound } from "./race-survey.js";

/** A part of a race that is drawn in one piece: what left one barrier, or all of it where there was none. */
export interface Panel {
  /** What each writer sent, where all sent the same; else empty. */
  readonly title: string;
  /** True where the writers' steps differ, so that each bar must say which one it is. */
  readonly named: boolean;
  readonly releasedMs: number | null;
  readonly bars: readonly RaceBar[];
  /** Bars that beat others of their kind: carried out while the others were refused. */
  readonly winners: ReadonlySet<string>;
}

/** One writer of a race. */
export interface Lane {
  readonly writer: number;
  readonly bars: readonly RaceBar[];
}

function winnersOf(bars: readonly RaceBar[]): ReadonlySet<string> {
  const contested = bars.some(({ write, tone }) => write && tone === "conflict");
  const won = contested ? bars.filter(({ accepted, attempt }) => accepted && attempt === 1) : [];
  return new Set(won.map(({ id }) => id));
}

function panelOf(releasedMs: number | null, bars: readonly RaceBar[]): Panel {
  const lanes = lanesOf(bars).map((lane) => lane.bars.map(({ step }) => innerName(step)).join(", "));
  const alike = new Set(lanes).size === 1;
  return {
    title: alike ? (lanes[0] ?? "") : "",
    named: !alike,
    releasedMs,
    bars,
    winners: winnersOf(bars),
  };
}

/** The panels of a race in one round, in the order of time. Pure. */
export function panelsOf({ records, bars }: RaceRound): readonly Panel[] {
  const barriers = records.filter(({ technique }) => technique !== "none");
  const held = new Set(barriers.flatMap(({ waves }) => waves));
  const free = bars.filter(({ step }) => !held.has(step));
  const panels = barriers.map(({ waves, releasedMs }) =>
    panelOf(
      releasedMs,
      bars.filter(({ step }) => waves.includes(step)),
    ),
  );
  const all = free.length === 0 ? panels : [...panels, panelOf(null, free)];
  return all.filter((panel) => panel.bars.length > 0);
}

/** Writers in order, each with its requests. Pure. */
export function lanesOf(bars: readonly RaceBar[]): readonly Lane[] {
  const lanes = new Map<number, RaceBar[]>();
  for (const bar of bars) {
    const known = lanes.get(bar.writer);
    if (known === undefined) lanes.set(bar.writer, [bar]);
    else known.push(bar);
  }
  return [...lanes].sort(([a], [b]) => a - b).map(([writer, own]) => ({ writer, bars: own }));
}

/** What a violated invariant found, in two or three words for a lane. */
const FAULTS: Readonly<Record<InvariantResult["name"], string>> = {
  "no-lost-update": "lost update",
  "at-most-once": "executed twice",
  "read-your-writes": "own write not seen",
  "monotonic-reads": "read going backwards",
  linearizable: "contradiction",
  "one-winner": "not one winner",
};

/** What each exchange proves: its id to the faults that it is evidence of. Pure. */
export function proofsOf(violated: readonly InvariantResult[]): ReadonlyMap<string, readonly string[]> {
  const proofs = new Map<string, readonly string[]>();
  for (const { name, evidence } of violated) {
    for (const id of evidence) proofs.set(id, [...(proofs.get(id) ?? []), FAULTS[name]]);
  }
  return proofs;
}
