import { isWrite } from "../core/http.js";
import { linkAbort } from "../core/linked-abort.js";
import { evaluateJson } from "../plan/evaluate-template.js";
import { materialise } from "../plan/materialise.js";
import { EFFECTS_STEP, MissingValue, type PlannedStep, RefusedRequest } from "../plan/plan.js";
import { secretCaptures } from "../plan/secret-captures.js";
import type { RaceStep, SendingStep, Step } from "../scenario/scenario.js";
import type { Transport } from "../transport/transport.js";
import { BudgetSpent, createSender, type ExchangeSender } from "./exchange-sender.js";
import { executeRace, RaceNotFormed } from "./execute-race.js";
import { bindNames, boundValue } from "./names.js";
import { openRound } from "./open-round.js";
import { parseWorld } from "./parse-world.js";
import type { RunOptions, RunOutcome } from "./run.js";
import { pause, type Running } from "./running.js";
import { makeRequest, NotSendable, noteBound, sendWithRetry, stepToSend } from "./send-step.js";

/** Counts what really happened, before and after each step whose expectations ask for it. */
async function countEffects(running: Running): Promise<void> {
  const { effects } = running.options.plan.scenario;
  if (effects === null) return;
  try {
    const request = materialise(effects.request, running.names.scope);
    const options = { timeoutMs: null, abort: null, as: null, auth: "valid" } as const;
    const step = { id: EFFECTS_STEP, attempt: 1, writer: null, round: running.round, options };
    const via = { transport: running.transport(), signal: running.options.interrupt };
    await running.sender.send(request, step, via);
  } catch (error) {
    // The request may name what only the coming step captures: then there is nothing to count yet.
    if (!(error instanceof MissingValue)) throw error;
  }
}

function skip(running: Running, step: Step, reason: string): void {
  running.options.journal.append({ type: "step-skipped", step: step.id, round: running.round, reason });
}

function writes(running: Running, step: SendingStep): boolean {
  const request = makeRequest(running, step);
  return isWrite(
    request.method,
    [...request.headers, ...running.options.headers].map(([name]) => name),
  );
}

async function sendTimes(running: Running, step: SendingStep): Promise<void> {
  for (let count = 0; count < step.times && !running.options.interrupt.aborted; count++)
    await sendWithRetry(running, step);
}

async function counted(running: Running, planned: PlannedStep, run: () => Promise<void>): Promise<void> {
  if (planned.countsEffects) await countEffects(running);
  await run();
  if (planned.countsEffects) await countEffects(running);
}

async function runSending(running: Running, planned: PlannedStep, step: SendingStep): Promise<void> {
  try {
    if (running.options.leave.readOnly && writes(running, step))
      return skip(running, step, "a write, and --read-only sends none");
    await counted(running, planned, () => sendTimes(running, step));
  } catch (error) {
    if (error instanceof MissingValue) return skip(running, step, error.message);
    if (error instanceof RefusedRequest) running.sender.refuse(error, stepToSend(running, step, 1));
    throw error;
  }
}

async function runRace(running: Running, planned: PlannedStep, race: RaceStep): Promise<void> {
  try {
    await counted(running, planned, () => executeRace(running, race));
  } catch (error) {
    if (error instanceof MissingValue) return skip(running, race, error.message);
    if (!(error instanceof RaceNotFormed)) throw error;
    running.options.observer.onWarning(`race ${race.id}: ${error.message}`);
    skip(running, race, error.message);
    throw error;
  }
}

async function runStep(running: Running, planned: PlannedStep): Promise<void> {
  const { step } = planned;
  if (step.kind === "compare") return;
  if (step.kind === "wait") return pause(running, step.durationMs);
  if (step.kind === "race") return runRace(running, planned, step);
  await runSending(running, planned, step);
}

type Stop = "refused" | "budget" | "unformed" | null;

function stopOf(error: unknown): Stop {
  if (error instanceof RefusedRequest || error instanceof NotSendable) return "refused";
  if (error instanceof RaceNotFormed) return "unformed";
  if (error instanceof BudgetSpent) return "budget";
  throw error;
}

/** Runs the steps of some sections; a refused request or a spent budget ends the section, and what is left is skipped. */
async function runSection(running: Running, steps: readonly PlannedStep[]): Promise<Stop> {
  let stop: Stop = null;
  for (const planned of steps) {
    if (stop !== null || running.options.interrupt.aborted) {
      if (planned.step.kind !== "wait" && planned.step.kind !== "compare") {
        skip(running, planned.step, stop === null ? "interrupted" : STOPPED[stop]);
      }
      continue;
    }
    try {
      await runStep(running, planned);
    } catch (error) {
      stop = stopOf(error);
      if (stop === "budget") skip(running, planned.step, STOPPED.budget);
    }
  }
  return stop;
}

const STOPPED = {
  refused: "an earlier request was refused",
  unformed: "an earlier race could not be formed",
  budget: "--max-requests is reached",
} as const;

/** What all rounds of a run have in common. */
interface Shared {
  readonly options: RunOptions;
  readonly sender: ExchangeSender;
  readonly secrets: ReadonlySet<string>;
}

/** Seeds have 32 bits. */
function seedOf(round: number, { seed }: RunOptions): number {
  return (seed + round - 1) % 2 ** 32;
}

/** Vars anew and, on a mock, the world and the store anew. */
async function startRound({ options, sender, secrets }: Shared, round: number): Promise<Running> {
  const seed = seedOf(round, options);
  const names = bindNames(options, seed);
  const { world } = options.plan.scenario;
  await options.target.reset?.({
    seed,
    world: world === null ? null : parseWorld(evaluateJson(world, names.scope)),
  });
  const environment = options.plan.scenario.envNames.map(
    ({ name }) => [`env.${name}`, options.env(name)] as const,
  );
  const values = [...names.variables, ...environment].map(
    ([name, value]) => [name, boundValue(value, options)] as const,
  );
  const transport = (): Transport => options.transport;
  const rereads = new Map<string, number>();
  const running = { options, round, seed, writer: null, names, sender, transport, rereads, secrets };
  noteBound(running, Object.fromEntries(values));
  return running;
}

/** Clean-up runs also after a refusal, a spent budget or an interrupt (then under a signal of its own). */
async function runRound(shared: Shared, round: number): Promise<ReadonlySet<Stop>> {
  const running = await startRound(shared, round);
  const { steps } = shared.options.plan;
  const isCleanUp = ({ section }: PlannedStep): boolean => section === "cleanUp";
  const stop = await runSection(
    running,
    steps.filter((planned) => !isCleanUp(planned)),
  );
  if (stop === null && !shared.options.interrupt.aborted)
    await shared.options.beforeCleanUp?.(openRound(running));
  const cleaning = { ...running, options: { ...shared.options, interrupt: linkAbort([]).signal } };
  return new Set([stop, await runSection(cleaning, steps.filter(isCleanUp))]);
}

/**
 * Runs a plan against a target, step by step, and writes what happens into the journal. After each round `goesOn` is asked
 * whether there is another; a refusal, a spent budget or an interrupt is the end in any case.
 * @throws MissingValue where a var has no value; GcidemError `output` where the journal cannot be written.
 */
export async function executePlan(
  options: RunOptions,
  goesOn: (round: number) => boolean = () => false,
): Promise<RunOutcome> {
  // A thousand writers listen to it at a time, which Node would take for a leak of the caller's own signal.
  const ending = linkAbort([options.interrupt]);
  try {
    return await executeRounds({ ...options, interrupt: ending.signal }, goesOn);
  } finally {
    ending.unlink();
  }
}

async function executeRounds(options: RunOptions, goesOn: (round: number) => boolean): Promise<RunOutcome> {
  const sender = createSender(options);
  const shared: Shared = { options, sender, secrets: secretCaptures(options.plan) };
  for (let round = 1; ; round++) {
    const stops = await runRound(shared, round);
    const stopped = stops.size > 1 || !stops.has(null);
    if (!stopped && !options.interrupt.aborted && goesOn(round)) continue;
    return {
      rounds: round,
      requests: sender.sent(),
      interrupted: options.interrupt.aborted,
      refused: stops.has("refused") || stops.has("unformed"),
      budgetSpent: stops.has("budget"),
    };
  }
}
