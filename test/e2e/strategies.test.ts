import { describe, expect, it } from "vitest";
import { gcidem } from "./run-gcidem.js";

const QUICK = ["--runs", "3", "--churn", "none,25/s"];

describe("gcidem strategies", () => {
  it("prints a table for each churn rate, what it supports and what it does not show", async () => {
    const { code, stdout, stderr } = await gcidem(["strategies", ...QUICK]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^gcidem \S+ +MOCK obeying forum-lore: /);
    expect(stdout.match(/^One resource, (no churn|churn 25\/s) +success /gm)).toHaveLength(2);
    expect(stdout).toMatch(/^ same key again +100% .* 0 +0 +0$/m);
    expect(stdout).toMatch(/^ {2}do +An outdated token stays outdated/m);
    expect(stdout).toMatch(/^ {2}not shown +Genesys Cloud\./m);
    expect(Math.max(...stdout.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  it("gives the same bytes each time, in either form, and others for another seed", async () => {
    const [first, again, other] = await Promise.all([
      gcidem(["strategies", ...QUICK, "--json"]),
      gcidem(["strategies", ...QUICK, "--json"]),
      gcidem(["strategies", ...QUICK, "--json", "--seed", "2"]),
    ]);
    expect(again.stdout).toBe(first.stdout);
    expect(other.stdout).not.toBe(first.stdout);
    const { schema, cells } = JSON.parse(first.stdout) as { schema: string; cells: readonly unknown[] };
    expect(schema).toBe("gcidem-strategies/1");
    expect(cells).toHaveLength(20);
  });

  it("draws charts over the churn rate as one page", async () => {
    const { code, stdout, stderr } = await gcidem(["strategies", ...QUICK, "--format", "html"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^<!doctype html>/);
    expect(stdout.match(/<svg class="chart"/g)).toHaveLength(3);
    expect(stdout).toContain("default-src &#39;none&#39;");
  });

  it("takes another policy and a single writer", async () => {
    const { code, stdout } = await gcidem([
      "strategies",
      "--policy",
      "documented",
      "--writers",
      "1",
      ...QUICK,
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain("MOCK obeying documented");
    expect(stdout).toContain("1 writer gives up after 10s;");
  });

  it.each([
    [["--polcy", "documented"], "Did you mean --policy?"],
    [["--policy", "forumlore"], "did you mean `forum-lore`?"],
    [["--churn", "none,5"], "did you mean `5/s`?"],
    [["--churn", "nine"], "did you mean `none`?"],
    [["--churn", "0.0001/s"], "expected none or a rate from 0.01/s to 1000/s"],
    [["--writers", "0"], "expected 1 to 64"],
    [["--runs", "many"], "expected a whole number"],
    [["--lost-answers", "10%"], "expected a share from 0 to 0.9"],
    [["--deadline", "11m"], "expected at most 10m"],
    [["--seed", "-1"], "--seed"],
    [["--format", "htm"], "did you mean `html`?"],
    [["--format", "html", "--json"], "two formats"],
  ])("%j is a wrong flag: exit 2, and what was meant", async (flags, said) => {
    const { code, stdout, stderr } = await gcidem(["strategies", ...flags]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(said);
  });
});
