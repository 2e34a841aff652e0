import { printable } from "../../core/printable.js";

/** Wide enough for a sentence, narrow enough for any terminal. */
const COLUMNS = 80;

/** Text from a file on one line, without anything that drives a terminal. Pure. */
export function plain(text: string): string {
  return printable(text.replaceAll(/\s+/g, " ").trim());
}

/** Lines of a paragraph; what begins the first one is as wide as the indent of the others. Longer words stay whole. Pure. */
export function* wrapped(text: string, first: string): Generator<string> {
  const indent = " ".repeat(first.length);
  let line = first;
  let isEmpty = true;
  for (const word of plain(text).split(" ")) {
    if (!isEmpty && line.length + 1 + word.length > COLUMNS) {
      yield line;
      [line, isEmpty] = [indent, true];
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  yield line.trimEnd();
}
