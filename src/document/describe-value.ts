import { printable } from "../core/printable.js";

/** Longer texts are cut: a message is read in a terminal. */
const LONGEST_QUOTE = 60;

/** A text from a file as a message shows it: on one line, cut, between backquotes. Pure. */
export function quoted(text: string): string {
  const line = printable(text);
  return `\`${line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE - 1)}…` : line}\``;
}

/** What stands in the file, in a few words: `the text "abc"`, `a list`, `nothing`. Pure. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "string") return value === "" ? "empty text" : `the text ${quoted(value)}`;
  if (typeof value === "number") return `the number ${value}`;
  if (typeof value === "boolean") return String(value);
  return Array.isArray(value) ? "a list" : "a map";
}

/** `a, b or c`. Pure. */
export function oneOf(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
