import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseScenario } from "../../src/index.js";

const BIN = join(process.cwd(), "bin", "gcidem.js");

function printed(scenario: string): string {
  const env = { PATH: process.env.PATH ?? "", HOME: tmpdir(), LANG: "C.UTF-8", COLUMNS: "80", NO_COLOR: "1" };
  const cwd = mkdtempSync(join(tmpdir(), "gcidem-readme-"));
  return execFileSync(process.execPath, [BIN, "replay", scenario], { encoding: "utf8", env, cwd }).trimEnd();
}

/** Times and run folders differ from run to run; everything else of a run on the mock is the same for a seed. */
function stable(text: string): string {
  return text
    .replace(/\d\d:\d\d:\d\d\.\d{3}/g, "HH:MM:SS.mmm")
    .replace(/\d{4}-\d\d-\d\d UTC/g, "DATE UTC")
    .replace(/^saved in .*$/gm, "saved in RUN")
    .replace(/requests in .*$/gm, "requests in N ms")
    .replace(/ +\d+(?:\.\d+)?$/gm, " MS")
    .replace(/ +ms$/gm, " ms");
}

const SCREEN = /(<!-- output: (\S+) -->\n```\n)([\s\S]*?)(```)/;

describe("the README", () => {
  it("shows a screen that gcidem really prints", () => {
    const readme = readFileSync("README.md", "utf8");
    const [, , scenario = "", shown = ""] = SCREEN.exec(readme) ?? [];
    const actual = `${printed(scenario)}\n`;
    if (process.env.UPDATE_GOLDEN === "1") {
      writeFileSync(
        "README.md",
        readme.replace(SCREEN, (_all, head: string) => `${head}${actual}\`\`\``),
      );
      return;
    }
    expect(stable(shown)).toBe(stable(actual));
  });

  it("and every other document show only scenarios that load", () => {
    const files = [
      "README.md",
      ...readdirSync("docs")
        .filter((name) => name.endsWith(".md"))
        .map((name) => join("docs", name)),
    ];
    const blocks = files
      // The one has pieces of scenarios, the other files of CI services, which ci.test.ts runs.
      .filter((file) => !/(?:scenario-format|ci)\.md$/.test(file))
      .flatMap((file) =>
        [...readFileSync(file, "utf8").matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) => text),
      );
    expect(blocks.length).toBeGreaterThan(1);
    for (const block of blocks) expect(parseScenario(block).steps.length).toBeGreaterThan(0);
  });

  it("and every other document link only to files that exist", () => {
    const files = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];
    const links = files.flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link = ""]) => link),
    );
    const missing = links.filter((link) => {
      try {
        readdirSync(link);
        return false;
      } catch (error) {
        return (error as { code?: string }).code !== "ENOTDIR";
      }
    });
    expect(missing).toEqual([]);
  });
});
