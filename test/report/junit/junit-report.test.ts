import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderJunit } from "../../../src/report/junit/render-junit.js";
import type { RunReport } from "../../../src/report/report.js";
import { reportOf, runOf } from "../build-report.js";
import * as fixtures from "../fixtures.js";
import { expectGolden } from "../golden-file.js";
import { hostileReport } from "../hostile-report.js";
import * as races from "../race-fixtures.js";
import { explainedKeyReuse, recordedTraffic, THREE_RUNS } from "../three-runs.js";

const SCHEMA = fileURLToPath(new URL("junit.xsd", import.meta.url));

function rendered(report: RunReport, cases = false): string {
  return [...renderJunit(report, { cases })].join("");
}

function xmllint(
  args: readonly string[],
  xml: string,
): { readonly code: number | null; readonly out: string } {
  const { status, stdout, stderr } = spawnSync("xmllint", [...args, "-"], { input: xml, encoding: "utf8" });
  return { code: status, out: `${stdout}${status === 0 ? "" : stderr}` };
}

/** What a reader finds at a place: XPath 1.0. */
function read(xml: string, path: string): string {
  return xmllint(["--xpath", path], xml).out.replace(/\n$/, "");
}

function expectValid(xml: string): void {
  expect(xmllint(["--noout", "--schema", SCHEMA], xml)).toEqual({ code: 0, out: "" });
}

test.each(THREE_RUNS)("$name looks as it was agreed", ({ name, report, cases }) => {
  expectGolden(rendered(report(), cases), new URL(`golden/${name}.xml`, import.meta.url));
});

test("how much was hidden is a property of the suite", () => {
  const run = { ...recordedTraffic(), redacted: { secrets: 2, personal: 1 } };
  expect(read(rendered(reportOf(run)), "string(//property[@name='redacted']/@value)")).toBe(
    "2 secrets and 1 value of callers' data",
  );
});

describe("every report is valid by the schema that CI readers agree on", () => {
  const runs = Object.entries({ ...fixtures, ...races });
  test.each(runs)("%s", (_name, make) => {
    expectValid(rendered(reportOf(make())));
  });

  test("several scenarios, a recording, and none", () => {
    expectValid(rendered(reportOf(...runs.map(([, make]) => make()))));
    expectValid(rendered(reportOf(recordedTraffic()), true));
    expectValid(rendered(reportOf()));
  });

  test("whatever a server and a scenario say", () => {
    fc.assert(
      fc.property(hostileReport, fc.boolean(), (report, cases) => {
        expectValid(rendered(report, cases));
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  test("and the schema refuses what is no such report", () => {
    const xml = rendered(reportOf(explainedKeyReuse()));
    expect(xmllint(["--noout", "--schema", SCHEMA], xml.replace(' tests="', ' test="')).code).not.toBe(0);
    expect(
      xmllint(["--noout", "--schema", SCHEMA], xml.replace("</system-out>", "]]></system-out>")).code,
    ).not.toBe(0);
  });
});

test("each expectation and each invariant is one test case", () => {
  const reuse = rendered(reportOf(explainedKeyReuse()));
  expect(read(reuse, "count(//testcase)")).toBe(String(explainedKeyReuse().expectations.length));
  const race = races.lostUpdate();
  const xml = rendered(reportOf(race));
  expect(read(xml, "count(//testcase)")).toBe(String(race.expectations.length + race.invariants.length));
  expect(read(xml, 'string(//testcase[contains(@name, "no-lost-update")]/failure/@type)')).toBe(
    "no-lost-update",
  );
});

test("a failure says what was expected, what came, and where", () => {
  const xml = rendered(reportOf(fixtures.mutatedBytes()));
  const failure = '//testcase[@name="spaced: status"]/failure';
  expect(read(xml, `string(${failure}/@message)`)).toBe(
    "expected status not 409 (scenarios/basics/other-bytes.yaml:19:15), got 409",
  );
  expect(read(xml, `string(${failure})`)).toContain("curl -i -X POST");
  expect(read(xml, `string(${failure})`)).toContain("Key reuse");
});

test("the output of each case has the request and its correlation ID", () => {
  const xml = rendered(reportOf(explainedKeyReuse()));
  const { request, correlationId } = explainedKeyReuse().exchange("e3");
  const out = read(xml, 'string(//testcase[@name="mutated: status"]/system-out)');
  expect(out).toContain(`${request.method} ${request.url}`);
  expect(out).toContain(`correlation ID  ${correlationId}`);
});

test("what could not be decided is an error, never green", () => {
  const open = rendered(reportOf(fixtures.lostAnswer()));
  expect(read(open, "count(//testcase/error)")).toBe("2");
  expect(read(open, "string(//testsuites/@errors)")).toBe("2");
  const unformed = rendered(reportOf(races.notFormed()));
  expect(read(unformed, "string(//testcase[error]/@name)")).toBe("the run has a verdict");
  expect(read(unformed, "string(//error/@message)")).toContain("could not be formed");
  const interrupted = rendered(reportOf(fixtures.interruptedRounds()));
  expect(read(interrupted, "string(//error/@message)")).toContain("interrupted");
});

test("a scenario that expects nothing is skipped, not passed", () => {
  const xml = rendered(reportOf(fixtures.notJudged()));
  expect(read(xml, "string(//testcase/skipped/@message)")).toBe(
    "no expectation was judged: the scenario has none, or cannot be judged again",
  );
  expect(read(xml, "string(//testsuite/@skipped)")).toBe("1");
});

test("what was made on the mock says MOCK in its title", () => {
  const mock = rendered(reportOf(explainedKeyReuse()));
  expect(read(mock, "string(//testsuites/@name)")).toContain("MOCK");
  expect(read(mock, "string(//testsuite/@name)")).toBe("MOCK obeying forum-lore: Same key, changed body");
  const real = rendered(reportOf(fixtures.mutatedBytes()));
  expect(read(real, "string(//testsuite/@name)")).toBe("Same key, same JSON, other bytes");
});

test("recorded traffic: each conflict and anomaly is a failed case, and traffic without one is green", () => {
  const xml = rendered(reportOf(recordedTraffic()), true);
  expect(read(xml, "string(//testsuite/@failures)")).toBe("2");
  expect(read(xml, "string(//testsuite/@skipped)")).toBe("1");
  expect(read(xml, 'string(//testcase[contains(@name, "#3")]/failure/@type)')).toBe(
    "key-reused-body-changed",
  );
  const quiet = rendered(reportOf({ ...recordedTraffic(), diagnoses: [] }), true);
  expect(read(quiet, "string(//testsuite/@failures)")).toBe("0");
  expect(read(quiet, "count(//testcase)")).toBe("1");
});

test("a line of a million characters is cut, and says how long it was", () => {
  const long = "x".repeat(1_000_000);
  const run = runOf({
    name: "long",
    sent: [{ step: "a", request: `GET /${long}`, headers: [["If-Match", long]], answer: long, status: 500 }],
    expectations: [{ step: "a", line: 3, actual: long, ok: false, note: long }],
  });
  const xml = rendered(reportOf(run));
  expectValid(xml);
  expect(xml.length).toBeLessThan(30_000);
  expect(xml).toContain("1,000,000 characters");
});
