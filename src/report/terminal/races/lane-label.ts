import { painterOf } from "../answer-words.js";
import { certainWidth, displayWidth, headOf } from "../display-width.js";
import type { Look } from "../look.js";
import { cutMiddle } from "../shorten.js";
import type { Span } from "../wrap-text.js";
import type { Telling } from "./choose-lanes.js";
import type { Panel } from "./lanes.js";
import { innerName } from "./race-steps.js";
import type { RaceBar } from "./race-survey.js";

const WIDEST_TOKEN = 12;
const SECOND_MS = 1000;

/** What besides its requests a lane's label depends on. */
export interface LabelContext {
  readonly telling: Telling;
  readonly look: Look;
}

/** The number by which the table knows an exchange: `#41` for `e41`. Pure. */
export function numberOf(id: string, look: Look): string {
  return `#${look.text(id.replace(/^e(?=\d+$)/, ""))}`;
}

/** `2.10 ms`, `30.0 s`. Pure. */
export function instantWords(instantMs: number): string {
  return instantMs < SECOND_MS ? `${instantMs.toFixed(2)} ms` : `${(instantMs / SECOND_MS).toFixed(2)} s`;
}

function tokenOf({ version, etag }: RaceBar, look: Look): string {
  const token = version === null ? etag : `v${version}`;
  return token === null ? "" : ` ${cutMiddle(certainWidth(look.text(token)), WIDEST_TOKEN, look.marks)}`;
}

function barSpans(bar: RaceBar, panel: Panel, look: Look): readonly Span[] {
  const { dim } = look.paint;
  const { storedFrom, answered, early, endMs, fromMs } = bar;
  const waited = !answered && Number.isFinite(endMs) ? ` after ${instantWords(endMs - fromMs)}` : "";
  return [
    ...(panel.named ? [{ text: `${certainWidth(look.text(innerName(bar.step)))} `, paint: dim }] : []),
    { text: look.text(bar.outcome), paint: painterOf(bar.tone, look) },
    ...(storedFrom === null ? [] : [{ text: ` ${look.marks.stored}${numberOf(storedFrom, look)}` }]),
    { text: `${answered ? tokenOf(bar, look) : waited}${early ? " before release" : ""}` },
  ];
}

/** What a request proves is worth more than that it won; of several proofs the story below has the rest. */
function remarkOn(bar: RaceBar, panel: Panel, { telling, look }: LabelContext): Span | null {
  const { bold, red } = look.paint;
  const [proof] = telling.proofs.get(bar.id) ?? [];
  if (proof !== undefined) return { text: `  ${numberOf(bar.id, look)} ${proof}`, paint: red.bold };
  return panel.winners.has(bar.id) ? { text: "  winner", paint: bold } : null;
}

/** What stands at the end of a lane: statuses, versions, who won, what it proves. Pure. */
export function laneLabel(bars: readonly RaceBar[], panel: Panel, context: LabelContext): readonly Span[] {
  const { look } = context;
  if (bars.length === 0) return [{ text: "not sent", paint: look.paint.dim }];
  const outcomes = bars.flatMap((bar, index) => [
    ...(index === 0 ? [] : [{ text: ", " }]),
    ...barSpans(bar, panel, look),
  ]);
  return [...outcomes, ...bars.flatMap((bar) => remarkOn(bar, panel, context) ?? [])];
}

/** Columns of some spans. Pure. */
export function spansWidth(spans: readonly Span[]): number {
  return spans.reduce((sum, { text }) => sum + displayWidth(text), 0);
}

/** As many spans as fit, the last of them cut. Pure. */
export function fitSpans(spans: readonly Span[], columns: number, look: Look): readonly Span[] {
  if (spansWidth(spans) <= columns) return spans;
  const fitting: Span[] = [];
  let room = columns - look.marks.ellipsis.length;
  for (const span of spans) {
    const text = headOf(span.text, room);
    room -= displayWidth(text);
    fitting.push({ ...span, text });
    if (text !== span.text) break;
  }
  return [...fitting, { text: look.marks.ellipsis }];
}
