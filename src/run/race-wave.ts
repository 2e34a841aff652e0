import { correlationIdOf } from "../core/http.js";
import type { RaceReleased } from "../journal/journal.js";
import type { Release } from "../scenario/scenario.js";
import type { RaceLine, WaveResult } from "../transport/race.js";
import type { Outcome } from "../transport/transport.js";
import type { Prepared } from "./exchange-sender.js";
import { hasOverlap, measuredSpreadMs, noteInterrupt } from "./race-record.js";
import { allSettled, type Entry, guard, makeEntry, type Racing, type Skips, writeSkips } from "./racing.js";
import type { Running } from "./running.js";
import { keepRequest, retry, stepToSend, takeOutcome } from "./send-step.js";

function offsetMs(release: Release, writer: number): number {
  if (release.kind === "staggered") return release.everyMs * writer;
  if (release.kind === "offsets") return release.offsetsMs[writer] ?? release.offsetsMs.at(-1) ?? 0;
  return 0;
}

interface Sent {
  readonly entry: Entry;
  readonly outcome: Outcome;
}

async function arrivalOf(
  sent: readonly Sent[],
  result: WaveResult,
  { target }: Running["options"],
): Promise<Pick<RaceReleased, "arrivalSpreadMs" | "arrivalSource">> {
  const ids = sent.flatMap(({ outcome }) =>
    outcome.kind === "response" ? [correlationIdOf(outcome.headers)] : [],
  );
  const asked = ids.filter((id) => id !== null);
  const arrivals = asked.length < 2 ? undefined : await target.arrivals?.(asked);
  const measured = arrivals === undefined ? null : measuredSpreadMs(ids, arrivals);
  if (measured !== null) return { arrivalSpreadMs: micros(measured), arrivalSource: "measured" };
  const estimated = result.estimatedArrivalSpreadMs;
  if (estimated === null) return { arrivalSpreadMs: null, arrivalSource: null };
  return { arrivalSpreadMs: micros(estimated), arrivalSource: "estimated" };
}

function micros(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

async function writeRelease(
  { race, running }: Racing,
  sent: readonly Sent[],
  { result, line, first }: { readonly result: WaveResult; readonly line: RaceLine; readonly first: boolean },
): Promise<void> {
  const { options, round, sender } = running;
  const arrival = await arrivalOf(sent, result, options);
  options.journal.append({
    type: "race",
    step: race.id,
    waves: [...new Set(sent.map(({ entry }) => entry.step.id))],
    round,
    technique: line.technique,
    releasedMs: sender.sinceStart(result.releasedMs),
    clientSpreadMs: micros(result.clientSpreadMs),
    ...arrival,
    earlyAnswers: result.earlyAnswers,
    requests: sent.length,
    held: sent.filter(({ outcome }) => outcome.timings.releasedMs !== null).length,
    formed: hasOverlap(sent.map(({ entry, outcome }) => ({ writer: entry.writer.number, outcome }))),
    ...noteInterrupt(
      options.interrupt,
      sent.map(({ outcome }) => outcome),
    ),
    notes: [...(first ? line.notes : []), ...result.notes],
  });
}

function takeAll(sent: readonly Sent[], prepared: readonly Prepared[]): void {
  for (const [index, { outcome }] of sent.entries()) prepared[index]?.ended(outcome);
  for (const { entry, outcome } of sent) takeOutcome(entry.writer.running, entry.step, outcome);
}

/** Lets the requests of one barrier go, and takes what came of them. */
async function letGo(
  racing: Racing,
  {
    entries,
    line,
    first,
  }: { readonly entries: readonly Entry[]; readonly line: RaceLine; readonly first: boolean },
): Promise<readonly Sent[]> {
  const { race, running, writers } = racing;
  const prepared = await running.sender.prepare(
    entries.map(({ writer, step, request }) => ({ request, step: stepToSend(writer.running, step, 1) })),
  );
  for (const { writer, step, request } of entries) keepRequest(writer.running, step, request);
  const byWriter = new Map(entries.map(({ writer }, index) => [writer.number, prepared[index]]));
  const requests = writers.map(({ number }) => byWriter.get(number) ?? null);
  const offsetsMs = writers.map(({ number }) => offsetMs(race.release, number));
  const result = await line.wave(requests, { offsetsMs }, running.options.interrupt);
  const sent = entries.flatMap((entry): readonly Sent[] => {
    const outcome = result.outcomes[entry.writer.number] ?? null;
    return outcome === null ? [] : [{ entry, outcome }];
  });
  takeAll(sent, prepared);
  await writeRelease(racing, sent, { result, line, first });
  return sent;
}

/**
 * Sends the k-th step of every writer, released together, and then what their retry rules ask for.
 * @throws RefusedRequest, BudgetSpent or NotSendable
 */
export async function runWave(racing: Racing, line: RaceLine, place: number): Promise<void> {
  const skips: Skips = new Map();
  const entries = racing.writers.flatMap((writer) => {
    const step = writer.steps[place];
    return step === undefined ? [] : (makeEntry(writer, step, skips) ?? []);
  });
  const sent = entries.length === 0 ? [] : await letGo(racing, { entries, line, first: place === 0 });
  await allSettled(
    sent.map(({ entry, outcome }) => {
      const { writer, step, request } = entry;
      return guard(writer, step, { skips, run: () => retry(writer.running, step, { request, outcome }) });
    }),
  );
  writeSkips(racing, skips);
}
