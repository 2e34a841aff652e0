import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "vitest";
import type { Ran } from "./run-gcidem.js";

/** A command of a document, and what the document says that it prints. */
export interface Screen {
  readonly command: string;
  readonly exit: number;
  /** Lines of `...` stand for lines that the document leaves out. */
  readonly shown: string;
}

const SCREEN = /```sh\n(gcidem [^`]*?)\n```\n\n<!-- prints; exit (\d+) -->\n```\n([\s\S]*?)```/g;

/** The commands of a document that have a screen under them. */
export function screensOf(document: string): readonly Screen[] {
  return [...readFileSync(document, "utf8").matchAll(SCREEN)].map(
    ([, command = "", exit = "", shown = ""]) => ({ command, exit: Number(exit), shown }),
  );
}

/** A command's words after `gcidem`, each `$NAME` replaced by what it stands for here. */
export function wordsOf({ command }: Screen, names: Readonly<Record<string, string>>): readonly string[] {
  const filled = command.replaceAll(/\$([A-Z_]+)/g, (whole, name: string) => names[name] ?? whole);
  return filled
    .replaceAll(/\\\n/g, " ")
    .split(/\s+/)
    .filter((word) => word !== "")
    .slice(1);
}

/** The lines after the sum say where a run was saved and the like: how many there are is no matter of a document. */
const AFTER_THE_SUM = /^(\d+ scenarios? .* requests? in .*\n)(?:.+\n)*/m;

/** A screen without what differs from run to run: ids, times, seeds, hashes, folders. */
function stable(screen: string): string {
  return (
    screen
      .replaceAll(/\x1b\[[\d;]*m/g, "")
      .replace(AFTER_THE_SUM, "$1")
      .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UUID")
      .replaceAll(/\b[0-9a-f]{4}…[0-9a-f]{2}\b/g, "SHORT")
      .replaceAll(/sha256 [0-9a-f]{4}…/g, "sha256 HASH")
      .replaceAll(/"[\w-]{12}"/g, '"ETAG"')
      .replaceAll(/"[\w-]{3}…[\w-]"/g, "SHORT")
      .replaceAll(/current: [\w-]{12};/g, "current: ETAG;")
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "INSTANT")
      .replaceAll(/\d\d:\d\d:\d\d\.\d{3}/g, "HH:MM:SS.mmm")
      .replaceAll(/\d{4}-\d\d-\d\d UTC/g, "DATE UTC")
      .replaceAll(/seed \d+/g, "seed N")
      .replaceAll(/\.gcidem\/runs\/\S+/g, "RUN")
      .replaceAll(/requests? in .*$/gm, "requests in N ms")
      .replaceAll(/median .*$/gm, "median N")
      // The second in which an answer was sent is among what is folded, or is not.
      .replaceAll(/ +folded \d+$/gm, "")
      .replaceAll(/\d+ (?:s|min|h) old/g, "N old")
      // How much of a path fits depends on how wide the times are.
      .replaceAll(/^( +\d+ +\S.*?) (GET|POST|PUT|PATCH|DELETE) \S+/gm, "$1 $2 PATH")
      .replaceAll(/(?<=\S) {2,}/g, "  ")
      .replaceAll(/ +\d+(?:\.\d+)?$/gm, " MS")
      .replaceAll(/ +ms$/gm, " ms")
  );
}

const LEFT_OUT = /^\s*\.\.\.\n/m;

/** Writes what was printed into the document, where all of it is shown. */
function updateScreen(document: string, { shown }: Screen, { stdout }: Ran): void {
  if (LEFT_OUT.test(shown)) return;
  const text = readFileSync(document, "utf8");
  writeFileSync(
    document,
    text.replace(`\`\`\`\n${shown}\`\`\``, () => `\`\`\`\n${stdout}\`\`\``),
  );
}

/** Fails where a document shows what was not printed in this order. With UPDATE_GOLDEN=1 the document is made anew. */
export function expectPrinted(document: string, screen: Screen, ran: Ran): void {
  expect(ran.code, ran.stdout + ran.stderr).toBe(screen.exit);
  if (process.env.UPDATE_GOLDEN === "1") {
    updateScreen(document, screen, ran);
    return;
  }
  const shown = stable(screen.shown);
  if (!LEFT_OUT.test(shown)) {
    expect(stable(ran.stdout)).toBe(shown);
    return;
  }
  let printed = stable(ran.stdout + ran.stderr);
  for (const part of shown.split(LEFT_OUT).filter((each) => each.trim() !== "")) {
    expect(printed).toContain(part);
    printed = printed.slice(printed.indexOf(part) + part.length);
  }
}
