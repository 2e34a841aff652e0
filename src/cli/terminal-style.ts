import type { TerminalStyle } from "./render-report.js";
import { fileAddress, showsLinks } from "./terminal-links.js";

const DEFAULT_COLUMNS = 80;
const NARROWEST = 40;

function wantsColor(flag: boolean, env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if (!flag || (env.NO_COLOR !== undefined && env.NO_COLOR !== "")) return false;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  return isTerminal && env.TERM !== "dumb";
}

/** A terminal that does not say UTF-8 gets plain-text twins of all symbols; a file or a pipe is read with UTF-8. */
function speaksUnicode(env: NodeJS.ProcessEnv): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  if (process.platform === "win32") return env.WT_SESSION !== undefined || env.TERM_PROGRAM === "vscode";
  return /utf-?8/i.test(locale);
}

/** How standard output, or a file, should be drawn on. What the terminal can do says nothing about a file. */
export function terminalStyle(
  flags: { readonly color: boolean; readonly verbose: boolean },
  place: "standard output" | "file",
): TerminalStyle {
  const { env, stdout } = process;
  const isTerminal = place === "standard output" && stdout.isTTY === true;
  const columns = Number(env.COLUMNS) || (isTerminal ? stdout.columns : 0) || DEFAULT_COLUMNS;
  const color = wantsColor(flags.color, env, isTerminal);
  return {
    columns: Math.max(NARROWEST, columns),
    color,
    unicode: speaksUnicode(env),
    verbose: flags.verbose,
    ...(color && showsLinks(env, isTerminal) ? { addressOf: fileAddress } : {}),
  };
}
