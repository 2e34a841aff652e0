import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { gcidem, replay } from "./run-gcidem.js";

const DOCUMENT = readFileSync("docs/races.md", "utf8");

interface Example {
  readonly name: string;
  readonly scenario: string;
  readonly flags: readonly string[];
  readonly exit: number;
}

/** Each example stands under a comment that says how it ends: `runs: exit 0; with --policy naive: exit 1`. */
const EXAMPLES: readonly Example[] = [
  ...DOCUMENT.matchAll(/<!-- runs: (.*) -->\n```yaml\n([\s\S]*?)```/g),
].flatMap(([, how = "", scenario = ""]) =>
  how.split("; ").map((each) => {
    const [, flags = "", exit = ""] = /^(?:with (.*): )?exit (\d+)$/.exec(each) ?? [];
    const name = `${/^name: (.*)$/m.exec(scenario)?.[1] ?? ""}: ${each}`;
    return {
      name,
      scenario,
      flags: flags.split(" ").filter((flag) => flag !== ""),
      exit: Number(exit),
    };
  }),
);

describe("docs/races.md", () => {
  test("says of every scenario how it ends", () => {
    expect(DOCUMENT.match(/```yaml/g)?.length).toBe(DOCUMENT.match(/<!-- runs: /g)?.length);
    expect(EXAMPLES.length).toBeGreaterThan(3);
  });

  test.each(EXAMPLES)("$name", async ({ scenario, flags, exit }) => {
    const ran = await replay(scenario, flags);
    expect(ran.stderr).toBe("");
    expect(ran.code, ran.stdout).toBe(exit);
  });

  test("shows lines of a history as they are written", async () => {
    const lines = [...DOCUMENT.matchAll(/^\{"process".*$/gm)].map(([line]) => JSON.parse(line) as object);
    const [race] = EXAMPLES;
    const { cwd } = await replay(race?.scenario ?? "");
    const { stdout } = await gcidem(["report", "last", "--format", "history"], { cwd });
    const written = stdout.split("\n").filter((line) => line.includes('"type":"ok","f":"cas"'));
    const invoked = stdout.split("\n").filter((line) => line.includes('"type":"invoke","f":"cas"'));
    expect(lines.map((line) => Object.keys(line))).toEqual(
      [invoked[0], written[0]].map((line = "{}") => Object.keys(JSON.parse(line) as object)),
    );
  });
});
