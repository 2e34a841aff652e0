import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { RunReport } from "../../src/report/report.js";
import type { TerminalOptions } from "../../src/report/terminal/look.js";
import { renderTerminal } from "../../src/report/terminal/render-terminal.js";
import { reportOf } from "./build-report.js";
import * as fixtures from "./fixtures.js";
import * as races from "./race-fixtures.js";

/** `UPDATE_GOLDEN=1 npx vitest run --project unit test/report` writes the files anew; then read them. */
const UPDATE = process.env.UPDATE_GOLDEN === "1";
const FOLDER = new URL("golden/", import.meta.url);

const PLAIN: TerminalOptions = { columns: 80, color: false, unicode: true, verbose: false };

const CASES: readonly (readonly [
  file: string,
  report: () => RunReport,
  options?: Partial<TerminalOptions>,
])[] = [
  ["key-reuse", () => reportOf(fixtures.keyReuse())],
  ["key-reuse-40", () => reportOf(fixtures.keyReuse()), { columns: 40 }],
  ["key-reuse-200", () => reportOf(fixtures.keyReuse()), { columns: 200 }],
  ["key-reuse-ascii", () => reportOf(fixtures.keyReuse()), { unicode: false }],
  ["key-reuse-color", () => reportOf(fixtures.keyReuse()), { color: true }],
  ["key-reuse-verbose", () => reportOf(fixtures.keyReuse()), { verbose: true }],
  ["mutated-bytes", () => reportOf(fixtures.mutatedBytes())],
  ["mutated-bytes-color", () => reportOf(fixtures.mutatedBytes()), { color: true, columns: 120 }],
  ["stale-etag-retried", () => reportOf(fixtures.staleEtagRetried())],
  ["lost-answer", () => reportOf(fixtures.lostAnswer())],
  ["no-answer", () => reportOf(fixtures.noAnswer())],
  ["not-judged", () => reportOf(fixtures.notJudged())],
  ["all-passed", () => reportOf(fixtures.allPassed())],
  ["interrupted-rounds", () => reportOf(fixtures.interruptedRounds())],
  ["burst", () => reportOf(fixtures.burst())],
  ["hostile", () => reportOf(fixtures.hostile())],
  ["hostile-ascii", () => reportOf(fixtures.hostile()), { unicode: false, columns: 60 }],
  ["wide", () => reportOf(fixtures.wide())],
  ["several", () => reportOf(fixtures.notJudged(), fixtures.staleEtagRetried(), fixtures.burst())],
  ["race-two-writers", () => reportOf(races.twoWriters())],
  ["race-two-writers-ascii", () => reportOf(races.twoWriters()), { unicode: false }],
  ["race-two-writers-40", () => reportOf(races.twoWriters()), { columns: 40 }],
  ["race-read-then-write", () => reportOf(races.readThenWrite())],
  ["race-read-then-write-60", () => reportOf(races.readThenWrite()), { columns: 60 }],
  ["race-read-then-write-120", () => reportOf(races.readThenWrite()), { columns: 120, verbose: true }],
  ["race-lost-update", () => reportOf(races.lostUpdate())],
  ["race-lost-update-60", () => reportOf(races.lostUpdate()), { columns: 60 }],
  ["race-lost-update-color", () => reportOf(races.lostUpdate()), { color: true }],
  ["race-same-key", () => reportOf(races.sameKey())],
  ["race-hundred-writers", () => reportOf(races.hundredWriters())],
  ["race-hundred-writers-ascii", () => reportOf(races.hundredWriters()), { unicode: false }],
  ["race-not-formed", () => reportOf(races.notFormed())],
  ["race-as-ready", () => reportOf(races.asReady())],
  ["race-staggered", () => reportOf(races.staggered())],
  ["race-offset-lanes", () => reportOf(races.offsetLanes())],
  ["race-fifty-rounds", () => reportOf(races.fiftyRounds())],
  ["race-fifty-rounds-120-color", () => reportOf(races.fiftyRounds()), { columns: 120, color: true }],
];

test.each(CASES.map(([file, report, options]) => ({ file, report, options })))(
  "$file looks as it was agreed",
  ({ file, report, options }) => {
    const text = [...renderTerminal(report(), { ...PLAIN, ...options })].join("");
    const golden = new URL(`${file}.txt`, FOLDER);
    if (UPDATE) {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(golden, text);
    }
    expect(text).toBe(readFileSync(golden, "utf8"));
  },
);
