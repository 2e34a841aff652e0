import { isConfirming } from "../../journal/confirming.js";
import type { Exchange } from "../../journal/journal.js";
import type { RunSection } from "../report.js";
import { answerWords, outcomeOf, toneOf } from "./answer-words.js";
import { type CorrelationLines, createCorrelationList } from "./correlation-list.js";
import type { Look } from "./look.js";
import { createRaceSurvey, type RaceRound } from "./races/race-survey.js";
import { createRowList, type TableRows } from "./row-list.js";
import { cutEnd } from "./shorten.js";
import { createTroubleList, type Trouble } from "./step-troubles.js";
import type { Tone } from "./table-row.js";

/** A request that was refused, or that no answer came to, and what is said about it. */
interface Refusal {
  readonly id: string;
  readonly number: number;
  readonly step: string;
  readonly answered: boolean;
  /** `409`, `ECONNRESET` */
  readonly outcome: string;
  readonly tone: Tone;
  readonly words: string;
}

/** Everything that the blocks need of a run's exchanges, gathered in one pass and bounded however long the run is. */
export interface Survey {
  readonly rows: TableRows;
  /** Answers with 400 or more that are no conflicts. */
  readonly otherRefusals: number;
  /** The first answers with 400 or more, and requests without any. */
  readonly refusals: readonly Refusal[];
  readonly troubles: readonly Trouble[];
  /** Races in the rounds that are worth a picture. */
  readonly races: readonly RaceRound[];
  readonly correlation: CorrelationLines;
}

const MOST_REFUSALS = 20;
const LONGEST_WORDS = 400;

function refusalOf(exchange: Exchange, number: number, look: Look): Refusal | null {
  const { id, step, response, error } = exchange;
  if (response !== null && response.status < 400) return null;
  const words = response === null ? (error?.message ?? "") : answerWords(response);
  return {
    ...{ id, number, step, answered: response !== null, outcome: outcomeOf(exchange) },
    tone: toneOf(exchange),
    words: cutEnd(words, LONGEST_WORDS, look.marks),
  };
}

/** Exchanges that prove a violation: their ids are what support asks for first. */
function proofsOf({ invariants }: RunSection): ReadonlySet<string> {
  return new Set(invariants.flatMap(({ holds, evidence }) => (holds === false ? evidence : [])));
}

/** Reads a run's exchanges once. */
export function surveyRun(run: RunSection, look: Look): Survey {
  const rows = createRowList(run, look);
  const ofServer = run.target.kind === "genesys" || run.target.kind === "http";
  const correlation = createCorrelationList(proofsOf(run), ofServer);
  const races = createRaceSurvey(run);
  const troubles = createTroubleList();
  const refusals: Refusal[] = [];
  let [number, otherRefusals] = [0, 0];
  for (const exchange of run.exchanges) {
    number += 1;
    rows.add(exchange, number);
    correlation.add(exchange, number);
    troubles.add(exchange);
    races.add(exchange);
    if (isConfirming(exchange)) continue;
    const status = exchange.response?.status ?? 0;
    if (status >= 400 && toneOf(exchange) !== "conflict") otherRefusals += 1;
    if (refusals.length >= MOST_REFUSALS) continue;
    const refusal = refusalOf(exchange, number, look);
    if (refusal !== null) refusals.push(refusal);
  }
  return {
    rows: rows.finish(),
    otherRefusals,
    refusals,
    troubles: troubles.finish(),
    races: races.finish(),
    correlation: correlation.finish(),
  };
}
