import type { InvariantResult } from "../../../check/check.js";
import { formatPosition } from "../../../core/errors.js";
import { upperLimit } from "../../../core/rates.js";
import type { RunSection } from "../../report.js";
import { isUnformed } from "../../unformed.js";
import { type Block, type BlockInput, counted, grouped, indented } from "../block.js";
import { numbered } from "../expectation-words.js";
import type { Look } from "../look.js";
import { roundWords } from "../round-words.js";
import type { Span } from "../wrap-text.js";
import { numberOf } from "./lane-label.js";
import { racesOf } from "./race-steps.js";
import { deciderWords, storyLine } from "./story.js";

/** Below this a percentage needs more than one digit to say anything. */
const TEN_PERCENT = 0.1;

function percent(rate: number): string {
  const value = rate * 100;
  return `${rate >= TEN_PERCENT ? value.toFixed(0) : String(Number(value.toPrecision(2)))} %`;
}

/** Rounds in which something could have been seen: those in which the race was formed. */
function telling(run: RunSection, { step, rounds }: InvariantResult): number {
  const records = run.races.filter((each) => each.step === step);
  const all = new Set(records.map(({ round }) => round)).size;
  const loose = new Set(records.filter(isUnformed).map(({ round }) => round)).size;
  return loose === 0 ? rounds : Math.min(rounds, all - loose);
}

/** How hard it was looked for, and what that is worth: never that there is nothing. */
function notSeenWords(run: RunSection, result: InvariantResult): string {
  const rounds = telling(run, result);
  const writers = racesOf(run).find(({ id }) => id === result.step)?.race.writers ?? 0;
  if (rounds === 0) return "a violation was not seen, which says nothing: the race was not formed";
  const looked = `a violation was not seen in ${counted(rounds, "round")} of ${counted(writers, "writer")}`;
  const limit = percent(upperLimit(rounds));
  return rounds === 1
    ? `${looked} (one round says little: it may still be there in up to ${limit} of rounds)`
    : `${looked} (95 % sure: in fewer than ${limit} of rounds)`;
}

/** Invariants of one race that held in as many rounds, in one sentence. */
function* heldLines(results: readonly InvariantResult[], { run, look }: BlockInput): Generator<string> {
  const alike = new Map<string, readonly InvariantResult[]>();
  for (const result of results) {
    const place = JSON.stringify([result.step, result.rounds]);
    alike.set(place, [...(alike.get(place) ?? []), result]);
  }
  for (const own of alike.values()) {
    const [first] = own;
    if (first === undefined) continue;
    const names = own.map(({ name }) => name).join(", ");
    const words = `: ${notSeenWords(run, first)}`;
    yield* indented(look, { indent: 2, hang: 4 }, [
      { text: names, paint: look.paint.green },
      { text: words },
    ]);
  }
}

function titleLine(
  result: InvariantResult,
  word: Span,
  { look, more }: { readonly look: Look; readonly more: string },
): Iterable<string> {
  return indented(look, { indent: 2, hang: 4 }, [
    word,
    { text: "  " },
    { text: result.name, paint: look.paint.bold },
    { text: ` (${look.text(formatPosition(result.at))})${more}` },
  ]);
}

function* explanationLines({ explanation }: InvariantResult, look: Look): Generator<string> {
  for (const line of explanation.split("\n")) {
    if (line !== "") yield* indented(look, 6, [{ text: look.text(numbered(line)) }]);
  }
}

function zeroOf(result: InvariantResult, { run, survey }: BlockInput): number {
  const { step, violatedRounds, evidence, startMs } = result;
  if (startMs !== undefined) return startMs;
  const shown = survey.races.find(({ race, round }) => race.id === step && round === violatedRounds[0]);
  if (shown !== undefined) return shown.zeroMs;
  const starts = evidence.map(run.exchange).map(({ timings }) => timings.releasedMs ?? timings.startMs);
  return starts.reduce((least, startMs) => Math.min(least, startMs), Number.POSITIVE_INFINITY);
}

/** The proof as numbered lines, and what follows from it. */
function* storyLines(result: InvariantResult, input: BlockInput): Generator<string> {
  const { run, look } = input;
  const zeroMs = zeroOf(result, input);
  for (const [index, id] of result.evidence.entries()) {
    const text = `${index + 1}. ${storyLine(run.exchange(id), zeroMs, look)}`;
    yield* indented(look, { indent: 6, hang: 3 }, [{ text }]);
  }
  yield* explanationLines(result, look);
  if (result.evidence.length === 0) return;
  const text = `times count from the race's start, ${zeroMs.toFixed(2)} ms into the run`;
  yield* indented(look, 6, [{ text, paint: look.paint.dim }]);
}

function howOften({ rounds, violatedRounds }: InvariantResult, look: Look): string {
  if (rounds <= 1) return "";
  const which = roundWords(violatedRounds, violatedRounds.length, look.marks);
  return ` in ${grouped(violatedRounds.length)} of ${counted(rounds, "round")}: ${which}`;
}

function* violatedLines(results: readonly InvariantResult[], input: BlockInput): Generator<string> {
  const { look } = input;
  const word = { text: "VIOLATED", paint: look.paint.red.bold };
  const told = new Map<string, string>();
  for (const result of results) {
    yield* titleLine(result, word, { look, more: howOften(result, look) });
    const proof = result.evidence.join(" ");
    const before = told.get(proof);
    if (before !== undefined) {
      const numbers = result.evidence.map((id) => numberOf(id, look)).join(", ");
      yield* indented(look, 6, [{ text: `${numbers}: as above` }]);
      if (before !== result.explanation) yield* explanationLines(result, look);
    } else yield* storyLines(result, input);
    told.set(proof, result.explanation);
  }
}

function* undecidedLines(results: readonly InvariantResult[], { run, look }: BlockInput): Generator<string> {
  const word = { text: "UNDECIDED", paint: look.paint.yellow.bold };
  for (const result of results) {
    yield* titleLine(result, word, { look, more: "" });
    yield* explanationLines(result, look);
    const raced = run.races.some(({ step, requests }) => step === result.step && requests > 1);
    const settles = deciderWords(result, raced);
    if (settles !== null) yield* indented(look, { indent: 6, hang: 2 }, [{ text: `settles it: ${settles}` }]);
  }
}

/** What came of each invariant: the proof of a violation first, then what was looked for and not found, and how hard. */
export const invariantBlock: Block = function* (input) {
  const having = (holds: boolean | null): readonly InvariantResult[] =>
    input.run.invariants.filter((each) => each.holds === holds);
  yield* violatedLines(having(false), input);
  yield* undecidedLines(having(null), input);
  yield* heldLines(having(true), input);
};
