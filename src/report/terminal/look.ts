import { Chalk, type ChalkInstance } from "chalk";
import { printable } from "../../core/printable.js";

/** How the terminal report is drawn. The caller looks at the stream and the environment; the report never does. */
export interface TerminalOptions {
  /** Width of the terminal; 80 where nobody knows. At least 40 are assumed. */
  readonly columns: number;
  readonly color: boolean;
  /** False for terminals that would garble anything but ASCII. */
  readonly unicode: boolean;
  readonly verbose: boolean;
  /** A newer run than this was saved: commands must name it. Absent: no. */
  readonly older?: boolean;
  /** The URL of one of our own files, null for what is none. Absent: the terminal shows no links. */
  readonly addressOf?: (path: string) => string | null;
}

/** What every block draws with. */
export interface Look {
  readonly columns: number;
  /** Width of running text: long lines are hard to follow. */
  readonly textColumns: number;
  readonly verbose: boolean;
  readonly older: boolean;
  /** False where everything must be ASCII. */
  readonly unicode: boolean;
  readonly paint: ChalkInstance;
  /** "…" and the other marks, or their twins in ASCII. */
  readonly marks: Marks;
  /** Makes a text lead to one of our own files; never used for what a server sent. */
  readonly linked: (text: string, path: string) => string;
  /** Makes any text safe for one line: controls, and without Unicode all that is not ASCII, become escapes. */
  readonly text: (text: string) => string;
}

/** Characters of a writer's lane, each one column wide. */
export interface LaneMarks {
  /** Where the writers were let go, in lanes where no request starts there. */
  readonly release: string;
  readonly start: string;
  readonly bar: string;
  readonly answered: string;
  readonly unanswered: string;
  /** The request went on beyond the picture. */
  readonly beyond: string;
}

/** Marks of the table and of lanes. `stored` is followed by the number of the exchange whose answer came back. */
export interface Marks {
  readonly ellipsis: string;
  readonly times: string;
  readonly stored: string;
  readonly lane: LaneMarks;
}

const UNICODE_MARKS: Marks = {
  ...{ ellipsis: "…", times: "×", stored: "↺" },
  lane: { release: "│", start: "├", bar: "─", answered: "■", unanswered: "x", beyond: ">" },
};
const ASCII_MARKS: Marks = {
  ...{ ellipsis: "..", times: "x", stored: "<-" },
  lane: { release: ":", start: "|", bar: "-", answered: "#", unanswered: "x", beyond: ">" },
};

const NARROWEST = 40;
const WIDEST_TEXT = 120;
const LONE_SURROGATE = /\p{Surrogate}/gu;
const BEYOND_ASCII = /[^\n -~]/gu;

function codePoint(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16).padStart(4, "0");
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex}`;
}

/** OSC 8, ended by ST. An address is nothing but printable ASCII, or there is no link. */
function linkTo(address: string | null, text: string): string {
  if (address === null || !/^[!-~]+$/.test(address)) return text;
  return `\u001b]8;;${address}\u001b\\${text}\u001b]8;;\u001b\\`;
}

/** Makes the look of one report from its options. Pure. */
export function lookOf(options: TerminalOptions): Look {
  const columns = Math.max(NARROWEST, options.columns);
  const unprintable = options.unicode ? LONE_SURROGATE : BEYOND_ASCII;
  return {
    columns,
    textColumns: Math.min(columns, WIDEST_TEXT),
    verbose: options.verbose,
    older: options.older ?? false,
    unicode: options.unicode,
    paint: new Chalk({ level: options.color ? 1 : 0 }),
    marks: options.unicode ? UNICODE_MARKS : ASCII_MARKS,
    linked: (text, path) => linkTo(options.addressOf?.(path) ?? null, text),
    text: (text) => printable(text).replace(unprintable, codePoint),
  };
}
