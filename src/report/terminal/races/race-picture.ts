import { indented } from "../block.js";
import { certainWidth, displayWidth } from "../display-width.js";
import type { Look } from "../look.js";
import { cutEnd } from "../shorten.js";
import { GLUE } from "../wrap-text.js";
import { chooseLanes, histogramWords, type Telling } from "./choose-lanes.js";
import { laneLegend, laneText, type PlacedPanel, panelWidth } from "./lane-drawing.js";
import { laneLabel, numberOf, spansWidth } from "./lane-label.js";
import { type Lane, lanesOf, type Panel } from "./lanes.js";
import { axisText, scalePanels } from "./panel-scale.js";
import { innerName } from "./race-steps.js";
import type { RaceBar } from "./race-survey.js";

/** What a picture is drawn from; its times count from `zeroMs`. */
export interface Picture {
  readonly panels: readonly Panel[];
  readonly zeroMs: number;
  readonly telling: Telling;
  /** Entries of the legend that an earlier picture of the race had already; this one adds its own. */
  readonly explained: Set<string>;
}

const INDENT = 2;
/** Between two panels the time that nobody sent anything is cut out. */
const CUT = " // ";
/** With less than this for a panel's bars it stands below the one before. */
const FEWEST_COLUMNS = 14;
const MOST_BESIDE = 3;
/** A label gives way before the bars have less than this. */
const FEWEST_BARS = 8;

interface Drawing {
  readonly picture: Picture;
  readonly lanes: readonly Lane[];
  readonly look: Look;
  /** Columns for the writers' names, the indent included. */
  readonly start: number;
}

function barsIn({ bars }: Lane, panel: Panel): readonly RaceBar[] {
  return bars.filter((bar) => panel.bars.includes(bar));
}

function longestLabel(panel: Panel, { lanes, picture, look }: Drawing): number {
  return lanes.reduce((longest, lane) => {
    const label = laneLabel(barsIn(lane, panel), panel, { telling: picture.telling, look });
    return Math.max(longest, spansWidth(label));
  }, 0);
}

/** Puts panels beside each other; null where their bars would be too short to be compared. */
function placeBeside(panels: readonly Panel[], drawing: Drawing): readonly PlacedPanel[] | null {
  const { look, start } = drawing;
  const most = look.textColumns - start - 1 - FEWEST_BARS;
  const labels = panels.map((panel) => Math.min(most, longestLabel(panel, drawing)));
  const used = labels.reduce((sum, width) => sum + width + 1, 0) + CUT.length * (panels.length - 1);
  const room = look.textColumns - start - used;
  if (panels.length > 1 && room < FEWEST_COLUMNS * panels.length) return null;
  const scales = scalePanels(panels, room);
  return panels.flatMap((panel, index) => {
    const scale = scales[index];
    return scale === undefined ? [] : [{ panel, scale, labelColumns: labels[index] ?? 0 }];
  });
}

/** Text as wide as its panel: cut, or filled up. */
function fitted(text: string, width: number, look: Look): string {
  const cut = cutEnd(text, width, look.marks);
  return cut + " ".repeat(Math.max(0, width - displayWidth(cut)));
}

/** Titles where there are any, and the times. */
function* headLines(placed: readonly PlacedPanel[], { picture, look, start }: Drawing): Generator<string> {
  const before = " ".repeat(start);
  const titles = placed.map((each) =>
    fitted(certainWidth(look.text(each.panel.title)), panelWidth(each), look),
  );
  const titleLine = (before + titles.join(" ".repeat(CUT.length))).trimEnd();
  if (titleLine !== "") yield titleLine;
  const axes = placed.map((each) => {
    const width = panelWidth(each);
    return fitted(axisText(each.scale, picture.zeroMs, width), width, look);
  });
  yield before + look.paint.dim(axes.join(CUT).trimEnd());
}

function* panelLines(placed: readonly PlacedPanel[], drawing: Drawing): Generator<string> {
  const { lanes, look, start, picture } = drawing;
  yield* headLines(placed, drawing);
  for (const lane of lanes) {
    const parts = placed.map((each) => {
      const bars = barsIn(lane, each.panel);
      const label = laneLabel(bars, each.panel, { telling: picture.telling, look });
      return laneText(bars, each, { label, look });
    });
    const name = `${" ".repeat(INDENT)}w${lane.writer}`.padEnd(start);
    yield (name + parts.join(" ".repeat(CUT.length))).trimEnd();
  }
}

/** How those came out that have no lane: `… 988 more writers: 900× 409, 88× 200`. */
function restWords(hidden: readonly Lane[], { picture, look }: Drawing): string {
  const steps = [...new Set(picture.panels.flatMap(({ bars }) => bars.map(({ step }) => step)))];
  const words = steps.flatMap((step) => {
    const outcomes = hidden.flatMap(({ bars }) => bars.filter((bar) => bar.step === step));
    if (outcomes.length === 0) return [];
    const { stored, times } = look.marks;
    const counts = histogramWords(
      outcomes.map(({ outcome, storedFrom }) =>
        storedFrom === null ? outcome : `${outcome} ${stored}${numberOf(storedFrom, look)}`,
      ),
      times,
    );
    return [look.text(steps.length === 1 ? counts : `${innerName(step)} ${counts}`)];
  });
  return `${look.marks.ellipsis} ${hidden.length} more: ${words.join("; ")}`;
}

function* legendLines(
  placed: readonly PlacedPanel[],
  { drawing, beside }: { readonly drawing: Drawing; readonly beside: boolean },
): Generator<string> {
  const { lanes, look, picture } = drawing;
  const bars = lanes.flatMap((lane) => lane.bars);
  const cut = beside && placed.length > 1 ? ["// time without requests, left out"] : [];
  const entries = [...laneLegend(bars, placed, look.marks), ...cut];
  const added = entries.filter((entry) => !picture.explained.has(entry));
  for (const entry of added) picture.explained.add(entry);
  if (added.length === 0) return;
  const text = added.map((entry) => entry.replaceAll(" ", GLUE)).join("   ");
  yield* indented(look, INDENT, [{ text, paint: look.paint.dim }]);
}

/** A race in one round: a lane for each writer, time to scale, and what the marks mean. No line is wider than the terminal. */
export function* pictureLines(picture: Picture, look: Look): Generator<string> {
  const all = lanesOf(picture.panels.flatMap(({ bars }) => bars));
  const lanes = chooseLanes(all, picture.telling);
  const names = lanes.map(({ writer }) => `w${writer}`.length);
  const start = INDENT + Math.max(2, ...names) + 2;
  const drawing: Drawing = { picture, lanes, look, start };
  const beside = picture.panels.length <= MOST_BESIDE ? placeBeside(picture.panels, drawing) : null;
  const stacked = picture.panels.map((panel) => placeBeside([panel], drawing) ?? []);
  for (const placed of beside === null ? stacked : [beside]) yield* panelLines(placed, drawing);
  const hidden = all.filter((lane) => !lanes.includes(lane));
  if (hidden.length > 0)
    yield* indented(look, { indent: INDENT, hang: 2 }, [{ text: restWords(hidden, drawing) }]);
  yield* legendLines(beside ?? stacked.flat(), { drawing, beside: beside !== null });
}
