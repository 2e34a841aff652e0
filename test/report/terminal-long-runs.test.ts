import { describe, expect, test } from "vitest";
import type { Exchange } from "../../src/journal/journal.js";
import { grouped } from "../../src/report/terminal/block.js";
import { renderTerminal } from "../../src/report/terminal/render-terminal.js";
import { MOST_ROWS } from "../../src/report/terminal/row-list.js";
import { exchangeOf, reportOf, runOf } from "./build-report.js";

const LOOK = { columns: 80, color: false, unicode: true, verbose: false };

/** Exchanges made one by one, as the journal would read them. */
function* manySteps(count: number, statusOf: (index: number) => number): Generator<Exchange> {
  for (let index = 0; index < count; index++) {
    const answerHeaders = [["ININ-Correlation-Id", `c-${index}`]] as const;
    yield exchangeOf(
      { step: `step-${index}`, request: "PUT /x", status: statusOf(index), answerHeaders },
      index,
    );
  }
}

function longRun(count: number, statusOf: (index: number) => number): string {
  const exchanges = { [Symbol.iterator]: () => manySteps(count, statusOf) };
  const counts = { exchanges: count, writes: count, conflicts: 1, failures: 0, refused: 0 };
  return [
    ...renderTerminal(reportOf(runOf({ name: "long", sent: [], more: { exchanges, counts } })), LOOK),
  ].join("");
}

describe("a run of 10,000 steps", () => {
  const text = longRun(10_000, (index) => (index === 9_000 ? 409 : 200));

  test("shows the first rows and says how many more the JSON report has", () => {
    expect(text).toContain(`  … ${grouped(10_000 - MOST_ROWS)} more rows in the JSON report\n`);
    expect(text.split("\n").length).toBeLessThan(MOST_ROWS + 60);
  });

  test("names the conflict and its correlation ID, however late it came", () => {
    expect(text).toContain("CONFLICT 1 of 10,000 writes");
    expect(text).toContain("409 on `step-9000`");
    expect(text).toMatch(/409 {2}c-9000 {2}#9001/);
    expect(text).toMatch(/… 9,9\d\d more answers in the JSON report/);
  });
});

describe("a step that is sent many times", () => {
  const many = (statusOf: (index: number) => number, stored: boolean): string => {
    const sent = Array.from({ length: 50 }, (_, index) => ({
      ...{ step: "again", request: "POST /x", headers: [["Idempotency-Key", "k"]] as const },
      status: statusOf(index),
      answer: '{"id":"1"}',
    }));
    const answers = Object.fromEntries(sent.slice(1).map((_, index) => [`e${index + 2}`, "e1"]));
    const run = runOf({ name: "burst", sent, steps: [{ id: "again" }], stored: stored ? answers : {} });
    return [...renderTerminal(reportOf(run), LOOK)].join("");
  };

  test("is one row with a count of each status", () => {
    expect(many((index) => (index < 48 ? 200 : 429), false)).toMatch(
      / 1-50 {2}again ×50 +POST \/x +k +48× 200, 2× 429 /,
    );
  });

  test("says whose stored answer all the others returned", () => {
    expect(many(() => 200, true)).toMatch(/50× 200 ↺1 /);
  });

  test("counts stored answers where only some are", () => {
    const sent = [1, 2, 3, 4].map(() => ({ step: "again", request: "POST /x" }));
    const text = [
      ...renderTerminal(reportOf(runOf({ name: "some", sent, stored: { e2: "e1" } })), LOOK),
    ].join("");
    expect(text).toContain("4× 200, 1× ↺1");
  });
});
