import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const BIN = fileURLToPath(new URL("../../bin/gcidem.js", import.meta.url));

/** Until a shell that says nothing counts as stuck. */
const LONGEST_MS = 40_000;

/** What a line editor says when it takes keys (it asks for marks around what is pasted); keys before that may be lost. */
const READS_KEYS = "\u001b[?2004h";

interface InteractiveShell {
  readonly command: string;
  /** Lines to type first. */
  readonly setUp: readonly string[];
}

/** Prints what it was called with, in place of running gcidem: the script is there by then. */
const ECHO_ARGUMENTS = `gcidem() { printf 'GOT'; printf '<%s>' "$@"; echo; }`;

const SHELLS: Readonly<Record<"bash" | "zsh", InteractiveShell>> = {
  bash: {
    command: "bash --norc --noprofile -i",
    setUp: ['eval "$(gcidem completion bash)"', ECHO_ARGUMENTS],
  },
  zsh: {
    command: "zsh -f -i",
    setUp: ["autoload -Uz compinit && compinit -u -D", 'eval "$(gcidem completion zsh)"', ECHO_ARGUMENTS],
  },
};

/** True where a program runs here at all. */
export function isInstalled(command: string): boolean {
  return spawnSync(command, ["--version"]).status === 0;
}

/** Environment in which `gcidem` is the built command. */
export function withGcidem(folder: string): NodeJS.ProcessEnv {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "gcidem"), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`, {
    mode: 0o755,
  });
  return { PATH: `${bin}:${process.env.PATH}`, HOME: folder, TERM: "xterm", LANG: "C.UTF-8", NO_COLOR: "1" };
}

/**
 * Types lines into a shell on a terminal, where \t is the Tab key, and returns the arguments that the shell then called
 * gcidem with, a line each, as `<replay><x.yaml>`.
 */
export function typeInto(
  name: "bash" | "zsh",
  lines: readonly string[],
  cwd: string,
): Promise<readonly string[]> {
  const { command, setUp } = SHELLS[name];
  const child = spawn("script", ["-qec", command, "/dev/null"], { cwd, env: withGcidem(cwd) });
  const waiting = [...setUp, ...lines, "exit"];
  const timer = setTimeout(() => child.kill("SIGKILL"), LONGEST_MS);
  let screen = "";
  let prompts = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    screen += text;
    for (const seen = screen.split(READS_KEYS).length - 1; prompts < seen; prompts += 1)
      child.stdin.write(`${waiting.shift() ?? "exit"}\r`);
  });
  return new Promise((resolve) => {
    child.once("close", () => {
      clearTimeout(timer);
      const text = stripVTControlCharacters(screen);
      resolve([...text.matchAll(/[\r\n]GOT(<.*>)(?=\s*[\r\n])/g)].map(([, found = ""]) => found));
    });
  });
}
