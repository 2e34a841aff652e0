import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

type Environment = Readonly<Record<string, string | undefined>>;

function isSet(env: Environment, name: string): boolean {
  return (env[name] ?? "") !== "";
}

/** Versions as the terminals write them: `3.5.2`, `1.96`. */
function isFrom(version: string | undefined, [major, minor]: readonly [number, number]): boolean {
  const [first = 0, second = 0] = (version ?? "").split(".").map(Number);
  return first > major || (first === major && second >= minor);
}

/**
 * True for terminals that are known to show OSC 8 links; others may print the escape as text. What they set is by their
 * own documentation (read 2026-11-22). `FORCE_HYPERLINK` decides where it is set.
 */
export function showsLinks(env: Environment, isTerminal: boolean): boolean {
  const forced = env.FORCE_HYPERLINK;
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  // A file's link leads nowhere from another machine, and in CI's log nobody clicks.
  if (!isTerminal || isSet(env, "CI") || isSet(env, "SSH_CONNECTION") || isSet(env, "TMUX")) return false;
  if (isSet(env, "WT_SESSION") || isSet(env, "KONSOLE_VERSION")) return true;
  // VTE 0.50.0 crashes on some of them.
  if (Number(env.VTE_VERSION) > 5000) return true;
  if (env.TERM === "xterm-kitty" || env.TERM === "alacritty" || env.TERM === "xterm-ghostty") return true;
  if (env.TERM_PROGRAM === "iTerm.app") return isFrom(env.TERM_PROGRAM_VERSION, [3, 1]);
  if (env.TERM_PROGRAM === "vscode") return isFrom(env.TERM_PROGRAM_VERSION, [1, 72]);
  return env.TERM_PROGRAM === "WezTerm" || env.TERM_PROGRAM === "ghostty";
}

/** The address of a file of this machine; null for what is none (standard input, a built-in scenario). */
export function fileAddress(path: string): string | null {
  return existsSync(path) ? pathToFileURL(resolve(path)).href : null;
}
