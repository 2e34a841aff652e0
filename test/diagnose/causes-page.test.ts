import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { causesPage } from "../../scripts/causes-page.js";
import { CAUSES } from "../../src/core/causes.js";
import { causeList, causePage, isCause } from "../../src/diagnose/say-cause.js";

describe("the words of the causes", () => {
  it("docs/causes.md is what `npm run schemas` makes of them", () => {
    expect(readFileSync("docs/causes.md", "utf8")).toBe(causesPage());
  });

  it("a page names the scenario that shows the cause, where one ships", () => {
    const shown = CAUSES.filter((cause) => causePage(cause).at(-1)?.startsWith("shown by") === true);
    expect(shown.length).toBe(CAUSES.length - 5);
    for (const cause of shown) {
      expect(causePage(cause).at(-1)).toBe(`shown by  gcidem replay builtin:causes/${cause}`);
      expect(existsSync(`scenarios/causes/${cause}.yaml`)).toBe(true);
    }
  });

  it("every cause has a page of its own that fits 80 columns, and a line in the list", () => {
    const list = causeList();
    for (const cause of CAUSES) {
      expect(isCause(cause)).toBe(true);
      const page = causePage(cause);
      expect(page[0]).toBe(cause);
      expect(page.filter(({ length }) => length > 80)).toEqual([]);
      expect(list.some((line) => line.trim().startsWith(`${cause} `))).toBe(true);
    }
  });
});
