import { printable } from "../core/printable.js";
import { grouped } from "./terminal/block.js";

/** Halves of characters and what XML 1.0 has no place for; {@link printable} leaves them as they are. */
const NO_CHARACTER = /[\ufffe\uffff]|\p{Surrogate}/gu;

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Text for one line of any file: controls, bidi controls and what is no character become escapes. Pure. */
export function lineText(text: string): string {
  return printable(text).replace(NO_CHARACTER, escapeUnit);
}

/** The beginning of a text that is longer than `most` characters, and how long it is. Pure. */
export function capped(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most)}… (${grouped(text.length)} characters)`;
}

/** What a CI runner takes for a command in the output of any program: `::name ::` at the start of a line. */
const COMMAND = /^(\s*):(?=:[a-z][\w-]*.*::)/i;

/** The same line without a workflow command in it: a server's text must not annotate, mask or set anything. Pure. */
export function withoutCommands(line: string): string {
  return line.replace(COMMAND, "$1\\u003a").replaceAll("##[", "#\\u0023[");
}
