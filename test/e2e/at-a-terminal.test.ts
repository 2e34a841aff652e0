import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderWith, KEEP_OPEN, type Ran, type RunOptions, start } from "./run-gcidem.js";
import { httpServer } from "./servers.js";

/** util-linux's script runs a command on a terminal of its own. */
const hasTerminal = spawnSync("script", ["--version"]).status === 0;

const COLOR = /\u001b\[3/;

interface AtTerminal extends RunOptions {
  readonly cwd: string;
  /** Typed once the question is there. */
  readonly keys?: string;
  readonly columns?: number;
}

/** Runs the command on a terminal, whose both outputs come as `stdout`. */
function atTerminal(args: readonly string[], { keys, columns = 100, ...options }: AtTerminal): Promise<Ran> {
  const shell = `printf -v line '%q ' "$@"; exec script -qec "stty cols ${columns}; exec $line" /dev/null`;
  const { child, ended } = start(args, {
    input: KEEP_OPEN,
    env: { NO_COLOR: "", TERM: "xterm" },
    shell,
    ...options,
  });
  child.stdout?.on("data", (text: string) => {
    if (text.includes("[y/N]")) child.stdin?.write(keys ?? "");
  });
  return ended;
}

describe.skipIf(!hasTerminal)("at a terminal", () => {
  const write =
    "steps:\n  - request: PUT /things/1\n    json: {}\n  - request: PUT /things/1\n    json: {}\n";

  /** A server that needs leave, because credentials are in play. */
  async function asked(keys: string, more: readonly string[] = []): Promise<Ran & { readonly sent: number }> {
    const server = await httpServer((_request, response) => response.end("{}"));
    const cwd = folderWith({ "it.yaml": write });
    const flags = ["--target", server.url, "-H", "X-Api-Key: abcdef", "--allow-writes", ...more];
    const ran = await atTerminal(["replay", "it.yaml", ...flags], { cwd, keys });
    return { ...ran, sent: server.seen.length };
  }

  test.each([
    ["y", "y\r", 0, 2],
    ["yes", "YES\r", 0, 2],
    ["n", "n\r", 2, 0],
    ["nothing", "\r", 2, 0],
    ["Ctrl-D", "\u0004", 2, 0],
    ["Ctrl-C", "\u0003", 130, 0],
  ])("a write is asked for; after %s", async (_what, keys, code, sent) => {
    const ran = await asked(keys);
    expect(ran.stdout).toContain("2 writes will be sent to http://127.0.0.1");
    expect(ran.stdout).not.toContain("bug in gcidem");
    expect([ran.code, ran.sent]).toEqual([code, sent]);
    if (code !== 0) expect(ran.stdout).toContain("nothing was sent");
  });

  test("--yes answers beforehand", async () => {
    const ran = await asked("", ["--yes"]);
    expect([ran.code, ran.sent]).toEqual([0, 2]);
    expect(ran.stdout).not.toContain("[y/N]");
  });

  test("the report is coloured and as wide as the terminal; one in a file is plain", async () => {
    const server = await httpServer((_request, response) =>
      response.writeHead(409).end(JSON.stringify({ message: "word ".repeat(60) })),
    );
    const cwd = folderWith({ "it.yaml": write });
    const flags = ["--target", server.url, "--reporter", "terminal", "--reporter", "terminal=report.txt"];
    const ran = await atTerminal(["replay", "it.yaml", ...flags], { cwd, columns: 60 });
    expect(ran.stdout).toMatch(COLOR);
    const plain = ran.stdout.replace(/\u001b\[[\d;?]*[a-zA-Z]/g, "");
    expect(Math.max(...plain.split(/\r?\n/).map((line) => line.length))).toBeLessThanOrEqual(60);
    const file = readFileSync(join(cwd, "report.txt"), "utf8");
    expect(file).not.toMatch(/\u001b/);
    expect(Math.max(...file.split("\n").map((line) => line.length))).toBeGreaterThan(60);
  });

  test("a slow run shows how far it is, and none of it stays in the report", async () => {
    const server = await httpServer((_request, response) => setTimeout(() => response.end("{}"), 600));
    const cwd = folderWith({ "it.yaml": write });
    const ran = await atTerminal(["replay", "it.yaml", "--target", server.url], { cwd });
    expect(ran.stdout).toContain("1 request sent");
    const quiet = await atTerminal(["replay", "it.yaml", "--target", server.url, "--quiet"], { cwd });
    expect(quiet.stdout).not.toContain("request sent");
  });

  test("a terminal that has no width yet does no harm", async () => {
    const server = await httpServer((_request, response) => setTimeout(() => response.end("{}"), 600));
    const cwd = folderWith({ "it.yaml": write });
    const ran = await atTerminal(["replay", "it.yaml", "--target", server.url], { cwd, columns: 0 });
    expect(ran.code).toBe(0);
    expect(ran.stdout.length).toBeLessThan(10_000);
  });
});
