import type { Panel } from "./lanes.js";

/** Where a panel stands on the terminal: how many columns its bars have, and which time each column is. */
export interface PanelScale {
  readonly fromMs: number;
  readonly toMs: number;
  readonly msPerColumn: number;
  readonly columns: number;
}

/** Bars of one length need some width too. */
const SHORTEST_MS = 0.001;

function latest(instants: readonly number[]): number {
  return instants.reduce((late, instant) => Math.max(late, instant), Number.NEGATIVE_INFINITY);
}

/** A request that nobody answered for half a minute must not press all others into one column: it runs off the picture. */
function spanOf({ bars, releasedMs }: Panel): readonly [fromMs: number, toMs: number] {
  const starts = bars.map(({ fromMs }) => fromMs);
  const fromMs = -latest([...starts, releasedMs ?? Number.POSITIVE_INFINITY].map((instant) => -instant));
  const answered = latest(bars.filter((bar) => bar.answered).map(({ endMs }) => endMs));
  const finite = latest(bars.map(({ endMs }) => endMs).filter(Number.isFinite));
  const toMs = latest([Number.isFinite(answered) ? answered : finite, ...starts, fromMs + SHORTEST_MS]);
  return [fromMs, toMs];
}

/** Puts panels on one scale, which they share so that lengths can be compared, in at most so many columns together. Pure. */
export function scalePanels(panels: readonly Panel[], columns: number): readonly PanelScale[] {
  const spans = panels.map(spanOf);
  const totalMs = spans.reduce((sum, [fromMs, toMs]) => sum + toMs - fromMs, 0);
  // A column for the instant of each start, and one that rounding may take.
  const msPerColumn = totalMs / Math.max(1, columns - 2 * panels.length);
  return spans.map(([fromMs, toMs]) => ({
    ...{ fromMs, toMs, msPerColumn },
    columns: 1 + Math.ceil((toMs - fromMs) / msPerColumn - 1e-9),
  }));
}

/** The column of an instant; those beyond the panel stand at its ends. Pure. */
export function columnOf(instantMs: number, scale: PanelScale): number {
  const column = Math.round((instantMs - scale.fromMs) / scale.msPerColumn);
  return Math.min(scale.columns - 1, Math.max(0, column));
}

/** True where an instant lies so far after the panel that its last column would lie. Pure. */
export function isBeyond(instantMs: number, scale: PanelScale): boolean {
  return instantMs > scale.toMs + scale.msPerColumn / 2;
}

/** Columns from one label of the axis to the next. */
const LABEL_ROOM = 8;

function roundStep(leastMs: number): number {
  const power = 10 ** Math.floor(Math.log10(leastMs));
  const factor = [1, 2, 5, 10].find((each) => each * power >= leastMs - 1e-12) ?? 10;
  return factor * power;
}

function digitsOf(stepMs: number): number {
  return Math.min(6, Math.max(0, -Math.floor(Math.log10(stepMs) + 1e-9)));
}

/** A time with no more digits than it needs. */
function shortest(valueMs: number, digits: number): string {
  const text = valueMs.toFixed(digits);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/**
 * The line over a panel's lanes: `0 ms    1       2`, each number over the column that is its time, counted from `zeroMs`.
 * The start is labelled with one digit more than the rest, since it is rarely round. Pure.
 */
export function axisText(scale: PanelScale, zeroMs: number, width: number): string {
  const { fromMs, toMs, msPerColumn } = scale;
  const stepMs = roundStep(msPerColumn * LABEL_ROOM);
  const digits = digitsOf(stepMs);
  let text = `${shortest(fromMs - zeroMs, digits + 1)} ms`;
  for (let tick = Math.floor((fromMs - zeroMs) / stepMs) + 1; zeroMs + tick * stepMs <= toMs; tick++) {
    const column = columnOf(zeroMs + tick * stepMs, scale);
    const label = shortest(tick * stepMs, digits);
    if (column >= text.length + 2 && column + label.length <= width) text = text.padEnd(column) + label;
  }
  return text.slice(0, width);
}
