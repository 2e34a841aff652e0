import { type HeaderList, headerValue } from "../core/http.js";
import { isSecretHeader } from "../core/redact.js";
import { sendingSteps } from "../plan/build-plan.js";
import { captureValue } from "../plan/capture-value.js";
import { headerText, materialise, withHeader } from "../plan/materialise.js";
import { type MaterialRequest, MissingValue, RefusedRequest, type RunPlan } from "../plan/plan.js";
import type { SendingStep } from "../scenario/scenario.js";
import type { Outcome, Transport } from "../transport/transport.js";
import { BudgetSpent, createSender } from "./exchange-sender.js";
import { bindNames, bindWriter, type Names } from "./names.js";
import type { ExtraSteps, OpenRound, RunOptions } from "./run.js";
import { pause, type Running } from "./running.js";

/** What stands for the sender of extra steps. */
interface Guise {
  readonly options: Pick<SendingStep, "timeoutMs" | "abort" | "as" | "auth">;
  readonly credentials: HeaderList;
}

const OWN: Guise = {
  options: { timeoutMs: null, abort: null, as: null, auth: "valid" },
  credentials: [],
};

/** The credentials that a step's own headers carry, made anew: no other part of its request is needed, nor can be had of a race. */
function credentialsOf(
  step: SendingStep,
  { names, options }: Pick<Running, "names" | "options">,
): HeaderList {
  if (step.kind === "request")
    return step.request.headers
      .filter(([name]) => isSecretHeader(name))
      .map(([name, value]) => [name, headerText(name, value, names.scope)] as const);
  const base = options.plan.stepById.get(step.of);
  const before = base === undefined ? [] : credentialsOf(base, { names, options });
  const set = step.mutations.flatMap((each) => (each.kind === "set" ? each.set.headers : []));
  return set
    .filter(([name]) => isSecretHeader(name))
    .reduce<HeaderList>(
      (all, [name, value]) =>
        withHeader(all, name, value === null ? null : headerText(name, value, names.scope)),
      before,
    );
}

function guiseOf(like: string | null, running: Running): Guise {
  const step = like === null ? undefined : running.options.plan.stepById.get(like);
  if (step === undefined) return OWN;
  const { timeoutMs, as, auth } = step;
  return { options: { timeoutMs, abort: null, as, auth }, credentials: credentialsOf(step, running) };
}

/** Names of its own: random values that nobody had before, and no capture of the scenario in place of a missing one. */
function namesFor({ name, plan }: ExtraSteps, { options, names, seed }: Running): Names {
  const own = bindWriter({ id: name, variables: [] }, 0, { options, names, seed });
  for (const { step } of plan.steps)
    if (step.kind === "request") for (const each of step.captures) own.dropCapture(step.id, each.name);
  return own;
}

function keep(names: Names, step: SendingStep, outcome: Outcome): void {
  if (outcome.kind === "failed") return;
  const answer = { ...outcome, body: Buffer.from(outcome.body).toString("utf8") };
  for (const each of step.captures) {
    const captured = captureValue(each, answer);
    if (captured.found) names.setCapture(step.id, each.name, captured.value);
  }
}

function withCredentials(request: MaterialRequest, credentials: HeaderList): MaterialRequest {
  const headers = credentials.reduce(
    (all, [name, value]) => (headerValue(all, name) === null ? withHeader(all, name, value) : all),
    request.headers,
  );
  return { ...request, headers };
}

/** Off the mock nobody waits longer than the user allows. */
function waitMs(wantedMs: number, { target, maxWaitMs }: Running["options"]): number {
  return target.virtualTime ? wantedMs : Math.min(wantedMs, maxWaitMs);
}

async function sendAll(extra: ExtraSteps, running: Running): Promise<string | null> {
  const { options, sender, round, transport } = running;
  const names = namesFor(extra, running);
  const { options: as, credentials } = guiseOf(extra.like, { ...running, names });
  for (const { step } of extra.plan.steps) {
    if (step.kind === "wait") await pause(running, waitMs(step.durationMs, options));
    if (options.interrupt.aborted) return "interrupted";
    if (step.kind !== "request") continue;
    const request = withCredentials(materialise(step.request, names.scope), credentials);
    const id = `${extra.name}/${step.id}`;
    await options.target.announce?.(id);
    const told = { id, attempt: 1, writer: null, round, options: as };
    const outcome = await sender.send(request, told, { transport: transport(), signal: options.interrupt });
    options.observer.onStep(id, sender.sent(), round);
    if (outcome.kind === "failed") return `${request.method} got no answer: ${outcome.message}`;
    keep(names, step, outcome);
  }
  return null;
}

const BUDGET = "--max-requests allows no more";

/** A request that may not be sent or cannot be made ends the extra steps, and nothing else. */
function reasonOf(error: unknown): string {
  if (error instanceof BudgetSpent) return BUDGET;
  if (error instanceof MissingValue || error instanceof RefusedRequest) return error.message;
  throw error;
}

/** How many requests the plan's clean-up needs: extra steps leave it that much. */
function keptForCleanUp({ steps }: RunPlan): number {
  return steps
    .filter(({ section }) => section === "cleanUp")
    .flatMap(({ step }) => sendingSteps(step))
    .reduce((sum, { times }) => sum + times, 0);
}

function fitsBudget(extra: ExtraSteps, { options, sender }: Running): boolean {
  const { maxRequests } = options.leave;
  const requests = extra.plan.steps.filter(({ step }) => step.kind === "request");
  const needed = requests.length + keptForCleanUp(options.plan);
  return maxRequests === null || sender.sent() + needed <= maxRequests;
}

/** Opens a round for extra steps. What they capture stays with them. */
export function openRound(running: Running): OpenRound {
  return {
    round: running.round,
    send: async (extra) => {
      if (!fitsBudget(extra, running)) return BUDGET;
      try {
        return await sendAll(extra, running);
      } catch (error) {
        return reasonOf(error);
      }
    },
  };
}

/**
 * Opens a round of a run that is over, on a target that may know nothing of it: its journal goes on.
 * @throws GcidemError `output` where the journal cannot be written.
 */
export function reopenRound(options: RunOptions, round: number): OpenRound {
  const { seed } = options;
  const transport = (): Transport => options.transport;
  const names = bindNames(options, seed);
  const sender = createSender(options);
  const common = { options, round, seed, writer: null, names, sender, transport };
  return openRound({ ...common, rereads: new Map(), secrets: new Set() });
}
