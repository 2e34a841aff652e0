import { BUDGET_SPENT } from "../journal/journal.js";
import { sendingSteps } from "../plan/build-plan.js";
import { materialise } from "../plan/materialise.js";
import { EFFECTS_STEP, MissingValue, type PlannedStep, RefusedRequest } from "../plan/plan.js";
import type { RaceStep, SendingStep, Step } from "../scenario/scenario.js";
import { leftOutReason } from "./check-leave.js";
import { BudgetSpent } from "./exchange-sender.js";
import { executeRace, RaceNotFormed } from "./execute-race.js";
import { pause, type Running } from "./running.js";
import { makeRequest, NotSendable, sendTimes, stepToSend } from "./send-step.js";

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
  for (const { id } of sendingSteps(step)) running.onSkip?.(id, reason);
  running.options.journal.append({ type: "step-skipped", step: step.id, round: running.round, reason });
}

async function counted(running: Running, planned: PlannedStep, run: () => Promise<void>): Promise<void> {
  if (planned.countsEffects) await countEffects(running);
  await run();
  if (planned.countsEffects) await countEffects(running);
}

async function runSending(running: Running, planned: PlannedStep, step: SendingStep): Promise<void> {
  try {
    const reason = running.options.leave.readOnly
      ? leftOutReason(makeRequest(running, step), running.options)
      : null;
    if (reason !== null) return skip(running, step, reason);
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

/** A wait is for what was written before it: `--read-only` sits through none that follows a write that was left out. */
async function runWait(running: Running, step: Extract<Step, { readonly kind: "wait" }>): Promise<void> {
  const idle = running.options.leave.readOnly && running.hasSkipped?.() === true;
  if (idle) return skip(running, step, "nothing was written that it could wait for");
  await pause(running, step.durationMs);
}

async function runStep(running: Running, planned: PlannedStep): Promise<void> {
  const { step } = planned;
  if (step.kind === "compare") return;
  if (step.kind === "wait") return runWait(running, step);
  if (step.kind === "race") return runRace(running, planned, step);
  await runSending(running, planned, step);
}

/** Why a section ended before its last step. */
export type Stop = "refused" | "budget" | "unformed";

function stopOf(error: unknown): Stop {
  if (error instanceof RefusedRequest || error instanceof NotSendable) return "refused";
  if (error instanceof RaceNotFormed) return "unformed";
  if (error instanceof BudgetSpent) return "budget";
  throw error;
}

/**
 * Runs steps in order. An interrupt, a refused request or a spent budget is the end, and what is left is skipped; `each`: a
 * refusal is not, as each step removes something of its own.
 * @throws GcidemError where the journal cannot be written or the target's login is refused.
 */
export async function runSection(
  running: Running,
  steps: readonly PlannedStep[],
  after: "refusal ends" | "each",
): Promise<ReadonlySet<Stop>> {
  const stops = new Set<Stop>();
  let ended: Stop | null = null;
  for (const planned of steps) {
    if (ended !== null || running.options.interrupt.aborted) {
      if (planned.step.kind !== "wait" && planned.step.kind !== "compare") {
        skip(running, planned.step, ended === null ? "interrupted" : STOPPED[ended]);
      }
      continue;
    }
    try {
      await runStep(running, planned);
    } catch (error) {
      const stop = stopOf(error);
      stops.add(stop);
      if (stop === "budget") skip(running, planned.step, STOPPED.budget);
      if (stop === "refused" && error instanceof Error) running.onSkip?.(planned.step.id, error.message);
      if (stop === "budget" || after === "refusal ends") ended = stop;
    }
  }
  return stops;
}

const STOPPED = {
  refused: "an earlier request was refused",
  unformed: "an earlier race could not be formed",
  budget: BUDGET_SPENT,
} as const;
