import { isWrite } from "../../../core/http.js";
import type { Exchange, RaceReleased } from "../../../journal/journal.js";
import type { RunSection } from "../../report.js";
import { outcomeOf, toneOf } from "../answer-words.js";
import type { Tone } from "../table-row.js";
import { focusRound, type RaceStepOfRun, raceIdOf, racesOf } from "./race-steps.js";

/** One request of a writer: what its lane shows of it. Times are milliseconds from the run's start. */
export interface RaceBar {
  readonly id: string;
  readonly writer: number;
  /** Full id of the inner step. */
  readonly step: string;
  readonly attempt: number;
  /** When it was released, or sent where nothing held it. */
  readonly fromMs: number;
  /** Infinity where the journal ends before it did. */
  readonly endMs: number;
  readonly answered: boolean;
  /** Answered before it was released. */
  readonly early: boolean;
  readonly write: boolean;
  /** A write that was carried out, as far as its answer says: 2xx, and not the stored answer of another. */
  readonly accepted: boolean;
  readonly outcome: string;
  readonly tone: Tone;
  readonly version: string | number | null;
  readonly etag: string | null;
  /** The exchange whose stored answer it got. */
  readonly storedFrom: string | null;
}

/** One race in one round. */
export interface RaceRound {
  readonly race: RaceStepOfRun;
  readonly round: number;
  readonly records: readonly RaceReleased[];
  readonly bars: readonly RaceBar[];
  /** What the picture and the story count from: the first release, or the first request. */
  readonly zeroMs: number;
}

/** Takes exchanges one by one; keeps those of the rounds that are worth a picture. */
export interface RaceSurvey {
  readonly add: (exchange: Exchange) => void;
  readonly finish: () => readonly RaceRound[];
}

function barOf(exchange: Exchange, writer: number, storedFrom: string | null): RaceBar {
  const { request, response, timings } = exchange;
  const endMs = timings.endMs ?? Number.POSITIVE_INFINITY;
  const sentMs = timings.releasedMs ?? timings.sentMs ?? timings.startMs;
  const status = response?.status ?? 0;
  const write = isWrite(
    request.method,
    request.headers.map(([name]) => name),
  );
  return {
    ...{ id: exchange.id, writer, step: exchange.step, attempt: exchange.attempt },
    ...{ fromMs: Math.min(sentMs, endMs), endMs, answered: response !== null },
    early: response !== null && timings.releasedMs !== null && endMs < timings.releasedMs,
    write,
    accepted: write && status >= 200 && status < 300 && storedFrom === null,
    ...{ outcome: outcomeOf(exchange), tone: toneOf(exchange) },
    ...{ version: exchange.version, etag: exchange.etag, storedFrom },
  };
}

function zeroOf(records: readonly RaceReleased[], bars: readonly RaceBar[]): number {
  const instants = [
    ...records.flatMap(({ releasedMs }) => releasedMs ?? []),
    ...bars.map((bar) => bar.fromMs),
  ];
  return instants.reduce((least, instant) => Math.min(least, instant), Number.POSITIVE_INFINITY);
}

/** Starts a survey of a run's races. Its memory grows with the writers, not with the rounds. */
export function createRaceSurvey(run: RunSection): RaceSurvey {
  const races = racesOf(run);
  const wanted = new Map(races.map(({ id }) => [id, new Set([1, focusRound(run, id) ?? 1])]));
  const bars = new Map<string, RaceBar[]>();
  const add = (exchange: Exchange): void => {
    const race = exchange.writer === null ? null : raceIdOf(exchange.step);
    if (race === null || exchange.writer === null || wanted.get(race)?.has(exchange.round) !== true) return;
    const place = `${exchange.round} ${race}`;
    const known = bars.get(place) ?? [];
    bars.set(place, known);
    known.push(barOf(exchange, exchange.writer, run.storedAnswers[exchange.id] ?? null));
  };
  const finish = (): readonly RaceRound[] =>
    races.flatMap((race) =>
      [...(wanted.get(race.id) ?? [])].flatMap((round): readonly RaceRound[] => {
        const found = bars.get(`${round} ${race.id}`);
        if (found === undefined) return [];
        const records = run.races.filter((each) => each.step === race.id && each.round === round);
        return [{ race, round, records, bars: found, zeroMs: zeroOf(records, found) }];
      }),
    );
  return { add, finish };
}
