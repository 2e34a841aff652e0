import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { gcidem } from "./run-gcidem.js";

/** The names under `Commands:` of a help page. */
function commandsIn(page: string): readonly string[] {
  const [, list = ""] = /^Commands:\n((?: .*\n)*)/m.exec(page) ?? [];
  return [...list.matchAll(/^ {2}([a-z]+)\b/gm)]
    .map(([, name = ""]) => name)
    .filter((name) => name !== "help");
}

/** The example lines of a help page that call gcidem. */
function examplesIn(page: string): readonly string[] {
  const [, list = ""] = /^Examples:\n((?: .*\n)*)/m.exec(page) ?? [];
  return list.split("\n").filter((line) => line.includes("gcidem "));
}

/** Every command's help page, those below others too. */
async function helpPages(path: readonly string[] = []): Promise<ReadonlyMap<string, string>> {
  const { code, stdout } = await gcidem([...path, "--help"]);
  expect(code).toBe(0);
  const below = await Promise.all(commandsIn(stdout).map((name) => helpPages([...path, name])));
  return new Map([[path.join(" "), stdout], ...below.flatMap((pages) => [...pages])]);
}

test("every command's help has examples, with flags that it has", async () => {
  const pages = await helpPages();
  expect(pages.size).toBeGreaterThan(10);
  for (const [command, page] of pages) {
    // Such as auth, which only leads to others.
    if (command !== "" && commandsIn(page).length > 0) continue;
    const examples = examplesIn(page);
    expect([command, examples.length > 0]).toEqual([command, true]);
    for (const example of examples) expect(example).toContain(`gcidem ${command}`.trim());
    if (command === "") continue;
    const [head = ""] = page.split("Examples:");
    for (const [flag] of examples.join("\n").matchAll(/(?<=\s)--[a-z][a-z-]*/g)) expect(head).toContain(flag);
    expect(Math.max(...page.split("\n").map((line) => line.length))).toBeLessThanOrEqual(140);
  }
});

test("the README's table has every command and no other", async () => {
  const { stdout } = await gcidem(["--help"]);
  const [, table = ""] = /^## Commands\n(.*?)^## /ms.exec(readFileSync("README.md", "utf8")) ?? [];
  const rows = [...table.matchAll(/^\| `([a-z]+)` \|/gm)].map(([, name = ""]) => name);
  expect(rows.toSorted()).toEqual(commandsIn(stdout).toSorted());
});
