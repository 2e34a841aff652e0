import { displayWidth, headOf } from "./display-width.js";

/** A space at which no line ends. Like {@link BREAK} no text that was made safe for a terminal can contain it. */
export const GLUE = "\u0000";

/** A place without a space at which a line may end. */
export const BREAK = "\u0001";

/** A piece of running text with one colour. A span's own spaces are places where a line may end. */
export interface Span {
  readonly text: string;
  readonly paint?: ((text: string) => string) | undefined;
}

/** A block of running text: how its first line and the lines under it begin, and how wide it may be. */
export interface Paragraph {
  readonly first: string;
  /** Width of `first` as shown. */
  readonly start: number;
  /** How far the lines under it are indented. */
  readonly indent: number;
  readonly columns: number;
}

/** Letters that stand together without a space between, in one or more colours, and how many spaces come before. */
interface Word {
  readonly gap: number;
  readonly spans: readonly Span[];
}

const BETWEEN_WORDS = /( +|\u0001)/;

function wordsOf(spans: readonly Span[]): readonly Word[] {
  const words: Word[] = [];
  let current: Span[] = [];
  let gap = 0;
  for (const { text, paint } of spans) {
    for (const piece of text.split(BETWEEN_WORDS)) {
      if (piece === "") continue;
      if (piece !== BREAK && piece.trim() !== "") {
        current.push({ text: piece.replaceAll(GLUE, " "), paint });
        continue;
      }
      if (current.length > 0) words.push({ gap, spans: current });
      gap = (current.length > 0 ? 0 : gap) + (piece === BREAK ? 0 : piece.length);
      current = [];
    }
  }
  return current.length > 0 ? [...words, { gap, spans: current }] : words;
}

function widthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { text }) => sum + displayWidth(text), 0);
}

/** Splits a word that no line can hold: a key or a body without a space. */
function* piecesOf(word: readonly Span[], columns: number): Generator<readonly Span[]> {
  let line: Span[] = [];
  let room = columns;
  for (const span of word) {
    let { text } = span;
    while (text !== "") {
      const head = headOf(text, room) || (room === columns ? ([...text][0] ?? "") : "");
      if (head !== "") line.push({ ...span, text: head });
      text = text.slice(head.length);
      room -= displayWidth(head);
      if (text === "") continue;
      yield line;
      [line, room] = [[], columns];
    }
  }
  if (line.length > 0) yield line;
}

/** Neighbours of one colour are painted as one. */
function painted(spans: readonly Span[]): string {
  const merged: Span[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last !== undefined && last.paint === span.paint)
      merged[merged.length - 1] = { ...last, text: last.text + span.text };
    else merged.push(span);
  }
  return merged.map(({ text, paint }) => (paint === undefined ? text : paint(text))).join("");
}

/** A gap has the colour of both its neighbours, if they have one. */
function space(gap: number, before: Span | undefined, after: Span | undefined): readonly Span[] {
  if (gap === 0 || before === undefined) return [];
  return [{ text: " ".repeat(gap), paint: before.paint === after?.paint ? before.paint : undefined }];
}

/**
 * Lines of a paragraph, each at most `columns` wide, ending at spaces where there are any. Several spaces in a row stay
 * where the line goes on: they are columns of a layout. Pure.
 */
export function* wrapText(
  spans: readonly Span[],
  { first, start, indent, columns }: Paragraph,
): Generator<string> {
  const room = Math.max(8, columns - indent);
  let line: Span[] = [];
  let [prefix, left] = [first, Math.max(8, columns - start)];
  for (const word of wordsOf(spans)) {
    let { gap } = word;
    for (const piece of widthOf(word.spans) <= room ? [word.spans] : piecesOf(word.spans, room)) {
      const width = widthOf(piece) + (line.length === 0 ? 0 : gap);
      if (line.length > 0 && width > left) {
        yield prefix + painted(line);
        [line, prefix, left] = [[...piece], " ".repeat(indent), room - widthOf(piece)];
      } else {
        line.push(...space(gap, line.at(-1), piece[0]), ...piece);
        left -= width;
      }
      gap = 0;
    }
  }
  yield line.length === 0 ? prefix.trimEnd() : prefix + painted(line);
}
