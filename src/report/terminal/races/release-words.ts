import type { RaceReleased } from "../../../journal/journal.js";
import { counted, grouped } from "../block.js";
import type { RaceStepOfRun } from "./race-steps.js";

const TECHNIQUES: Readonly<Record<string, string>> = {
  h2: "by HTTP/2 hold",
  "last-byte": "by HTTP/1.1 last-byte hold",
  warm: "on warm connections, nothing held",
  naive: "by plain parallel sending, nothing held",
};

/** Techniques that keep the end of each request back until all can leave. */
const HOLDS: ReadonlySet<string> = new Set(["h2", "last-byte"]);

/** `10 writers, released together by HTTP/2 hold`: who raced, and how they were made to arrive. Pure. */
export function raceWords({ race }: RaceStepOfRun, records: readonly RaceReleased[]): string {
  const writers = counted(race.writers, "writer");
  if (race.release === "as-ready") return `${writers}, each as soon as it is ready: no barrier`;
  const techniques = [...new Set(records.map(({ technique }) => technique))];
  const how = techniques.map((technique) => TECHNIQUES[technique] ?? `by ${technique}`).join(" or ");
  const released = race.release.startsWith("offsets") ? `at ${race.release}` : race.release;
  return `${writers}, released ${released} ${how}`.trimEnd();
}

function spreadWords(spreads: readonly number[]): string {
  const sorted = [...spreads].sort((a, b) => a - b);
  const median = `${(sorted[Math.floor((sorted.length - 1) / 2)] ?? 0).toFixed(2)} ms`;
  const most = (sorted.at(-1) ?? 0).toFixed(2);
  return sorted.length === 1 ? median : `${median} (up to ${most})`;
}

function sourceWords(records: readonly RaceReleased[]): string {
  const sources = [...new Set(records.flatMap(({ arrivalSource }) => arrivalSource ?? []))];
  return sources.length === 0 ? "" : ` (${sources.join(" or ")})`;
}

function* spreads(records: readonly RaceReleased[]): Generator<string> {
  const client = records.flatMap(({ clientSpreadMs }) => clientSpreadMs ?? []);
  const arrival = records.flatMap(({ arrivalSpreadMs }) => arrivalSpreadMs ?? []);
  if (client.length > 0) yield `${spreadWords(client)} at the client`;
  if (arrival.length > 0) yield `${spreadWords(arrival)} on arrival${sourceWords(records)}`;
  else if (client.length > 0) yield "unknown on arrival";
}

function sum(records: readonly RaceReleased[], count: (record: RaceReleased) => number): number {
  return records.reduce((total, record) => total + count(record), 0);
}

/**
 * How close the requests of one barrier came, over all rounds, and what went wrong with holding them:
 * `0.41 ms at the client, 0.38 ms on arrival (measured); 2 answered before release`. Of several rounds the median, and
 * the widest. Empty where nothing is known. Pure.
 */
export function spreadLine(records: readonly RaceReleased[]): string {
  const rounds = new Set(records.map(({ round }) => round)).size;
  const apart = [...spreads(records)].join(", ");
  const early = sum(records, ({ earlyAnswers }) => earlyAnswers);
  const holding = records.filter(({ technique, interrupted }) => HOLDS.has(technique) && !interrupted);
  const [requests, held] = [sum(holding, (each) => each.requests), sum(holding, (each) => each.held)];
  return [
    ...(apart === "" ? [] : [`${rounds > 1 ? `median of ${grouped(rounds)} rounds ` : ""}${apart}`]),
    ...(early > 0 ? [`${grouped(early)} answered before release`] : []),
    ...(held < requests ? [`only ${grouped(held)} of ${grouped(requests)} requests could be held`] : []),
  ].join("; ");
}
