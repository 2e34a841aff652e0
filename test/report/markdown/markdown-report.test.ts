import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderMarkdown } from "../../../src/report/markdown/render-markdown.js";
import type { RunReport } from "../../../src/report/report.js";
import { reportOf, runOf } from "../build-report.js";
import * as fixtures from "../fixtures.js";
import { expectGolden } from "../golden-file.js";
import { hostileReport } from "../hostile-report.js";
import * as races from "../race-fixtures.js";
import { explainedKeyReuse, recordedTraffic, THREE_RUNS } from "../three-runs.js";
import { outsideCode } from "./outside-code.js";

function rendered(report: RunReport, cases = false): string {
  return [...renderMarkdown(report, { cases })].join("");
}

/** The paragraph under the title. */
function paragraph(text: string): string {
  return text.split("\n\n")[1] ?? "";
}

test.each(THREE_RUNS)("$name looks as it was agreed", ({ name, report, cases }) => {
  expectGolden(rendered(report(), cases), new URL(`golden/${name}.md`, import.meta.url));
});

describe("the paragraph to paste into a ticket", () => {
  test("says what happened, to which request, when, why, and what to do", () => {
    const { correlationId } = explainedKeyReuse().exchange("e3");
    const words = paragraph(rendered(reportOf(explainedKeyReuse())));
    for (const part of [
      "CONFLICT 1 of 4 writes",
      "was answered 409, sent on 2026-11-21 at 22:37:05.124 UTC",
      `correlation ID \`${correlationId}\``,
      "key-reused-body-changed (certain)",
      "was first used by `#1` with another body",
      "What to do: One key per logical operation",
      "Made on a MOCK",
    ])
      expect(words).toContain(part);
    expect(words).not.toContain("\n");
  });

  test("says what was expected where something failed", () => {
    expect(paragraph(rendered(reportOf(fixtures.mutatedBytes())))).toContain("expected status not 409");
    expect(paragraph(rendered(reportOf(races.lostUpdate())))).toContain("no-lost-update was violated");
  });

  test("of several scenarios tells the one that went wrong", () => {
    const text = rendered(reportOf(fixtures.allPassed(), fixtures.mutatedBytes()));
    expect(text.split("\n")[0]).toBe("# 2 scenarios: 1 passed, 1 failed");
    expect(paragraph(text)).toContain("Same key, same JSON, other bytes");
  });

  test("of a recording names the file and what is settled", () => {
    const words = paragraph(rendered(reportOf(recordedTraffic()), true));
    expect(words).toContain("In `worker.har` (HAR 1.2 by WebInspector");
    expect(words).toContain("key-reused-body-changed (certain)");
    expect(words).not.toContain("MOCK");
  });
});

test("what was made on the mock says MOCK in its title", () => {
  expect(rendered(reportOf(explainedKeyReuse()))).toMatch(/^# .*MOCK obeying forum-lore/);
  expect(rendered(reportOf(fixtures.mutatedBytes())).split("\n")[0]).not.toContain("MOCK");
});

test("the order is that of the terminal report", () => {
  const text = rendered(reportOf(fixtures.mutatedBytes()));
  const parts = [
    "# CONFLICT",
    "\n## CONFLICT",
    "| # | step |",
    "**what differs**",
    "**FAIL**",
    "curl -i",
    "\nexpectations ",
    "**correlation**",
  ];
  const places = parts.map((part) => text.indexOf(part));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places).not.toContain(-1);
});

test("ids are whole, so that they can be copied", () => {
  const text = rendered(reportOf(explainedKeyReuse()));
  for (const { idempotencyKey } of explainedKeyReuse().exchanges)
    expect(text).toContain(`\`${idempotencyKey}\``);
});

test("every row of a table has as many cells as its head", () => {
  fc.assert(
    fc.property(hostileReport, fc.boolean(), (report, cases) => {
      const rows = rendered(report, cases)
        .split("\n")
        .filter((line) => line.startsWith("| "));
      const cells = (line: string | undefined): number => (line ?? "").split("|").length;
      expect(rows.length).toBeGreaterThan(2);
      for (const row of rows) if (!row.startsWith("| # ")) expect(cells(row)).toBe(cells(rows[0]));
    }),
  );
});

test("whatever a server says, nothing outside code means anything: no mention, link, image, tag or heading", () => {
  fc.assert(
    fc.property(hostileReport, fc.boolean(), (report, cases) => {
      for (const line of outsideCode(rendered(report, cases))) {
        expect(line).not.toMatch(/[@<[\]&\\~$!]|:\/\/|www\.|#\d|\b(?:GH|ABC)-\d|:\w+:(?!\d)|\bdeadbeef/);
        expect(line).not.toMatch(/^\s*(?:\/|>|\+|={2,}|\d+[.)]\s)/);
        expect(line).toMatch(/^(?:[#]{1,2} |\| |- | {2}- |---$|\*\*|[\p{L}\p{N}]|$|\u0000|["'(])/u);
      }
    }),
    { numRuns: 500 },
  );
}, 60_000);

test("no line is a workflow command, and none holds a control character", () => {
  fc.assert(
    fc.property(hostileReport, fc.boolean(), (report, cases) => {
      const text = rendered(report, cases);
      expect(text).not.toMatch(/^\s*::[a-z][\w-]*.*::/im);
      expect(text).not.toContain("##[");
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e]|\p{Surrogate}/u);
    }),
    { numRuns: 200 },
  );
});

test("each piece is whole: a reader may stop after any of them", () => {
  let [text, pieces] = ["", 0];
  for (const piece of renderMarkdown(reportOf(fixtures.mutatedBytes()), { cases: false })) {
    text += piece;
    pieces += 1;
    expect((text.match(/^`{3,}/gm) ?? []).length % 2).toBe(0);
    expect(text.endsWith("\n")).toBe(true);
  }
  expect(pieces).toBeGreaterThan(8);
});

test("a line of a million characters is cut, and says how long it was", () => {
  const long = "x".repeat(1_000_000);
  const run = runOf({
    name: long,
    sent: [{ step: "a", request: `GET /${long}`, headers: [["If-Match", long]], answer: long, status: 500 }],
    expectations: [{ step: "a", line: 3, actual: long, ok: false, note: long }],
  });
  const text = rendered(reportOf(run));
  expect(text.length).toBeLessThan(60_000);
  expect(text).toContain("1,000,000 characters");
});
