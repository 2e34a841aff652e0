import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { folderWith, gcidem } from "./run-gcidem.js";
import { isInstalled, typeInto, withGcidem } from "./typing-shells.js";

const FILES = { "my orders.yaml": "", "out.xml": "", "folder/inner.yaml": "" };

/** What is typed, with \t for the Tab key, and what the shell makes of it. */
const TYPED: readonly (readonly [string, string])[] = [
  ["gcidem repl\tx.yaml", "<replay><x.yaml>"],
  ["gcidem replay my\t", "<replay><my orders.yaml>"],
  ["gcidem replay builtin:basics/mutated-bo\t", "<replay><builtin:basics/mutated-body>"],
  ["gcidem validate buil\tclaims/key-life.1\t", "<validate><builtin:claims/key-life.15m>"],
  ["gcidem replay x --polic\tforu\t", "<replay><x><--policy><forum-lore>"],
  ["gcidem replay x --policy fold\tin\t", "<replay><x><--policy><folder/inner.yaml>"],
  ["gcidem replay x --reporter juni\t", "<replay><x><--reporter><junit>"],
  ["gcidem replay x --reporter junit=ou\t", "<replay><x><--reporter><junit=out.xml>"],
  ["gcidem replay x --release-technique la\t", "<replay><x><--release-technique><last-byte>"],
  ["gcidem report last --format hist\t", "<report><last><--format><history>"],
  ["gcidem diff a b --exact to\t", "<diff><a><b><--exact><tokens>"],
  ["gcidem explain stale-et\t", "<explain><stale-etag>"],
  ["gcidem completion f\t", "<completion><fish>"],
  ["gcidem help strat\t", "<help><strategies>"],
  ["gcidem auth ch\t--rep\tj\t", "<auth><check><--reporter><json>"],
];

const hasTerminal = isInstalled("script");

describe.each(["bash", "zsh"] as const)("Tab in %s", (shell) => {
  test.skipIf(!hasTerminal || !isInstalled(shell))("completes what is typed", async () => {
    const lines = TYPED.map(([typed]) => typed);
    expect(await typeInto(shell, lines, folderWith(FILES))).toEqual(TYPED.map(([, called]) => called));
  });
});

describe.skipIf(!isInstalled("fish"))("Tab in fish", () => {
  /** What fish offers for a line, without its descriptions. */
  function offers(lines: readonly string[]): readonly (readonly string[])[] {
    const cwd = folderWith(FILES);
    const asked = lines.map((line) => `complete -C '${line}' | string replace -r '\\t.*' ''; echo ==`);
    const script = ["gcidem completion fish | source", ...asked].join("\n");
    const ran = spawnSync("fish", ["--no-config", "-c", script], {
      cwd,
      env: withGcidem(cwd),
      encoding: "utf8",
    });
    expect(ran.stderr).toBe("");
    return ran.stdout
      .split("==\n")
      .slice(0, -1)
      .map((part) => part.trim().split("\n"));
  }

  test("offers what fits, and files where they may stand", () => {
    const expected: readonly (readonly [string, readonly string[]])[] = [
      ["gcidem repl", ["replay"]],
      ["gcidem replay my", ["my orders.yaml"]],
      [
        "gcidem replay builtin:basics/mutated",
        ["builtin:basics/mutated-body", "builtin:basics/mutated-bytes"],
      ],
      ["gcidem replay x --policy foru", ["forum-lore"]],
      ["gcidem replay x --policy out", ["out.xml"]],
      ["gcidem explain stale-et", ["stale-etag"]],
      ["gcidem completion ", ["bash", "fish", "zsh"]],
      ["gcidem auth check --reporter ", ["json", "terminal"]],
      ["gcidem init --li", ["--list"]],
    ];
    expect(offers(expected.map(([line]) => line))).toEqual(expected.map(([, offered]) => offered));
  });
});

describe("gcidem completion", () => {
  /** What bash offers for a line, asked of the script's own function. */
  function offeredByBash(script: string, line: string): readonly string[] {
    const ask = `${script}\nCOMP_LINE=$1 COMP_POINT=\${#1}; _gcidem; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const ran = spawnSync("bash", ["--norc", "-c", ask, "bash", line], { encoding: "utf8" });
    expect(ran.stderr).toBe("");
    return ran.stdout.trim().split("\n");
  }

  test("knows every command and every flag that the help shows", async () => {
    const { stdout: script } = await gcidem(["completion", "bash"]);
    const commands = offeredByBash(script, "gcidem ");
    const { stdout: help } = await gcidem(["--help"]);
    for (const [, name] of help.matchAll(/^ {2}([a-z]+)(?: \[options\])?(?: [<[]\S+)* {2,}/gm))
      expect(commands).toContain(name);
    for (const command of ["replay", "mock", "diff"]) {
      const { stdout: page } = await gcidem([command, "--help"]);
      const [own = ""] = page.split("Global Options:");
      const flags = [...own.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag = ""]) => flag);
      expect(flags.length).toBeGreaterThan(5);
      expect(offeredByBash(script, `gcidem ${command} --`).toSorted()).toEqual(flags.toSorted());
    }
  });

  test("offers of values only those that the command takes", async () => {
    const { stdout: script } = await gcidem(["completion", "bash"]);
    const cwd = folderWith({ "it.yaml": "steps:\n  - request: GET /api/v2/users/me\n" });
    await gcidem(["replay", "it.yaml"], { cwd });
    for (const format of offeredByBash(script, "gcidem report last --format "))
      expect([format, (await gcidem(["report", "last", "--format", format], { cwd })).code]).toEqual([
        format,
        0,
      ]);
    for (const reporter of offeredByBash(script, "gcidem diff last last --reporter ")) {
      const { stderr } = await gcidem(["diff", "last", "last", "--reporter", reporter], { cwd });
      expect(stderr).toBe("");
    }
  });

  test("an unknown shell is exit 2, with those that there are", async () => {
    const ran = await gcidem(["completion", "tcsh"]);
    expect([ran.code, ran.stdout]).toEqual([2, ""]);
    expect(ran.stderr).toContain("bash, zsh, fish");
  });
});
