import { hiddenWords } from "../hidden-words.js";
import type { Render, RunReport, RunSection } from "../report.js";
import { mockWords, runTitle } from "../run-title.js";
import { judgedCases } from "./judged-cases.js";
import { recordedCases } from "./recorded-cases.js";
import { type Outcome, seconds, type TestCase, testCaseText } from "./test-case.js";
import { attributes } from "./xml.js";

/** What of the runs are test cases. */
export interface JunitOptions {
  /** True for what `diagnose` found: refusals and anomalies. False: expectations and invariants. */
  readonly cases: boolean;
}

interface Tally {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

function tallyOf(cases: Iterable<TestCase>): Tally {
  const counts: Record<Outcome, number> = { held: 0, failure: 0, error: 0, skipped: 0 };
  for (const { outcome } of cases) counts[outcome] += 1;
  const { held, failure, error, skipped } = counts;
  return { tests: held + failure + error + skipped, failures: failure, errors: error, skipped };
}

function casesOf(run: RunSection, options: JunitOptions): Iterable<TestCase> {
  return options.cases ? recordedCases(run) : judgedCases(run);
}

/** Jenkins takes what stands before the last dot for a package: folders become packages, the file its class. */
function classnameOf({ scenario, id }: RunSection): string {
  const path = (scenario.file || id).replace(/\.[a-z]+$/i, "");
  return path
    .split(/[\\/]+/)
    .map((part) => part.replaceAll(".", "_"))
    .filter((part) => part !== "" && part !== "_" && part !== "__")
    .join(".");
}

function propertiesText(run: RunSection, { tool }: RunReport): string {
  const { target, seed, counts, scenario, verdict } = run;
  const hidden = hiddenWords({ runs: [run] });
  const properties: Readonly<Record<string, string | number>> = {
    tool: `${tool.name} ${tool.version}`,
    run: run.id,
    scenario: scenario.file,
    sha256: scenario.sha256,
    target: `${target.kind} ${target.baseUrl}`.trim(),
    ...(target.policy === null ? {} : { policy: target.policy }),
    ...(target.kind === "recording" ? {} : { seed }),
    verdict,
    exchanges: counts.exchanges,
    writes: counts.writes,
    conflicts: counts.conflicts,
    ...(hidden === null ? {} : { redacted: hidden }),
  };
  const lines = Object.entries(properties).map(
    ([name, value]) => `      <property${attributes({ name, value })}/>\n`,
  );
  return `    <properties>\n${lines.join("")}    </properties>\n`;
}

function* suiteText(
  run: RunSection,
  index: number,
  { report, options }: { readonly report: RunReport; readonly options: JunitOptions },
): Generator<string> {
  const named = attributes({
    name: runTitle(run),
    ...tallyOf(casesOf(run, options)),
    time: seconds(run.durationMs),
    timestamp: run.startedAt.slice(0, 19),
    id: index,
  });
  yield `  <testsuite${named}>\n${propertiesText(run, report)}`;
  const classname = classnameOf(run);
  for (const each of casesOf(run, options)) yield testCaseText(each, classname);
  yield "  </testsuite>\n";
}

/**
 * The report that CI servers read: one suite a run, one test case for each expectation and each invariant, with the request
 * and its correlation ID as output. What could not be decided is an error, never green. Valid by the schema of the Jenkins
 * xUnit plugin; produced case by case. Pure.
 */
export const renderJunit: Render<JunitOptions> = function* (report, options): Generator<string> {
  const tallies = report.runs.map((run) => tallyOf(casesOf(run, options)));
  const sum = (name: "tests" | "failures" | "errors"): number =>
    tallies.reduce((total, tally) => total + tally[name], 0);
  const durationMs = report.runs.reduce((total, run) => total + run.durationMs, 0);
  const mock = report.runs.some((run) => mockWords(run) !== null);
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<testsuites${attributes({
    name: mock ? "gcidem, on the MOCK" : "gcidem",
    tests: sum("tests"),
    failures: sum("failures"),
    errors: sum("errors"),
    time: seconds(durationMs),
  })}>\n`;
  for (const [index, run] of report.runs.entries()) yield* suiteText(run, index, { report, options });
  yield "</testsuites>\n";
};
