import { linkAbort } from "../../core/linked-abort.js";
import type { Outcome, OutgoingRequest } from "../outcome.js";
import type { RaceLine, Release, ReleaseTechnique, WaveRequest, WaveResult } from "../race.js";
import type { WaveContext } from "./entrant.js";
import { describeDelays, describeRun, describeWarmUp } from "./notes.js";
import { arrivalSpreadMs, compensation, largestDifference, shortestMs } from "./round-trips.js";
import { runWave, type WaveRun } from "./run-wave.js";
import { twoTripsMs } from "./settling.js";
import type { RoundTrips } from "./track.js";

/** Connections that differ by less are not looked at any closer. */
const SMALLEST_DIFFERENCE_MS = 2;
/** More rounds than these would say little more, and each costs every writer a request. */
const MEASURING_ROUNDS = 3;
/** One request after the other, so that no answer waits for another's. */
const MEASURING_GAP_MS = 1;

/** Less than this is not worth a warning. */
const FAR_APART_MS = 5;
/** No answer from this machine takes so long, unless it is very busy. */
const DISTANT_MS = 10;

/** Who sends a warm-up request, one this much after the other. */
interface WarmUp {
  readonly of: readonly number[];
  readonly gapMs: number;
  readonly signal: AbortSignal | undefined;
}

type SendWarmUp = (of: readonly number[], gapMs: number) => Promise<WaveRun>;

function roundOf({ outcomes }: WaveRun): RoundTrips {
  return outcomes.map((outcome) => {
    if (outcome?.kind !== "response" || outcome.timings.firstByteMs === null) return null;
    const { firstByteMs, releasedMs, startMs } = outcome.timings;
    return firstByteMs - (releasedMs ?? startMs);
  });
}

/** The line of one race over a track, which it closes. */
export class Line implements RaceLine {
  readonly technique: ReleaseTechnique;
  readonly notes: string[];
  warmUpRequests = 0;
  readonly #context: WaveContext;
  readonly #writers: readonly number[];
  readonly #sharesConnection: boolean;
  readonly #closing: AbortController = new AbortController();
  /** What the requests took that were let go together to warm up, and those that the server had to itself. */
  #together: readonly RoundTrips[] = [];
  #alone: readonly RoundTrips[] = [];
  /** The shortest round trip of any warm-up request. */
  #quickestMs: number = Number.POSITIVE_INFINITY;
  #busy = false;

  /** `why` are notes on how the track was chosen. */
  constructor(context: WaveContext, writers: number, why: readonly string[]) {
    this.technique = context.track.technique;
    this.notes = [...why];
    this.#context = context;
    this.#writers = Array.from({ length: writers }, (_, writer) => writer);
    this.#sharesConnection = this.technique === "h2";
  }

  /** Sends this request once for each writer, and again where that tells something; resolves to the first outcomes. */
  async warmUp(request: OutgoingRequest, signal?: AbortSignal): Promise<readonly Outcome[]> {
    const send: SendWarmUp = (of, gapMs) => this.#sendWarmUp(request, { of, gapMs, signal });
    const run = await send(this.#writers, 0);
    const first = roundOf(run);
    const outcomes = run.outcomes.filter((outcome) => outcome !== null);
    this.notes.push(...describeWarmUp(outcomes));
    this.#together = [first];
    if (this.technique !== "naive" && !this.#sharesConnection) await this.#measure(send, first);
    this.notes.push(...describeDelays(this.#delaysMs()));
    return outcomes;
  }

  async wave(
    requests: readonly (WaveRequest | null)[],
    { offsetsMs }: Release,
    signal?: AbortSignal,
  ): Promise<WaveResult> {
    const writers = this.#writers.length;
    if (requests.length !== writers || offsetsMs.length !== writers) {
      throw new RangeError(`a wave of this race needs ${writers} requests and ${writers} offsets`);
    }
    const offsetMs = (writer: number): number => offsetsMs[writer] ?? 0;
    const run = await this.#run(requests, offsetMs, signal);
    const { outcomes, releasedMs, leftMs, clientSpreadMs, early, unheld } = run;
    const own = roundOf(run);
    const unwanted = [...leftMs].map(([writer, atMs]) => [writer, atMs - offsetMs(writer)] as const);
    const apartMs = this.#spreadMs(new Map(unwanted), own);
    return {
      outcomes,
      releasedMs,
      clientSpreadMs,
      estimatedArrivalSpreadMs: this.#spreadMs(leftMs, own),
      earlyAnswers: early.length,
      unheld,
      notes: describeRun(run, this.#isFarApart(apartMs, own) ? apartMs : null),
    };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#context.track.close();
  }

  async #sendWarmUp(request: OutgoingRequest, { of, gapMs, signal }: WarmUp): Promise<WaveRun> {
    this.warmUpRequests += of.length;
    const requests = this.#writers.map((writer) => (of.includes(writer) ? { request } : null));
    const run = await this.#run(requests, (writer) => of.indexOf(writer) * gapMs, signal);
    const tookMs = roundOf(run).filter((each) => each !== null);
    this.#quickestMs = Math.min(this.#quickestMs, ...tookMs);
    return run;
  }

  /** The two whose connections differ most are asked again; only where they still differ does everybody send more. */
  async #measure(send: SendWarmUp, first: RoundTrips): Promise<void> {
    const found = largestDifference(first);
    if (found === null || found.differenceMs < SMALLEST_DIFFERENCE_MS) return;
    const { quickest, slowest, differenceMs } = found;
    const again = roundOf(await send([quickest, slowest], MEASURING_GAP_MS));
    const stillMs = (again[slowest] ?? 0) - (again[quickest] ?? 0);
    if (stillMs < Math.max(SMALLEST_DIFFERENCE_MS, differenceMs / 2)) return;
    for (let round = 0; round < MEASURING_ROUNDS; round++) {
      this.#alone = [...this.#alone, roundOf(await send(this.#writers, MEASURING_GAP_MS))];
    }
  }

  #delaysMs(): ReadonlyMap<number, number> | null {
    const rounds = this.#sharesConnection ? this.#context.track.roundTrips() : this.#alone;
    return compensation(this.#writers, rounds);
  }

  #spreadMs(leftMs: ReadonlyMap<number, number>, own: RoundTrips): number | null {
    if (this.technique === "naive") return null;
    const requests = this.#sharesConnection ? [] : [...this.#alone, ...this.#together, own];
    return arrivalSpreadMs(leftMs, [...this.#context.track.roundTrips(), ...requests]);
  }

  /** Whether the network kept requests apart. What a busy machine does on loopback is no network's doing. */
  #isFarApart(apartMs: number | null, own: RoundTrips): boolean {
    if (apartMs === null || apartMs < FAR_APART_MS || this.#sharesConnection) return false;
    return Math.min(this.#quickestMs, ...own.filter((each) => each !== null)) >= DISTANT_MS;
  }

  async #run(
    requests: readonly (WaveRequest | null)[],
    offsetMs: (writer: number) => number,
    signal?: AbortSignal,
  ): Promise<WaveRun> {
    if (this.#closing.signal.aborted || this.#context.closing.aborted) throw new Error("this race is closed");
    if (this.#busy) throw new Error("the last wave of this race is not over");
    this.#busy = true;
    const delaysMs = this.#delaysMs();
    const own = [this.#context.closing, this.#closing.signal];
    const ending = linkAbort(signal === undefined ? own : [...own, signal]);
    const known = [...this.#context.track.roundTrips(), ...this.#alone, ...this.#together];
    try {
      return await runWave(this.#context, {
        requests,
        afterMs: (writer) => offsetMs(writer) + (delaysMs?.get(writer) ?? 0),
        twoTripsMs: twoTripsMs(shortestMs(this.#writers, known)),
        signal: ending.signal,
      });
    } catch (error) {
      ending.abort();
      throw error;
    } finally {
      ending.unlink();
      this.#busy = false;
    }
  }
}
