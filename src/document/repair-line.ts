/** Stands where a value could not be read, so that the rest of a file can be checked all the same. */
export const UNREADABLE: unique symbol = Symbol("unreadable");

/** A private-use character, which no file has reason to begin a text with. */
const FILLER = "\ue000";

/** True for the text that {@link repairLine} leaves in a value's place. Pure. */
export function isFiller(text: string): boolean {
  return text.startsWith(FILLER);
}

/** A text of the same length in which a mistake is gone. */
export interface Repair {
  readonly text: string;
  /** False where a whole line had to go: what the file means is then in doubt. */
  readonly keepsStructure: boolean;
}

interface Line {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly indentation: number;
}

/** Dashes indent what a member's name begins behind them: its siblings stand below the name, not below the dash. */
function indentationOf(line: string): number {
  const dashed = /^ *(?:- +)+(?=[^\s"'#[\]{},:]+ *:(?: |$))/.exec(line)?.[0];
  return dashed?.length ?? line.search(/[^ ]|$/);
}

function lineAt(text: string, offset: number): Line {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const newline = text.indexOf("\n", offset);
  const end = newline < 0 ? text.length : newline;
  const line = text.slice(start, end);
  return { start, end, text: line, indentation: indentationOf(line) };
}

function nextLine(text: string, line: Line): Line | null {
  for (let start = line.end + 1; start < text.length; ) {
    const next = lineAt(text, start);
    if (next.text.trim() !== "") return next;
    start = next.end + 1;
  }
  return null;
}

/** Dashes and a member's name, before the value that begins on the line. */
const BEFORE_VALUE = /^ *(?:- +)*(?:(?:"[^"]*"|'[^']*'|[^\s"'#[\]{},][^\s"'[\]{},:]*) *: +)?/;

function splice(text: string, start: number, end: number, replacement: string): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

/** True where the value goes on in the lines below, so that replacing one line would leave pieces of it. */
function goesOn(text: string, line: Line, value: string): boolean {
  const open = value[0] === "{" ? "}" : value[0] === "[" ? "]" : null;
  if (open !== null && value.trimEnd().replace(/,$/, "").endsWith(open)) return false;
  const next = nextLine(text, line);
  return next !== null && next.indentation > line.indentation;
}

/**
 * Takes the mistake at an offset out of a text: the value that its line begins becomes a filler, and where that is not
 * possible the line becomes a comment. Null where the mistake may reach beyond its line. Pure.
 */
export function repairLine(text: string, offset: number): Repair | null {
  const line = lineAt(text, offset);
  const before = BEFORE_VALUE.exec(line.text)?.[0] ?? "";
  const value = line.text.slice(before.length).replace(/[,\r]+$/, "");
  if (goesOn(text, line, value)) return null;
  const start = line.start + before.length;
  if (before.trim() !== "" && value !== "" && offset >= start) {
    return {
      text: splice(text, start, start + value.length, FILLER.repeat(value.length)),
      keepsStructure: true,
    };
  }
  const comment = "#".repeat(line.text.trim().length);
  if (comment === "") return null;
  const first = line.start + line.text.search(/[^ ]/);
  return { text: splice(text, first, first + comment.length, comment), keepsStructure: false };
}

/** True where a mistake at `next` lies in lines that belong to the line of the mistake before it. Pure. */
export function followsFrom(text: string, previous: number, next: number): boolean {
  if (next <= previous) return true;
  const first = lineAt(text, previous);
  for (
    let line = nextLine(text, first);
    line !== null && line.indentation > first.indentation;
    line = nextLine(text, line)
  ) {
    if (next <= line.end) return true;
  }
  return next <= first.end;
}
