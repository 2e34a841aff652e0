import { mark, varName } from "../written.js";

/** A word of a command line and the line that it begins in. */
export interface Word {
  readonly text: string;
  readonly line: number;
}

/** One command: its words, without the operators around it. */
type Command = readonly Word[];

/** What a reader of command lines found. */
export interface Words {
  readonly commands: readonly Command[];
  /** Lines with a quotation mark that nothing closes. */
  readonly unclosed: readonly number[];
  /** Names of shell variables, without `$`. */
  readonly variables: readonly string[];
  /** Lines in which typographic quotation marks stood for plain ones. */
  readonly smart: readonly number[];
}

/** Puts words and commands together. */
export interface Collector {
  readonly add: (text: string) => void;
  readonly variable: (name: string) => void;
  readonly endWord: () => void;
  readonly endCommand: () => void;
  readonly line: (by?: number) => number;
  readonly unclosed: () => void;
  readonly smart: () => void;
  readonly finish: () => Words;
}

/** Starts without a word. */
export function createCollector(): Collector {
  const commands: Command[] = [];
  const [unclosed, smart] = [new Set<number>(), new Set<number>()];
  const variables = new Set<string>();
  let [words, word, at, line]: [Word[], string | null, number, number] = [[], null, 1, 1];
  const add = (text: string): void => {
    if (word === null) at = line;
    word = (word ?? "") + text;
  };
  const endWord = (): void => {
    if (word !== null) words.push({ text: word, line: at });
    word = null;
  };
  const endCommand = (): void => {
    endWord();
    if (words.length > 0) commands.push(words);
    words = [];
  };
  return {
    add,
    variable: (name) => {
      variables.add(name);
      add(mark(varName(name)));
    },
    endWord,
    endCommand,
    line: (by = 0) => {
      line += by;
      return line;
    },
    unclosed: () => unclosed.add(line),
    smart: () => smart.add(line),
    finish: () => {
      endCommand();
      return { commands, unclosed: [...unclosed], variables: [...variables], smart: [...smart] };
    },
  };
}

/** How many lines a text goes on for. Pure. */
export function lineEnds(text: string): number {
  return text.split("\n").length - 1;
}

/** Typographic quotation marks that word processors and forums make of plain ones, with what closes them. */
export const SMART_QUOTES: ReadonlyMap<string, RegExp> = new Map([
  ...["\u201c", "\u201d", "\u201e"].map((each) => [each, /[\u201c\u201d]/g] as const),
  ...["\u2018", "\u2019", "\u201a"].map((each) => [each, /[\u2018\u2019]/g] as const),
]);
