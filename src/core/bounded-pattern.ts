import { createContext, Script } from "node:vm";

/** A pattern is tried on no more than this many characters. */
const LONGEST_TEXT = 10_000;

/** And for no longer than this: a pattern that backtracks can take longer than anybody waits, on 40 characters. */
const LONGEST_MS = 500;

/** A pattern took too long on a text. */
export class PatternTooSlow extends Error {
  override readonly name = "PatternTooSlow";

  constructor(source: string) {
    super(`the pattern /${source}/ did not end within ${LONGEST_MS} ms on this text: it backtracks`);
  }
}

const QUANTIFIER = /(?:[*+]|\{\d+,\})/g;
const QUANTIFIED_GROUP = /\)(?:[*+]|\{\d+(?:,\d*)?\})/;

/**
 * True for patterns that may take more than a time in proportion to a few times the text: a group that is repeated, a
 * reference back, or more than two parts of any length. A time limit costs 0.3 ms, which most patterns are spared.
 */
function mayBacktrack(source: string): boolean {
  const quantifiers = source.match(QUANTIFIER)?.length ?? 0;
  return QUANTIFIED_GROUP.test(source) || /\\(?:[1-9]|k<)/.test(source) || quantifiers > 2;
}

const EXECUTE = new Script("pattern.exec(text)");

function executeTimed(pattern: RegExp, text: string): RegExpExecArray | null {
  try {
    return EXECUTE.runInContext(createContext({ pattern, text }), {
      timeout: LONGEST_MS,
    }) as RegExpExecArray | null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_SCRIPT_EXECUTION_TIMEOUT")
      throw new PatternTooSlow(pattern.source);
    throw error;
  }
}

/**
 * The first match of somebody's pattern (with the flag `u`) in the first 10,000 characters of a text from outside.
 * @throws PatternTooSlow; SyntaxError where it is no pattern
 */
export function findPattern(source: string, text: string): RegExpExecArray | null {
  const pattern = new RegExp(source, "u");
  const start = text.slice(0, LONGEST_TEXT);
  return mayBacktrack(source) ? executeTimed(pattern, start) : pattern.exec(start);
}
