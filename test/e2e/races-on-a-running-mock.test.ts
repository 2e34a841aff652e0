import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { atEnd, gcidem, start, workFolder } from "./run-gcidem.js";

/** Shipped scenarios with a race, as absolute paths. */
const RACES = ["races", "claims"].flatMap((folder) =>
  readdirSync(join("scenarios", folder))
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => resolve("scenarios", folder, name))
    .filter((file) => /^ {4}race:/m.test(readFileSync(file, "utf8"))),
);

/** The address of a `gcidem mock` that is a process of its own. */
async function serve(): Promise<string> {
  const { child } = start(["mock", "--port", "0"], { cwd: workFolder() });
  atEnd(() => child.kill("SIGKILL"));
  const [line] = (await once(child.stdout ?? child, "data")) as [string];
  return line.replace("listening on ", "").trim();
}

describe("the shipped races", () => {
  test("come out on a mock of its own process as they do on the embedded one", async () => {
    expect(RACES.length).toBeGreaterThan(14);
    const target = `mock+${await serve()}`;
    const ran = await gcidem(["replay", ...RACES, "--target", target, "--reporter", "json"]);
    const { runs } = JSON.parse(ran.stdout) as {
      readonly runs: readonly {
        readonly scenario: { readonly file: string };
        readonly verdict: string;
        readonly races: readonly { readonly arrivalSource: string | null; readonly technique: string }[];
      }[];
    };
    const others = runs.filter(({ verdict }) => verdict !== "pass");
    expect(others.map(({ scenario, verdict }) => `${scenario.file}: ${verdict}`)).toEqual([]);
    expect(ran.code).toBe(0);
    expect(runs).toHaveLength(RACES.length);
    for (const { races } of runs) expect(races.length).toBeGreaterThan(0);
  });
});
