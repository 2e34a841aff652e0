import { GcidemError } from "../core/errors.js";
import type { RaceStep } from "../scenario/scenario.js";
import type { RaceLine } from "../transport/race.js";
import type { Outcome, OutgoingRequest, Transport } from "../transport/transport.js";
import { bindWriter, boundValue } from "./names.js";
import { hasOverlap, noteInterrupt, unheldRace } from "./race-record.js";
import { runWave } from "./race-wave.js";
import {
  allSettled,
  guard,
  makeEntry,
  noteSkip,
  type Racing,
  type Skips,
  type Writer,
  writeSkips,
} from "./racing.js";
import type { RunObserver, RunOptions } from "./run.js";
import type { Running } from "./running.js";
import { noteBound, sendMade } from "./send-step.js";

/** A race cannot be formed at all, by this machine or with this server. Nothing of it was sent. */
export class RaceNotFormed extends Error {
  override readonly name = "RaceNotFormed";

  constructor(cause: GcidemError) {
    super(cause.hint === undefined ? cause.message : `${cause.message} (${cause.hint})`, { cause });
  }
}

/** What a thousand writers warn of is said once. */
function warningOnce(observer: RunObserver): RunObserver {
  const said = new Set<string>();
  return {
    ...observer,
    onWarning: (message) => {
      if (said.has(message)) return;
      said.add(message);
      observer.onWarning(message);
    },
  };
}

/** Transports that writers open for themselves. */
interface OwnTransports {
  /** Gives a writer's own, which is opened when it is first asked for. `onOutcome` hears of all that goes over it. */
  readonly lend: (onOutcome: (outcome: Outcome) => void) => () => Transport;
  readonly close: () => Promise<void>;
}

function ownTransports({ openTransport }: RunOptions): OwnTransports {
  const opened: Transport[] = [];
  const open = (onOutcome: (outcome: Outcome) => void): Transport => {
    const transport = openTransport();
    opened.push(transport);
    const send: Transport["send"] = async (request, observer, signal) => {
      const outcome = await transport.send(request, observer, signal);
      onOutcome(outcome);
      return outcome;
    };
    return { ...transport, send };
  };
  return {
    lend: (onOutcome) => {
      let own: Transport | null = null;
      return () => {
        own ??= open(onOutcome);
        return own;
      };
    },
    close: async () => {
      await Promise.all(opened.map((transport) => transport.close()));
    },
  };
}

/** What writers sent by themselves. */
type OwnSent = { readonly writer: number; readonly outcome: Outcome }[];

/** @throws MissingValue where a var of the race needs what was not captured. */
function startWriters(
  race: RaceStep,
  running: Running,
  { transports, sent }: { readonly transports: OwnTransports; readonly sent: OwnSent },
): readonly Writer[] {
  const { options, names, seed } = running;
  return race.writers.map((steps, number): Writer => {
    const own = bindWriter(race, number, { options, names, seed });
    const transport = transports.lend((outcome) => sent.push({ writer: number, outcome }));
    const writer: Running = { ...running, writer: number, names: own, transport, rereads: new Map() };
    const values = [...own.variables].map(([name, value]) => [name, boundValue(value, options)] as const);
    noteBound(writer, Object.fromEntries(values));
    return { running: writer, number, steps };
  });
}

/** A mock answers this without a trace, a count or a change; no other server is sent anything that no step asks for. */
function warmUpFor({ target, timeoutMs }: RunOptions): OutgoingRequest | null {
  if (target.kind !== "mock") return null;
  const url = `${target.baseUrl}/__gcidem/clock`;
  return { method: "GET", url, headers: [], body: null, timeoutMs, abort: null };
}

/** Long enough for a slow network to repeat what it lost twice. */
const LONGEST_CONNECT_MS = 10_000;

/** Nobody who gives a request two seconds wants to wait longer for the connection that it goes over. */
function connectLimitMs({ writers }: RaceStep, { timeoutMs }: RunOptions): number {
  const longest = writers.flat().reduce((most, step) => Math.max(most, step.timeoutMs ?? timeoutMs), 0);
  return Math.min(longest, LONGEST_CONNECT_MS);
}

/** @throws RaceNotFormed */
async function openLine({ race, running: { options } }: Racing): Promise<RaceLine> {
  const { transport, target, technique, interrupt } = options;
  const wanted = {
    url: `${target.baseUrl}/`,
    writers: race.writers.length,
    technique,
    connectLimitMs: connectLimitMs(race, options),
  };
  try {
    return await transport.openRace({ ...wanted, warmUp: warmUpFor(options) }, interrupt);
  } catch (error) {
    throw error instanceof GcidemError ? new RaceNotFormed(error) : error;
  }
}

/** The mock's own time goes at real speed from the first release to the last answer. */
function atRealSpeed({ target }: RunOptions, run: () => Promise<void>): Promise<void> {
  return target.atRealSpeed === undefined ? run() : target.atRealSpeed(run);
}

function skipPlaces({ race, running }: Racing, from: number): void {
  const { options, round } = running;
  const left = new Set(race.writers.flatMap((steps) => steps.slice(from).map(({ id }) => id)));
  for (const step of left)
    options.journal.append({ type: "step-skipped", step, round, reason: "interrupted" });
}

async function runTogether(racing: Racing): Promise<void> {
  const { options } = racing.running;
  const places = racing.race.writers.reduce((most, steps) => Math.max(most, steps.length), 0);
  const line = await openLine(racing);
  try {
    await atRealSpeed(options, async () => {
      for (let place = 0; place < places; place++) {
        if (options.interrupt.aborted) return skipPlaces(racing, place);
        await runWave(racing, line, place);
      }
    });
  } finally {
    await line.close();
  }
}

async function goAlone(writer: Writer, skips: Skips): Promise<void> {
  for (const step of writer.steps) {
    if (writer.running.options.interrupt.aborted) {
      noteSkip(skips, writer, { step: step.id, reason: "interrupted" });
      continue;
    }
    const entry = makeEntry(writer, step, skips);
    if (entry === null) continue;
    await guard(writer, step, { skips, run: () => sendMade(writer.running, step, entry.request) });
  }
}

async function runAsReady(racing: Racing, sent: OwnSent): Promise<void> {
  const { race, running, writers } = racing;
  const { options, round } = running;
  const skips: Skips = new Map();
  try {
    await atRealSpeed(options, () => allSettled(writers.map((writer) => goAlone(writer, skips))));
  } finally {
    writeSkips(racing, skips);
    const waves = [...new Set(race.writers.flat().map(({ id }) => id))];
    const ended = noteInterrupt(
      options.interrupt,
      sent.map(({ outcome }) => outcome),
    );
    const barrier = { step: race.id, waves, round, requests: sent.length };
    options.journal.append(unheldRace({ ...barrier, formed: hasOverlap(sent), ...ended }));
  }
}

/**
 * Runs a race: every writer does its steps, and before each waits for the others, unless it goes as soon as it is ready.
 * @throws RaceNotFormed, RefusedRequest, BudgetSpent or NotSendable; MissingValue before anything of it was sent.
 */
export async function executeRace(around: Running, race: RaceStep): Promise<void> {
  const observer = warningOnce(around.options.observer);
  const running: Running = { ...around, options: { ...around.options, observer } };
  const transports = ownTransports(running.options);
  const sent: OwnSent = [];
  try {
    const writers = startWriters(race, running, { transports, sent });
    const racing: Racing = { race, running, writers };
    if (race.release.kind === "as-ready") await runAsReady(racing, sent);
    else await runTogether(racing);
  } finally {
    await transports.close();
  }
}
