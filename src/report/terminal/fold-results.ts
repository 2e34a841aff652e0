import type { CheckResult } from "../../check/check.js";
import { formatPosition } from "../../core/errors.js";
import type { RunSection } from "../report.js";
import { counted, grouped } from "./block.js";
import { gotWords, wantedWords } from "./expectation-words.js";
import type { Marks } from "./look.js";
import { racesOf } from "./races/race-steps.js";
import { roundWords } from "./round-words.js";

/** Results of one step that one exchange decided. */
interface Case {
  readonly exchange: string | null;
  readonly round: number;
  readonly results: readonly CheckResult[];
}

/** Cases of one step that came out alike: the same expectations, held or not held, for several writers or rounds. */
export interface Fold {
  readonly step: string;
  readonly cases: readonly [Case, ...Case[]];
}

const MOST_SENTENCES = 3;
const MOST_OUTCOMES = 3;

function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [item]);
    else known.push(item);
  }
  return groups;
}

function signatureOf({ results }: Case): string {
  const [first] = results;
  const parts = results.map(({ what, at, ok }) => [what, formatPosition(at), ok]);
  return JSON.stringify([first?.step, ...parts]);
}

/** Puts results together that say the same of several writers or rounds, in the order of the first of each. Pure. */
export function foldResults(results: readonly CheckResult[]): readonly Fold[] {
  const cases = groupBy(results, ({ step, exchange, round }) => JSON.stringify([step, exchange, round]));
  const all = [...cases.values()].flatMap((own): readonly Case[] => {
    const [first] = own;
    return first === undefined ? [] : [{ exchange: first.exchange, round: first.round, results: own }];
  });
  return [...groupBy(all, signatureOf).values()].flatMap((own): readonly Fold[] => {
    const [first, ...others] = own;
    if (first === undefined) return [];
    return [{ step: first.results[0]?.step ?? "", cases: [first, ...others] }];
  });
}

/** One expectation's results in a few sentences: different outcomes are counted. */
function* sentencesOf(results: readonly CheckResult[], marks: Marks): Generator<string> {
  const wanted = [...groupBy(results, (result) => wantedWords(result, marks))];
  for (const [words, own] of wanted.slice(0, MOST_SENTENCES)) {
    const outcomes = [...groupBy(own, (result) => gotWords(result, marks))];
    const plain = outcomes.length === 1 && wanted.length === 1;
    const count = ([got, each]: (typeof outcomes)[number]): string =>
      plain ? got : `${got} (${grouped(each.length)}${marks.times})`;
    const more = outcomes.length - MOST_OUTCOMES;
    const rest = more > 0 ? `, and ${grouped(more)} more ways` : "";
    yield words + outcomes.slice(0, MOST_OUTCOMES).map(count).join("") + rest;
  }
  const more = wanted.slice(MOST_SENTENCES).reduce((sum, [, own]) => sum + own.length, 0);
  if (more > 0) yield `${marks.ellipsis} ${grouped(more)} more like these, each with its own value`;
}

/** What a fold's expectations came to, a sentence or a few for each. Pure. */
export function* foldSentences({ cases }: Fold, marks: Marks): Generator<string> {
  const [first] = cases;
  for (const index of first.results.keys())
    yield* sentencesOf(
      cases.flatMap(({ results }) => results[index] ?? []),
      marks,
    );
}

/** `13 of 20 writers`, `130 of 1,000 answers, first in round 3`: one result that stands for many. */
function amongWords({ step, ok, round, among }: CheckResult, run: RunSection): string | null {
  if (among === undefined) return null;
  const { judged, failed, undecided } = among;
  const count = ok === false ? failed : ok === null ? undecided : judged - failed - undecided;
  const some = `${grouped(count)} of`;
  const inner = racesOf(run).some(({ race }) => race.steps.includes(step));
  if ((run.reproduction?.rounds ?? 1) === 1) return `${some} ${counted(judged, inner ? "writer" : "result")}`;
  const all = `${some} ${counted(judged, inner ? "answer" : "round")}`;
  return ok === true ? all : `${all}, first in round ${grouped(round)}`;
}

/** `12 of 20 writers`, `7 of 50 rounds (rounds 3, 9, …)`; null for a fold of one case that has no others like it. Pure. */
export function howManyWords({ step, cases }: Fold, run: RunSection, marks: Marks): string | null {
  const [first] = cases;
  const [result] = first.results;
  if (result === undefined) return null;
  const among = amongWords(result, run);
  if (among !== null) return among;
  const at = formatPosition(result.at);
  const alike = run.expectations.filter(
    (each) => each.step === step && each.what === result.what && formatPosition(each.at) === at,
  );
  if (alike.length < 2) return null;
  const some = `${grouped(cases.length)} of`;
  const inner = racesOf(run).some(({ race }) => race.steps.includes(step));
  const rounds = [...new Set(cases.map(({ round }) => round))];
  const many = new Set(alike.map(({ round }) => round)).size > 1;
  if (inner && !many) return `${some} ${counted(alike.length, "writer")}`;
  const which = roundWords(rounds, rounds.length, marks);
  return inner
    ? `${some} ${counted(alike.length, "answer")}, ${which}`
    : `${some} ${counted(alike.length, "round")} (${which})`;
}
