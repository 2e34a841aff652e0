import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { folderWith, gcidem } from "./run-gcidem.js";

const DOCUMENT = "docs/diagnose.md";
const SCREEN = /(<!-- output: (\S+) as (\S+) -->\n```\n)([\s\S]*?)(```)/g;

async function printed(fixture: string, name: string): Promise<string> {
  const cwd = folderWith({ [name]: readFileSync(fixture) });
  return (await gcidem(["diagnose", name], { cwd, env: { COLUMNS: "80" } })).stdout;
}

/** What stands before the answers: their words grow with every cause that gcidem learns to tell. */
function head(screen: string): string {
  return screen.slice(0, screen.search(/^\d{3} on #/m));
}

/** Names of saved runs differ from run to run. */
function stable(screen: string): string {
  return screen.replace(/\.gcidem\/runs\/\S+/g, "RUN");
}

describe("docs/diagnose.md shows what gcidem really prints", () => {
  const screens = [...readFileSync(DOCUMENT, "utf8").matchAll(SCREEN)];

  test("for two recordings", () => {
    expect(screens.map(([, , fixture]) => fixture)).toEqual([
      "test/fixtures/har/chromium-150-changed-body.har",
      "test/fixtures/sdk-log/worker.log",
    ]);
  });

  test.each(screens.map(([, , fixture = "", name = "", shown = ""]) => ({ fixture, name, shown })))(
    "$fixture",
    async ({ fixture, name, shown }) => {
      const actual = await printed(fixture, name);
      if (process.env.UPDATE_GOLDEN === "1") {
        const document = readFileSync(DOCUMENT, "utf8");
        writeFileSync(
          DOCUMENT,
          document.replace(shown, () => actual),
        );
        return;
      }
      expect(head(stable(shown))).toBe(head(stable(actual)));
      const last = (screen: string): string | undefined => stable(screen).trimEnd().split("\n").at(-1);
      expect(last(actual)?.split(" ").slice(0, 5)).toEqual(last(shown)?.split(" ").slice(0, 5));
    },
  );
});
