import type { RaceReleased } from "../../src/journal/journal.js";
import type { ReportStep } from "../../src/report/report.js";
import type { Sent } from "./build-report.js";

/** What a writer's request of one barrier came to. Times in ms: `after` the release, `took` from there. */
export interface Leg extends Partial<Omit<Sent, "step" | "writer" | "round" | "at">> {
  readonly after?: number;
  readonly took: number;
}

/** The requests of one barrier. */
export interface Wave {
  readonly name: string;
  readonly request: string;
  /** Instant of the release, in ms of the round. */
  readonly releasedAt: number;
  readonly leg: (writer: number) => Leg | null;
  readonly record?: Partial<RaceReleased>;
}

/** One race in one round, as the journal has it. */
interface Raced {
  readonly sent: readonly Sent[];
  readonly races: readonly RaceReleased[];
}

function sentOf(
  wave: Wave,
  writer: number,
  place: { readonly round: number; readonly startMs: number },
): readonly Sent[] {
  const leg = wave.leg(writer);
  if (leg === null) return [];
  const { after = 0, took, ...more } = leg;
  const barrier = wave.record?.technique !== "none";
  const from = place.startMs + wave.releasedAt + after;
  return [
    {
      ...{ step: `writers/${wave.name}`, request: wave.request, round: place.round, writer },
      at: { start: barrier ? from - 1 : from, sent: from, released: barrier ? from : null, end: from + took },
      ...more,
    },
  ];
}

/** Runs waves of so many writers on paper; each round starts 20 ms after the one before. */
export function raced(writers: number, waves: readonly Wave[], round = 1): Raced {
  const place = { round, startMs: 100 + (round - 1) * 20 };
  const all = Array.from({ length: writers }, (_, writer) => writer);
  const sent = waves.map((wave) => all.flatMap((writer) => sentOf(wave, writer, place)));
  return {
    sent: sent.flat(),
    races: waves.map((wave, index) => ({
      ...{ type: "race", step: "writers", waves: [`writers/${wave.name}`], round, technique: "h2" },
      ...{ releasedMs: place.startMs + wave.releasedAt, clientSpreadMs: 0.41, arrivalSpreadMs: 0.38 },
      ...{ arrivalSource: "measured", earlyAnswers: 0 },
      ...{ requests: sent[index]?.length ?? 0, held: sent[index]?.length ?? 0, formed: true, notes: [] },
      ...wave.record,
    })),
  };
}

/** What such a race's step is in the plan. */
export function raceStep(
  writers: number,
  steps: readonly string[],
  release = "together",
): Pick<ReportStep, "id" | "kind" | "race"> {
  const ids = steps.map((step) => `writers/${step}`);
  return { id: "writers", kind: "race", race: { writers, steps: ids, release } };
}
