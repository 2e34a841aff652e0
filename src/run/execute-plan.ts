import { isWrite } from "../core/http.js";
import { evaluateJson } from "../plan/evaluate-template.js";
import { materialise } from "../plan/materialise.js";
import { EFFECTS_STEP, MissingValue, type PlannedStep, RefusedRequest } from "../plan/plan.js";
import { secretCaptures } from "../plan/secret-captures.js";
import type { SendingStep, Step } from "../scenario/scenario.js";
import { BudgetSpent, createSender } from "./exchange-sender.js";
import { bindNames, boundValue } from "./names.js";
import { parseWorld } from "./parse-world.js";
import type { RunOptions, RunOutcome } from "./run.js";
import { makeRequest, NotSendable, pause, type Running, sendWithRetry } from "./send-step.js";

/** Counts what really happened, before and after each step whose expectations ask for it. */
async function countEffects(running: Running): Promise<void> {
  const { effects } = running.options.plan.scenario;
  if (effects === null) return;
  try {
    const request = materialise(effects.request, running.names.scope);
    const options = { timeoutMs: null, abort: null, as: null, auth: "valid" } as const;
    await running.sender.send(request, { id: EFFECTS_STEP, attempt: 1, options }, running.options.interrupt);
  } catch (error) {
    // The request may name what only the coming step captures: then there is nothing to count yet.
    if (!(error instanceof MissingValue)) throw error;
  }
}

function skip(running: Running, step: Step, reason: string): void {
  running.options.journal.append({ type: "step-skipped", step: step.id, round: 1, reason });
}

function writes(running: Running, step: SendingStep): boolean {
  const request = makeRequest(running, step);
  return isWrite(
    request.method,
    [...request.headers, ...running.options.headers].map(([name]) => name),
  );
}

async function runSending(
  running: Running,
  planned: PlannedStep & { readonly step: SendingStep },
): Promise<void> {
  const { step } = planned;
  const { leave } = running.options;
  try {
    if (leave.readOnly && writes(running, step))
      return skip(running, step, "a write, and --read-only sends none");
    if (planned.countsEffects) await countEffects(running);
    for (let count = 0; count < step.times && !running.options.interrupt.aborted; count++)
      await sendWithRetry(running, planned);
    if (planned.countsEffects) await countEffects(running);
  } catch (error) {
    if (error instanceof MissingValue) return skip(running, step, error.message);
    if (error instanceof RefusedRequest)
      running.sender.refuse(error, { id: step.id, attempt: 1, options: step });
    throw error;
  }
}

async function runStep(running: Running, planned: PlannedStep): Promise<void> {
  const { step } = planned;
  if (step.kind === "compare") return;
  if (step.kind === "wait") return pause(running.options, step.durationMs);
  await runSending(running, { ...planned, step });
}

type Stop = "refused" | "budget" | null;

function stopOf(error: unknown): Stop {
  if (error instanceof RefusedRequest || error instanceof NotSendable) return "refused";
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
  budget: "--max-requests is reached",
} as const;

async function startRun(options: RunOptions): Promise<Running> {
  const names = bindNames(options);
  const { world } = options.plan.scenario;
  await options.target.reset?.({
    seed: options.seed,
    world: world === null ? null : parseWorld(evaluateJson(world, names.scope)),
  });
  const environment = options.plan.scenario.envNames.map(
    ({ name }) => [`env.${name}`, options.env(name)] as const,
  );
  const values = Object.fromEntries(
    [...names.variables, ...environment].map(([name, value]) => [name, boundValue(value, options)]),
  );
  options.journal.append({ type: "bound", round: 1, values });
  return {
    options,
    names,
    sender: createSender(options),
    rereads: new Map(),
    secrets: secretCaptures(options.plan),
  };
}

/**
 * Runs a plan against a target, step by step, and writes what happens into the journal. Clean-up runs also after a
 * refusal, a spent budget or an interrupt (then under a signal of its own).
 * @throws MissingValue where a var has no value; GcidemError `output` where the journal cannot be written.
 */
export async function executePlan(options: RunOptions): Promise<RunOutcome> {
  const running = await startRun(options);
  const { steps } = options.plan;
  const main = steps.filter(({ section }) => section !== "cleanUp");
  const stop = await runSection(running, main);
  const cleaning = { ...running, options: { ...options, interrupt: new AbortController().signal } };
  const cleanStop = await runSection(
    cleaning,
    steps.filter(({ section }) => section === "cleanUp"),
  );
  return {
    requests: running.sender.sent(),
    interrupted: options.interrupt.aborted,
    refused: stop === "refused" || cleanStop === "refused",
    budgetSpent: stop === "budget" || cleanStop === "budget",
  };
}
