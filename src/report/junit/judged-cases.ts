import type { CheckResult, InvariantResult } from "../../check/check.js";
import { hasDifference, type RunComparison } from "../../compare/runs.js";
import { formatPosition } from "../../core/errors.js";
import type { Exchange } from "../../journal/journal.js";
import { answerLines, createCauseTeller, curlCommand, exchangeLines } from "../evidence-lines.js";
import { PLAIN_LOOK } from "../plain-look.js";
import type { RunSection } from "../report.js";
import { capped, lineText } from "../safe-text.js";
import { comparisonLines } from "../terminal/comparison-block.js";
import { durationOf } from "../terminal/exchange-cells.js";
import { gotWords, numbered, wantedWords } from "../terminal/expectation-words.js";
import { storyLine } from "../terminal/races/story.js";
import { isUnformed } from "../unformed.js";
import type { CaseDetail, Complaint, Outcome, TestCase } from "./test-case.js";

const LONGEST_MESSAGE = 1000;
const NOTHING_WRONG: Complaint = { type: "", message: "", text: "" };

function outcomeOf(truth: boolean | null): Outcome {
  if (truth === null) return "error";
  return truth ? "held" : "failure";
}

/** Results of one exchange stand one after the other: the journal is asked for it once. */
function createLookUp(run: RunSection): (id: string | null) => Exchange | null {
  let last: Exchange | null = null;
  return (id) => {
    if (id === null) return null;
    if (last?.id !== id) last = run.exchange(id);
    return last;
  };
}

function howOften({ among }: CheckResult): string {
  if (among === undefined || among.judged === 1) return "";
  const { judged, failed, undecided } = among;
  return ` (judged ${judged} times: ${failed} failed, ${undecided} undecided)`;
}

/** What tells it from every other one of the run, and is the same in the next run. */
function nameOf(result: CheckResult, exchange: Exchange | null, run: RunSection): string {
  const { step, what, round } = result;
  const writer = exchange?.writer ?? null;
  const many = (run.reproduction?.rounds ?? 1) > 1 && result.among === undefined;
  const which = [
    ...(writer === null || result.among !== undefined ? [] : [`writer ${writer}`]),
    ...(many ? [`round ${round}`] : []),
  ];
  return `${step}: ${what}${which.length === 0 ? "" : ` (${which.join(", ")})`}`;
}

function sentenceOf(result: CheckResult): string {
  const { marks } = PLAIN_LOOK;
  return lineText(
    capped(wantedWords(result, marks) + gotWords(result, marks) + howOften(result), LONGEST_MESSAGE),
  );
}

function expectationCase(
  result: CheckResult,
  run: RunSection,
  look: {
    readonly up: (id: string | null) => Exchange | null;
    readonly cause: (id: string) => readonly string[];
  },
): TestCase {
  const detail = (): CaseDetail => {
    const exchange = look.up(result.exchange);
    const message = sentenceOf(result);
    const lines = exchange === null ? [] : exchangeLines(exchange);
    const under =
      exchange === null || result.ok === true
        ? []
        : [...lines, ...look.cause(exchange.id), "", ...answerLines(exchange), "", ...curlCommand(exchange)];
    return {
      name: nameOf(result, exchange, run),
      timeMs: exchange === null ? null : durationOf(exchange),
      complaint:
        result.ok === true
          ? NOTHING_WRONG
          : {
              type: result.ok === null ? "undecided" : (result.what.split(" ")[0] ?? "expectation"),
              message,
              text: [message, ...under].join("\n"),
            },
      out: (result.ok === true ? [message, ...lines] : lines).join("\n"),
    };
  };
  return { outcome: outcomeOf(result.ok), detail };
}

/** The story of a violation counts from the race's start; where that is not known, from its first request. */
function storyOf({ evidence, startMs }: InvariantResult, run: RunSection): readonly string[] {
  const exchanges = evidence.map(run.exchange);
  const zeroMs = startMs ?? exchanges[0]?.timings.startMs ?? 0;
  return exchanges.map((exchange, index) => `${index + 1}. ${storyLine(exchange, zeroMs, PLAIN_LOOK)}`);
}

function invariantCase(result: InvariantResult, run: RunSection): TestCase {
  const { step, name, holds, rounds, violatedRounds, explanation, at } = result;
  const detail = (): CaseDetail => {
    const words =
      holds === false ? "violated" : holds === null ? "could not be decided" : "not seen violated";
    const often =
      rounds <= 1
        ? ""
        : holds === false
          ? ` in ${violatedRounds.length} of ${rounds} rounds`
          : ` in ${rounds} rounds`;
    const message = `${name} ${words}${often} (${formatPosition(at)})`;
    const told = numbered(explanation).split("\n").map(lineText);
    const proof = holds === false ? storyOf(result, run) : [];
    const ids = result.evidence.map((id) => exchangeLines(run.exchange(id)).join("\n"));
    return {
      name: `${step}: ${name}`,
      timeMs: null,
      complaint:
        holds === true
          ? NOTHING_WRONG
          : { type: name, message, text: [message, ...proof, ...told].join("\n") },
      out: (holds === true ? [message, ...told, ...ids] : ids).join("\n\n"),
    };
  };
  return { outcome: outcomeOf(holds), detail };
}

function plainCase(outcome: Outcome, name: string, complaint: Complaint): TestCase {
  return { outcome, detail: () => ({ name, timeMs: null, complaint, out: "" }) };
}

function skippedCase({ step, reason, round }: RunSection["skipped"][number], run: RunSection): TestCase {
  const many = (run.reproduction?.rounds ?? 1) > 1 ? ` (round ${round})` : "";
  const message = lineText(capped(reason, LONGEST_MESSAGE));
  return plainCase("skipped", `${step}: skipped${many}`, { type: "skipped", message, text: "" });
}

/** A run that differs from its baseline fails, as the exit code says. */
function comparisonCase(comparison: RunComparison): TestCase {
  if (!hasDifference(comparison))
    return plainCase("held", `the same as ${comparison.base.name}`, NOTHING_WRONG);
  const text = [...comparisonLines(comparison, PLAIN_LOOK)].map((line) => line.trimEnd()).join("\n");
  const message = `differs from ${lineText(capped(comparison.base.name, LONGEST_MESSAGE))}`;
  return plainCase("failure", `the same as ${comparison.base.name}`, { type: "difference", message, text });
}

function* doubts(run: RunSection): Generator<string> {
  if (run.interrupted) yield "the run was interrupted";
  if (run.races.some(isUnformed)) yield "a race could not be formed, so nothing can be concluded from it";
  if (run.counts.failures > 0) yield `${run.counts.failures} requests had no answer`;
  if (run.skipped.length > 0) yield `${run.skipped.length} steps could not be sent`;
}

/** What keeps a run without a verdict from looking green; null where something else does, or there is a verdict. */
function verdictCase(run: RunSection): TestCase | null {
  const open =
    run.expectations.some(({ ok }) => ok === null) || run.invariants.some(({ holds }) => holds === null);
  if (run.verdict === "not-judged" && !run.interrupted)
    return plainCase("skipped", "nothing was judged", {
      type: "not-judged",
      message: "no expectation was judged: the scenario has none, or cannot be judged again",
      text: "",
    });
  if ((run.verdict !== "inconclusive" || open) && !run.interrupted) return null;
  const reasons = [...doubts(run)];
  const message = reasons.length === 0 ? "there is no verdict" : reasons.join("; ");
  return plainCase("error", "the run has a verdict", { type: "inconclusive", message, text: message });
}

/** One test case for each expectation, each invariant, each step that could not be sent and each run compared with. */
export function* judgedCases(run: RunSection): Generator<TestCase> {
  const look = { up: createLookUp(run), cause: createCauseTeller(run) };
  for (const result of run.expectations) yield expectationCase(result, run, look);
  for (const result of run.invariants) yield invariantCase(result, run);
  for (const each of run.skipped) yield skippedCase(each, run);
  for (const each of run.comparisons ?? []) yield comparisonCase(each);
  const verdict = verdictCase(run);
  if (verdict !== null) yield verdict;
}
