import { expect, test } from "vitest";
import type { TargetKind } from "../../src/core/target.js";
import { renderMarkdown } from "../../src/report/markdown/render-markdown.js";
import { renderTerminal } from "../../src/report/terminal/render-terminal.js";
import { reportOf, runOf } from "./build-report.js";

const ID = [["ININ-Correlation-Id", "id-of-the-answer"]] as const;

/** A report on answers with (true) and without (false) a correlation ID, as a person reads it. */
function shown(
  kind: TargetKind,
  answers: readonly boolean[],
): { readonly terminal: string; readonly markdown: string } {
  const sent = answers.map((has, index) => ({
    step: `step-${index}`,
    request: "GET /orders/1",
    status: 200,
    ...(has ? { answerHeaders: ID } : {}),
  }));
  const report = reportOf(runOf({ name: "Reads", target: { kind, policy: null }, sent }));
  const look = { columns: 100, color: false, unicode: true, verbose: false };
  return {
    terminal: [...renderTerminal(report, look)].join(""),
    markdown: [...renderMarkdown(report, { cases: false })].join(""),
  };
}

test.each<[TargetKind, readonly boolean[], string]>([
  ["genesys", [false], "the answer carried no correlation ID"],
  ["http", [false, false, false], "none of 3 answers carried one"],
  ["genesys", [true, false, true], "1 of 3 answers carried no correlation ID"],
])("a run on %s whose answers have %j says: %s", (kind, answers, words) => {
  const { terminal, markdown } = shown(kind, answers);
  expect(terminal.replace(/\s+/g, " ")).toContain(words);
  expect(terminal).toMatch(/^ {2}correlation/m);
  expect(markdown).toContain(words);
});

test.each<[TargetKind, readonly boolean[]]>([
  ["genesys", [true, true]],
  ["mock", [false, true]],
  ["recording", [false]],
])("a run on %s whose answers have %j says nothing of missing ones", (kind, answers) => {
  const { terminal, markdown } = shown(kind, answers);
  expect(`${terminal}${markdown}`).not.toMatch(/carried/);
});
