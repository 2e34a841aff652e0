import { GcidemError } from "../core/errors.js";
import { linkAbort } from "../core/linked-abort.js";
import { evaluateJson } from "../plan/evaluate-template.js";
import { secretCaptures } from "../plan/secret-captures.js";
import type { Transport } from "../transport/transport.js";
import { cleanUp, cleanUpAfterError, isCleanUp } from "./clean-up.js";
import { createSender, type ExchangeSender } from "./exchange-sender.js";
import { type Ledger, openLedger } from "./ledger.js";
import { bindNames, boundValue } from "./names.js";
import { cleanUpSteps } from "./not-removed.js";
import { openRound } from "./open-round.js";
import { parseWorld } from "./parse-world.js";
import type { RunOptions, RunOutcome } from "./run.js";
import { runSection, type Stop } from "./run-section.js";
import type { Running } from "./running.js";
import { noteBound } from "./send-step.js";

/** What all rounds of a run have in common. */
interface Shared {
  readonly options: RunOptions;
  readonly sender: ExchangeSender;
  readonly secrets: ReadonlySet<string>;
  readonly ledger: Ledger;
}

/** Seeds have 32 bits. */
function seedOf(round: number, { seed }: RunOptions): number {
  return (seed + round - 1) % 2 ** 32;
}

/** Vars anew and, on a mock, the world and the store anew. */
async function startRound(shared: Shared, round: number): Promise<Running> {
  const { options, sender, secrets, ledger } = shared;
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
  ledger.begin();
  const common = { options, round, seed, writer: null, names, sender, transport, rereads, secrets };
  const running: Running = { ...common, onSkip: ledger.left, hasSkipped: ledger.hasLeft };
  noteBound(running, Object.fromEntries(values));
  return running;
}

async function runRound(shared: Shared, round: number): Promise<ReadonlySet<Stop>> {
  const { options, ledger } = shared;
  const running = await startRound(shared, round);
  const steps = options.plan.steps.filter((planned) => !isCleanUp(planned));
  let stops: ReadonlySet<Stop> = new Set();
  try {
    stops = await runSection(running, steps, "refusal ends");
    if (stops.size === 0 && !options.interrupt.aborted) await options.beforeCleanUp?.(openRound(running));
  } catch (error) {
    // What cannot be written down may not be sent.
    if (!(error instanceof GcidemError && error.code === "output")) await cleanUpAfterError(running, ledger);
    throw error;
  }
  const cleaned = await cleanUp(running, ledger);
  return new Set([...stops, ...cleaned.stops]);
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
  const ledger = openLedger(new Set(cleanUpSteps(options.plan).map(({ id }) => id)));
  const sender = createSender(options, ledger.onExchange);
  const shared: Shared = { options, sender, secrets: secretCaptures(options.plan), ledger };
  for (let round = 1; ; round++) {
    const stops = await runRound(shared, round);
    if (stops.size === 0 && !options.interrupt.aborted && goesOn(round)) continue;
    return {
      rounds: round,
      requests: sender.sent(),
      interrupted: options.interrupt.aborted,
      refused: stops.has("refused") || stops.has("unformed"),
      budgetSpent: stops.has("budget"),
    };
  }
}
