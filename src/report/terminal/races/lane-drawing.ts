import type { LaneMarks, Look } from "../look.js";
import type { Span } from "../wrap-text.js";
import { fitSpans, spansWidth } from "./lane-label.js";
import type { Panel } from "./lanes.js";
import { columnOf, isBeyond, type PanelScale } from "./panel-scale.js";
import type { RaceBar } from "./race-survey.js";

/** A panel that has its place: columns for its bars, and for what stands after them. */
export interface PlacedPanel {
  readonly panel: Panel;
  readonly scale: PanelScale;
  readonly labelColumns: number;
}

/** Columns of a panel: bars, a space, the longest label. Pure. */
export function panelWidth({ scale, labelColumns }: PlacedPanel): number {
  return scale.columns + 1 + labelColumns;
}

function endMark(bar: RaceBar, scale: PanelScale, marks: LaneMarks): string {
  if (isBeyond(bar.endMs, scale)) return marks.beyond;
  return bar.answered ? marks.answered : marks.unanswered;
}

/** Characters of a lane in a panel: the release, then bars, and over them their starts and ends. */
function barText(bars: readonly RaceBar[], { panel, scale }: PlacedPanel, marks: LaneMarks): string {
  const cells = Array.from({ length: scale.columns }, () => " ");
  if (panel.releasedMs !== null) cells[columnOf(panel.releasedMs, scale)] = marks.release;
  const places = bars.map((bar) => ({
    start: columnOf(bar.fromMs, scale),
    end: columnOf(bar.endMs, scale),
    mark: endMark(bar, scale, marks),
  }));
  for (const { start, end } of places) cells.fill(marks.bar, start, end);
  for (const { start } of places) cells[start] = marks.start;
  for (const { end, mark } of places) cells[end] = mark;
  return cells.join("").trimEnd();
}

/** A writer's requests in one panel, and its label right after the last of them; as wide as the panel. Pure. */
export function laneText(
  bars: readonly RaceBar[],
  placed: PlacedPanel,
  { label, look }: { readonly label: readonly Span[]; readonly look: Look },
): string {
  const text = barText(bars, placed, look.marks.lane);
  const shown = fitSpans(label, placed.labelColumns, look);
  const painted = shown
    .map((span) => (span.paint === undefined ? span.text : span.paint(span.text)))
    .join("");
  const missing = panelWidth(placed) - text.length - 1 - spansWidth(shown);
  return `${text} ${painted}${" ".repeat(Math.max(0, missing))}`;
}

/** What the marks of these lanes mean. Pure. */
export function laneLegend(
  bars: readonly RaceBar[],
  placed: readonly PlacedPanel[],
  { lane }: Look["marks"],
): readonly string[] {
  const scaleOf = (bar: RaceBar): PanelScale | undefined =>
    placed.find(({ panel }) => panel.bars.includes(bar))?.scale;
  const beyond = bars.filter((bar) => {
    const scale = scaleOf(bar);
    return scale !== undefined && isBeyond(bar.endMs, scale);
  });
  const held = placed.some(({ panel }) => panel.releasedMs !== null);
  const inside = (answered: boolean): boolean =>
    bars.some((bar) => bar.answered === answered && !beyond.includes(bar));
  return [
    `${lane.start} ${held ? "released" : "sent"}`,
    ...(inside(true) ? [`${lane.answered} answered`] : []),
    ...(inside(false) ? [`${lane.unanswered} no answer`] : []),
    ...(beyond.length > 0 ? [`${lane.beyond} goes on`] : []),
  ];
}
