import { setImmediate, setTimeout } from "node:timers/promises";
import type { Outcome } from "../outcome.js";
import type { WaveRequest } from "../race.js";
import { departOnTime, departures } from "./departures.js";
import { Entrant, type WaveContext } from "./entrant.js";
import { rangeOf } from "./round-trips.js";

/** One wave to run. */
export interface Wave {
  readonly requests: readonly (WaveRequest | null)[];
  /** When a writer is let go, in ms from the instant of release. */
  readonly afterMs: (writer: number) => number;
  /** Two round trips, as far as any were measured, in ms. */
  readonly twoTripsMs: number;
  readonly signal: AbortSignal;
}

/** What happened in a wave, before anybody makes sentences of it. */
export interface WaveRun {
  readonly outcomes: readonly (Outcome | null)[];
  /** On the transport's clock. */
  readonly releasedMs: number;
  /** When each request was let go that was held, or needed not be; in ms on a clock of its own. */
  readonly leftMs: ReadonlyMap<number, number>;
  readonly clientSpreadMs: number;
  readonly early: readonly number[];
  readonly unheld: readonly number[];
  /** Connections that had to be opened anew. */
  readonly reopened: number;
}

/** Half of the shortest time-out, and no longer: servers give up on requests that do not end. */
const LONGEST_HOLD_MS = 10_000;

/** Turns of the event loop in which a server in this very process reads what came, and an early answer is seen. */
const READING_TURNS = 8;

/** Waits for what an interrupt makes pointless. */
async function unlessAborted(signal: AbortSignal, waitedFor: Promise<unknown>): Promise<void> {
  if (signal.aborted) return;
  let stop = (): void => undefined;
  const aborted = new Promise<void>((resolve) => {
    stop = resolve;
  });
  signal.addEventListener("abort", stop, { once: true });
  await Promise.race([waitedFor, aborted]);
  signal.removeEventListener("abort", stop);
}

/** Brings every request to where nothing but its end is missing, or to its own end. */
async function hold({ track }: WaveContext, entrants: readonly Entrant[], wave: Wave): Promise<void> {
  for (const entrant of entrants) entrant.announce();
  const started = Promise.all(entrants.map((entrant) => entrant.start(wave.signal)));
  const limitMs = Math.min(LONGEST_HOLD_MS, ...entrants.map(({ timeoutMs }) => timeoutMs / 2));
  const patience = new AbortController();
  const { signal } = patience;
  await Promise.race([started, setTimeout(limitMs, undefined, { signal }).catch(() => undefined)]);
  patience.abort();
  if (!entrants.some(({ held }) => held)) return;
  const bytes = entrants.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0);
  await unlessAborted(wave.signal, track.settle({ bytes, twoTripsMs: wave.twoTripsMs }));
  for (let turn = 0; turn < READING_TURNS; turn++) await setImmediate();
}

/** What one wave notes while its requests leave. */
class Departures {
  readonly leftMs: Map<number, number> = new Map();
  releasedMs: number | null = null;
  readonly #context: WaveContext;
  readonly #signal: AbortSignal;

  constructor(context: WaveContext, signal: AbortSignal) {
    this.#context = context;
    this.#signal = signal;
  }

  get spreadMs(): number {
    return rangeOf([...this.leftMs.values()]);
  }

  depart(entrants: readonly Entrant[]): void {
    const atMs = this.#context.clock.nowMs();
    this.releasedMs ??= atMs;
    if (this.#context.track.holds) this.#letGo(entrants, atMs);
    else this.#start(entrants);
  }

  #letGo(entrants: readonly Entrant[], atMs: number): void {
    const { track } = this.#context;
    const byWriter = new Map(entrants.map((entrant) => [entrant.writer, entrant]));
    const onSent = (writer: number): void => byWriter.get(writer)?.handedOver();
    const held = entrants.filter((entrant) => entrant.held);
    const rest = entrants.filter((entrant) => !entrant.held && entrant.outcome === null);
    const writersOf = (some: readonly Entrant[]): readonly number[] => some.map(({ writer }) => writer);
    track.letGo(writersOf(held), {
      onLeaving: (writer) => void this.leftMs.set(writer, performance.now()),
      onSent,
    });
    if (rest.length > 0) track.letGo(writersOf(rest), { onLeaving: () => undefined, onSent });
    for (const entrant of held) entrant.release(atMs);
    for (const entrant of rest) entrant.release(null);
  }

  #start(entrants: readonly Entrant[]): void {
    for (const entrant of entrants) entrant.announce();
    for (const entrant of entrants) {
      this.leftMs.set(entrant.writer, performance.now());
      void entrant.start(this.#signal);
    }
  }
}

/**
 * Runs one wave over the connections of one race.
 *
 * @throws whatever an observer throws; where requests are held, nothing was sent then
 */
export async function runWave(context: WaveContext, wave: Wave): Promise<WaveRun> {
  const { track, clock } = context;
  const { signal } = wave;
  const entrants = wave.requests.flatMap((each, writer) =>
    each === null ? [] : [new Entrant(context, writer, each)],
  );
  const writers = entrants.filter(({ sends }) => sends).map(({ writer }) => writer);
  let reopened = 0;
  const connecting = track.connect(writers).then((count) => {
    reopened = count;
  });
  await unlessAborted(signal, connecting);
  if (track.holds && entrants.length > 0) await hold(context, entrants, wave);
  const early = track.holds ? entrants.filter(({ answered }) => answered) : [];
  const unheld = track.holds ? entrants.filter(({ held, answered }) => !held && !answered) : [];
  const noted = new Departures(context, signal);
  const all = departures(entrants, ({ writer }) => wave.afterMs(writer));
  const isOver = (): boolean => track.holds && entrants.every(({ outcome }) => outcome !== null);
  await departOnTime(all, (leaving) => noted.depart(leaving), { signal, isOver });
  await Promise.all(entrants.map((entrant) => entrant.over()));
  const outcomes = new Map(entrants.map(({ writer, outcome }) => [writer, outcome]));
  return {
    outcomes: wave.requests.map((_, writer) => outcomes.get(writer) ?? null),
    releasedMs: noted.releasedMs ?? clock.nowMs(),
    leftMs: noted.leftMs,
    clientSpreadMs: noted.spreadMs,
    early: early.map(({ writer }) => writer),
    unheld: unheld.map(({ writer }) => writer),
    reopened,
  };
}
