import type { RunReport, RunSection } from "../report.js";
import { displayWidth } from "./display-width.js";
import type { Look } from "./look.js";
import type { Survey } from "./survey.js";
import { type Span, wrapText } from "./wrap-text.js";

/** What a block of one scenario is made of. */
export interface BlockInput {
  readonly report: RunReport;
  readonly run: RunSection;
  readonly survey: Survey;
  readonly look: Look;
}

/** One block: its lines, none where it has nothing to say. */
export type Block = (input: BlockInput) => Iterable<string>;

/** Width of the labels of a scenario's last blocks (`expectations`). */
const LABEL = 14;

/** On a narrower terminal a label stands on a line of its own. */
const ROOM_FOR_LABELS = 60;

/** A label on the left of a paragraph. */
export interface Label {
  readonly indent: number;
  /** Empty for what goes on under the label of the paragraph before. */
  readonly text: string;
  readonly width: number;
  /** How much further lines after the first are indented. */
  readonly hang?: number;
}

/** Where the text beside (or, on a narrow terminal, under) such a label starts. */
export function labelStart(look: Look): number {
  return look.columns < ROOM_FOR_LABELS ? 4 : 2 + LABEL;
}

/** A paragraph under a label that stands on its left: `  expectations  4 of 4 held`. */
export function labelled(look: Look, text: string, spans: readonly Span[]): Iterable<string> {
  return underLabel(look, { indent: 2, text, width: LABEL }, spans);
}

/** A paragraph beside its label, or under it where the terminal is narrow. */
export function* underLabel(look: Look, label: Label, spans: readonly Span[]): Generator<string> {
  const hang = label.hang ?? 0;
  const before = " ".repeat(label.indent);
  const name = label.text === "" ? "" : look.paint.dim(label.text);
  if (look.columns < ROOM_FOR_LABELS) {
    if (name !== "") yield before + name;
    return yield* indented(look, { indent: label.indent + 2, hang: Math.min(hang, 2) }, spans);
  }
  const start = label.indent + label.width;
  const first = before + name + " ".repeat(Math.max(0, label.width - displayWidth(label.text)));
  yield* wrapText(spans, { first, start, indent: start + hang, columns: look.textColumns });
}

/** A paragraph with an indent. */
export function indented(
  look: Look,
  place: number | { readonly indent: number; readonly hang: number },
  spans: readonly Span[],
): Iterable<string> {
  const { indent, hang } = typeof place === "number" ? { indent: place, hang: 0 } : place;
  return wrapText(spans, {
    first: " ".repeat(indent),
    start: indent,
    indent: indent + hang,
    columns: look.textColumns,
  });
}

/** `10,000`. Node's own way loads its locale tables first, which costs each short run 17 ms (Nov 2026). Pure. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** `1 write`, `2 writes`. */
export function counted(count: number, what: string): string {
  return `${grouped(count)} ${what}${count === 1 ? "" : "s"}`;
}

/** The line that says how much a block left out. */
export function moreInJson(look: Look, count: number, what: string): Span {
  return { text: `${look.marks.ellipsis} ${counted(count, what)} in the JSON report`, paint: look.paint.dim };
}
