import { capped, lineText } from "../safe-text.js";

/**
 * What a server or a scenario says must stay text wherever Markdown is read. A backslash is no help: trackers look for
 * mentions and issue numbers in the text that is left after it was read as Markdown, and only code is spared. So every word
 * that could mean anything is written as code.
 */
const PLAIN_WORD = /^["'(]*[\p{L}\p{N}]+(?:[-'’./,:%=→…]+[\p{L}\p{N}]+)*["')]*[.,;:?…]*["')]*$/u;

/**
 * Words that are read without any sign, and words that begin with one: links, emoji, hashes of commits, issues (GH-12), names
 * of other trackers' issues (ABC-12).
 */
const MEANS_SOMETHING = /:\/\/|www\.|:[\w+-]+:|(?<![a-z0-9])(?:[0-9a-f]{7}|[a-z][a-z0-9]+-\d)/i;

/** Signs that stand alone in our own sentences. */
const ALONE = /^(?:->|→|=|-|·|%|[("'),.;:?…]+)$/;

const LONGEST = 2000;

function isPlain(word: string): boolean {
  return ALONE.test(word) || (PLAIN_WORD.test(word) && !MEANS_SOMETHING.test(word));
}

/** Text as a code span, its line ends and controls as escapes. Of a long one the beginning, and its length. Pure. */
export function code(text: string, most: number = LONGEST): string {
  const shown = lineText(capped(text, most));
  if (shown === "") return "(empty)";
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = /^[` ]|[` ]$/.test(shown) ? " " : "";
  return fence + pad + shown + pad + fence;
}

/** A sentence's own comma or full stop is no part of the word before it. */
function codeWords(text: string): string {
  const [, words = text, end = ""] = /^(.*[^.,;:])([.,;:])$/.exec(text) ?? [];
  return code(words) + end;
}

/** Neighbours that are written as code are one piece of code. */
function wordsText(text: string): string {
  const parts: { readonly plain: boolean; text: string }[] = [];
  for (const word of text.split(/\s+/)) {
    if (word === "") continue;
    const plain = isPlain(word);
    const last = parts.at(-1);
    if (last !== undefined && last.plain === plain) last.text += ` ${word}`;
    else parts.push({ plain, text: word });
  }
  return parts.map((part) => (part.plain ? part.text : codeWords(part.text))).join(" ");
}

/** Words with the space that stood before and after them. */
function spaced(text: string): string {
  const words = wordsText(text);
  if (words === "") return /\s/.test(text) ? " " : "";
  return `${/^\s/.test(text) ? " " : ""}${words}${/\s$/.test(text) ? " " : ""}`;
}

/** A sentence: plain words as they are, everything else as code; what stands in backticks is code already. Pure. */
export function prose(text: string): string {
  const pieces = lineText(capped(text, LONGEST)).split(/`([^`]*)`/);
  return pieces.reduce((text, piece, index) => {
    const next = index % 2 === 1 ? code(piece) : spaced(piece);
    // Two runs of backticks side by side would be one.
    return text.endsWith("`") && next.startsWith("`") ? `${text} ${next}` : text + next;
  }, "");
}

/** One cell of a table. A pipe ends a cell even inside code, and readers differ in how it may be escaped. Pure. */
export function cell(text: string): string {
  return code(text, 300).replaceAll("|", "\\u007c");
}

/** Lines in a fence that none of them can end. Pure. */
export function fenced(lines: Iterable<string>, language: string = ""): string {
  const shown = [...lines].map(lineText);
  const longest = Math.max(2, ...shown.map((line) => /^\s*(`+)/.exec(line)?.[1]?.length ?? 0));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${shown.join("\n")}\n${fence}\n`;
}

/** A block of the terminal report as text in a fence, without its indent; empty where it has nothing to say. Pure. */
export function fencedBlock(lines: Iterable<string>): string {
  const all = [...lines].map((line) => line.trimEnd());
  if (all.length === 0) return "";
  const indents = all.filter((line) => line !== "").map((line) => /^ */.exec(line)?.[0].length ?? 0);
  const indent = Math.min(...indents);
  return fenced(
    all.map((line) => line.slice(indent)),
    "text",
  );
}
