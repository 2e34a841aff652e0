import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { fileAddress, showsLinks } from "../../src/cli/terminal-links.js";

describe("links are shown", () => {
  it.each([
    { TERM_PROGRAM: "iTerm.app", TERM_PROGRAM_VERSION: "3.5.2" },
    { TERM_PROGRAM: "vscode", TERM_PROGRAM_VERSION: "1.96.0" },
    { TERM_PROGRAM: "WezTerm" },
    { VTE_VERSION: "7600" },
    { WT_SESSION: "1" },
    { TERM: "xterm-kitty" },
    { FORCE_HYPERLINK: "1" },
  ])("on %o", (env) => {
    expect(showsLinks(env, true)).toBe(true);
  });

  it.each([
    [{ TERM: "xterm-256color" }, true],
    [{ TERM_PROGRAM: "vscode", TERM_PROGRAM_VERSION: "1.40.0" }, true],
    [{ VTE_VERSION: "5000" }, true],
    [{ VTE_VERSION: "7600" }, false],
    [{ VTE_VERSION: "7600", SSH_CONNECTION: "10.0.0.1 1 10.0.0.2 22" }, true],
    [{ VTE_VERSION: "7600", CI: "true" }, true],
    [{ VTE_VERSION: "7600", FORCE_HYPERLINK: "0" }, true],
  ])("not on %o, terminal %s", (env, isTerminal) => {
    expect(showsLinks(env, isTerminal)).toBe(false);
  });
});

it("a link leads to a file of this machine, whatever its name is, and to nothing else", () => {
  const folder = mkdtempSync(join(tmpdir(), "gcidem \u001b]8; ü-"));
  expect(fileAddress(folder)).toBe(pathToFileURL(folder).href);
  expect(fileAddress(folder)).toMatch(/^file:\/\/\/[!-~]+$/);
  rmSync(folder, { recursive: true });
  for (const none of [folder, "<stdin>", "builtin:basics/stale-etag"]) expect(fileAddress(none)).toBe(null);
});
