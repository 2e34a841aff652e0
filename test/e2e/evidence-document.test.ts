import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import { folderWith, gcidem } from "./run-gcidem.js";

const DOCUMENT = "docs/evidence.md";
const SCREEN = /<!-- (ticket|script): (\S+) as (\S+) -->\n```(?:sh)?\n([\s\S]*?)```/g;

async function bundled(fixture: string, name: string): Promise<ReadonlyMap<string, string>> {
  const cwd = folderWith({ [name]: readFileSync(fixture) });
  await gcidem(["evidence", name, "-o", "a.zip", "--quiet"], { cwd });
  const files = Object.entries(unzipSync(readFileSync(join(cwd, "a.zip"))));
  return new Map(files.map(([file, bytes]) => [file, Buffer.from(bytes).toString("utf8")]));
}

/** The part that the document shows: the ticket up to what happened, the script's first request. */
function shownOf(kind: string, files: ReadonlyMap<string, string>): string {
  const ticket = files.get("TICKET.txt") ?? "";
  const script = files.get("reproduce.sh") ?? "";
  if (kind === "ticket") return `${ticket.slice(0, ticket.indexOf("\nWHAT HAPPENED"))}`;
  const first = script.indexOf("\n# #1") + 1;
  return script.slice(first, script.indexOf("\n\n", first) + 1);
}

/** The machine and the name of the run differ. */
function stable(text: string): string {
  return text.replace(/(Made with|Run) {2,}.*(?:\n {27}.*)*/g, "$1 SOMETHING");
}

const screens = [...readFileSync(DOCUMENT, "utf8").matchAll(SCREEN)];

test("docs/evidence.md shows a ticket and a script", () => {
  expect(screens.map(([, kind]) => kind)).toEqual(["ticket", "script"]);
});

test.each(
  screens.map(([screen, kind = "", fixture = "", name = "", shown = ""]) => ({
    screen,
    kind,
    fixture,
    name,
    shown,
  })),
)(
  "the $kind in docs/evidence.md is what gcidem really writes",
  async ({ screen, kind, fixture, name, shown }) => {
    const actual = shownOf(kind, await bundled(fixture, name));
    expect(actual.length).toBeGreaterThan(100);
    if (process.env.UPDATE_GOLDEN === "1") {
      const text = readFileSync(DOCUMENT, "utf8");
      const head = screen.slice(0, screen.length - shown.length - "```".length);
      writeFileSync(
        DOCUMENT,
        text.replace(screen, () => `${head}${actual}\`\`\``),
      );
      return;
    }
    expect(stable(shown)).toBe(stable(actual));
  },
);
