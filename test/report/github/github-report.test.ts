import fc from "fast-check";
import { expect, test } from "vitest";
import { type GithubOptions, renderGithub } from "../../../src/report/github/render-github.js";
import type { RunReport } from "../../../src/report/report.js";
import { reportOf, runOf } from "../build-report.js";
import * as fixtures from "../fixtures.js";
import { expectGolden } from "../golden-file.js";
import { hostileReport } from "../hostile-report.js";
import * as races from "../race-fixtures.js";
import { explainedKeyReuse, recordedTraffic, THREE_RUNS } from "../three-runs.js";

function rendered(report: RunReport, more: Partial<GithubOptions> = {}): string {
  return [...renderGithub(report, { cases: false, pathOf: String, ...more })].join("");
}

interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

function unescaped(text: string): string {
  const signs: Readonly<Record<string, string>> = {
    "%0D": "\r",
    "%0A": "\n",
    "%3A": ":",
    "%2C": ",",
    "%25": "%",
  };
  return text.replace(/%0D|%0A|%3A|%2C|%25/g, (sign) => signs[sign] ?? sign);
}

/** Takes a line apart as GitHub's runner does. */
function parsed(line: string): Command {
  const [, name = "", properties = "", message = ""] = /^::([a-z-]+) ([^:]*)::(.*)$/s.exec(line) ?? [];
  const pairs = properties.split(",").map((each) => {
    const at = each.indexOf("=");
    return [each.slice(0, at), unescaped(each.slice(at + 1))] as const;
  });
  return { name, properties: Object.fromEntries(pairs), message: unescaped(message) };
}

function commands(text: string): readonly Command[] {
  return text
    .split(/\r\n|[\r\n]/)
    .slice(0, -1)
    .map(parsed);
}

test.each(THREE_RUNS)("$name looks as it was agreed", ({ name, report, cases }) => {
  expectGolden(rendered(report(), { cases }), new URL(`golden/${name}.txt`, import.meta.url));
});

test("a failed expectation is an error at its line of the scenario", () => {
  const [first] = commands(rendered(reportOf(fixtures.mutatedBytes())));
  expect(first).toMatchObject({
    name: "error",
    properties: { file: "scenarios/basics/other-bytes.yaml", line: "19", col: "15" },
  });
  expect(first?.message).toContain("expected status not 409");
  expect(first?.message).toContain("correlation ID");
});

test("a violated invariant is an error, one that could not be decided a warning", () => {
  const found = commands(rendered(reportOf(races.lostUpdate())));
  expect(found.map(({ name, properties }) => [name, properties.title?.split(": ").at(-1)])).toEqual([
    ["error", "writers failed"],
    ["error", "no-lost-update violated"],
    ["error", "one-winner violated"],
    ["warning", "read-your-writes could not be decided"],
  ]);
});

test("files are named as the repository names them", () => {
  const text = rendered(reportOf(fixtures.mutatedBytes()), { pathOf: (file) => `services/crm/${file}` });
  expect(commands(text)[0]?.properties.file).toBe("services/crm/scenarios/basics/other-bytes.yaml");
});

test("a run in which all held says nothing; one that says nothing else names what was skipped", () => {
  expect(rendered(reportOf(fixtures.allPassed()))).toBe("");
  expect(commands(rendered(reportOf(fixtures.interruptedRounds()))).map(({ name }) => name)).toEqual([
    "warning",
  ]);
});

test("what was made on the mock says MOCK in its title", () => {
  expect(commands(rendered(reportOf(fixtures.hostile())))[0]?.properties.title).toContain(
    "MOCK obeying forum-lore",
  );
  expect(commands(rendered(reportOf(fixtures.mutatedBytes())))[0]?.properties.title).not.toContain("MOCK");
});

test("what was found in traffic stands in no file", () => {
  const found = commands(rendered(reportOf(recordedTraffic()), { cases: true }));
  expect(found.map(({ name, properties }) => [name, properties.title, properties.file])).toContainEqual([
    "warning",
    "409 on #3: key-reused-body-changed (certain)",
    undefined,
  ]);
});

test("no more annotations than GitHub shows, and the last one says that there are more", () => {
  const failed = (count: number): RunReport =>
    reportOf(
      runOf({
        name: "many",
        sent: [{ step: "a", request: "GET /" }],
        expectations: Array.from({ length: count }, (_, index) => ({
          step: `s${index}`,
          line: index + 1,
          ok: false,
        })),
      }),
    );
  expect(commands(rendered(failed(10)))).toHaveLength(10);
  expect(commands(rendered(failed(10))).at(-1)?.properties.line).toBe("10");
  const many = commands(rendered(failed(300)));
  expect(many).toHaveLength(10);
  expect(many.at(-1)?.properties.title).toBe("gcidem: there are more");
});

test("whatever a server says, every line is an annotation of gcidem's own, and tells exactly what was said", () => {
  fc.assert(
    fc.property(hostileReport, fc.boolean(), (report, cases) => {
      const text = rendered(report, { cases });
      const found = commands(text);
      expect(found.length).toBeGreaterThan(0);
      for (const { name, properties } of found) {
        expect(["error", "warning"]).toContain(name);
        expect(
          Object.keys(properties).filter((key) => !["file", "line", "col", "title"].includes(key)),
        ).toEqual([]);
        expect(properties.title).toMatch(/\S/);
      }
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e]|\p{Surrogate}/u);
    }),
    { numRuns: 300 },
  );
});

test("a message of a million characters is cut", () => {
  const run = explainedKeyReuse();
  const [first] = run.expectations;
  if (first === undefined) throw new Error("the fixture has no expectation");
  const long = reportOf({ ...run, expectations: [{ ...first, ok: false, note: "x".repeat(1_000_000) }] });
  expect(rendered(long).length).toBeLessThan(5_000);
});
