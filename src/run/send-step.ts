import { headerValue } from "../core/http.js";
import { captureValue } from "../plan/capture-value.js";
import { textOf } from "../plan/evaluate-template.js";
import { keyHeaderOf, materialise, withHeader } from "../plan/materialise.js";
import { mutate } from "../plan/mutate.js";
import type { MaterialRequest } from "../plan/plan.js";
import { expressionsOf, findTemplates } from "../scenario/find-templates.js";
import type { SendingStep } from "../scenario/scenario.js";
import type { Outcome } from "../transport/transport.js";
import type { StepToSend } from "./exchange-book.js";
import { logInAgain } from "./log-in-again.js";
import { boundValue } from "./names.js";
import { isRetried, retryPauseMs } from "./retry-pause.js";
import { pause, type Running } from "./running.js";

/** The transport would not send a request that it was given; the journal has it already. */
export class NotSendable extends Error {
  override readonly name = "NotSendable";
}

/** Makes a step's request from its template, or from the request that it repeats. */
export function makeRequest(running: Running, step: SendingStep): MaterialRequest {
  const { names } = running;
  if (step.kind === "request") return materialise(step.request, names.scope);
  return mutate(names.keptRequest(step.of), step.mutations, names.scope);
}

function learnSecrets(running: Running, step: SendingStep, outcome: Outcome): void {
  const secret = step.captures.filter(({ name }) => running.secrets.has(`${step.id}.${name}`));
  if (outcome.kind === "failed" || secret.length === 0) return;
  const answer = { ...outcome, body: Buffer.from(outcome.body).toString("utf8") };
  for (const each of secret) {
    const captured = captureValue(each, answer);
    if (captured.found) running.options.redactor.learn(textOf(captured.value));
  }
}

function capture(running: Running, step: SendingStep, outcome: Outcome): void {
  const { names, options } = running;
  for (const { name } of step.captures) names.dropCapture(step.id, name);
  if (outcome.kind === "failed" || step.captures.length === 0) return;
  const correlationNames = options.target.names?.correlationId;
  const answer = { ...outcome, body: Buffer.from(outcome.body).toString("utf8"), correlationNames };
  const bound: Record<string, unknown> = {};
  for (const each of step.captures) {
    const captured = captureValue(each, answer);
    if (!captured.found) {
      options.observer.onWarning(`step ${step.id}: capture ${each.name}: ${captured.reason}`);
      continue;
    }
    names.setCapture(step.id, each.name, captured.value);
    bound[`${step.id}.${each.name}`] = boundValue(captured.value, options);
  }
  if (Object.keys(bound).length > 0) noteBound(running, bound);
}

/** Writes down what names were bound to. */
export function noteBound(
  { options, round, writer }: Running,
  values: Readonly<Record<string, unknown>>,
): void {
  options.journal.append({ type: "bound", round, ...(writer === null ? {} : { writer }), values });
}

/** What the journal says of an attempt of a step. */
export function stepToSend(running: Running, step: SendingStep, attempt: number): StepToSend {
  return {
    id: step.id,
    attempt,
    writer: running.writer,
    round: running.round,
    options: step,
    onOutcome: (received) => learnSecrets(running, step, received),
  };
}

/** Takes what came of an attempt. @throws NotSendable */
export function takeOutcome(running: Running, step: SendingStep, outcome: Outcome): void {
  const { options, sender, round } = running;
  options.observer.onStep(step.id, sender.sent(), round);
  if (outcome.kind === "failed" && outcome.phase === "refused") throw new NotSendable(outcome.message);
  capture(running, step, outcome);
}

async function attempt(
  running: Running,
  step: SendingStep,
  made: { readonly request: MaterialRequest; readonly attempt: number },
): Promise<Outcome> {
  const { options, sender } = running;
  // Of requests that arrive together nobody can say which is the next one.
  if (running.writer === null) await options.target.announce?.(step.id);
  const via = { transport: running.transport(), signal: options.interrupt };
  const outcome = await sender.send(made.request, stepToSend(running, step, made.attempt), via);
  takeOutcome(running, step, outcome);
  return outcome;
}

async function reread(running: Running, id: string): Promise<void> {
  const step = running.options.plan.stepById.get(id);
  if (step === undefined) return;
  const count = (running.rereads.get(id) ?? 1) + 1;
  running.rereads.set(id, count);
  await attempt(running, step, { request: makeRequest(running, step), attempt: count });
}

function withNewKey(running: Running, request: MaterialRequest): MaterialRequest {
  const name = keyHeaderOf(request);
  const value = name === null ? null : headerValue(request.headers, name);
  if (name === null || value === null) return request;
  const fresh = running.names.random.uuid();
  return {
    ...request,
    headers: withHeader(request.headers, name, value.startsWith('"') ? `"${fresh}"` : fresh),
  };
}

async function nextRequest(
  running: Running,
  step: SendingStep,
  last: MaterialRequest,
): Promise<MaterialRequest> {
  if (step.retry === null) return last;
  let request = last;
  if (step.retry.reread !== null) {
    await reread(running, step.retry.reread);
    request = makeRequest(running, step);
  }
  return step.retry.newKey ? withNewKey(running, request) : request;
}

/** Keeps a request's bytes where another step repeats them. */
export function keepRequest(running: Running, step: SendingStep, request: MaterialRequest): void {
  if (running.options.plan.repeated.has(step.id)) running.names.keepRequest(step.id, request);
}

/** The pause before the next attempt; null where there is none to be. */
function pauseBeforeNext(
  running: Running,
  step: SendingStep,
  ended: { readonly outcome: Outcome; readonly attempt: number },
): number | null {
  const { options, names, writer } = running;
  const { retry } = step;
  if (retry === null || ended.attempt > retry.max || !isRetried(retry, ended.outcome)) return null;
  if (options.interrupt.aborted) return null;
  const nowEpochMs = options.target.clock.epochMs();
  const pauseMs = retryPauseMs(retry, { ...ended, nowEpochMs }, names.random);
  const takesTime = !options.target.virtualTime || writer !== null;
  if (!takesTime || pauseMs <= options.maxWaitMs) return pauseMs;
  options.observer.onWarning(
    `step ${step.id}: the server asks for a pause of ${Math.ceil(pauseMs / 1000)} s, longer than --max-wait: not tried again`,
  );
  return null;
}

/** Sends a step again until its retry rule is content, after its first attempt came to something. */
export async function retry(
  running: Running,
  step: SendingStep,
  first: { readonly request: MaterialRequest; readonly outcome: Outcome },
): Promise<void> {
  let { request, outcome } = first;
  /** Sent once more after a login, which no retry rule counts. */
  let extra = 0;
  for (let number = 1; ; number++) {
    if (running.options.target.manners !== undefined && extra === 0) {
      extra = (await logInAgain(running, step, { request, outcome })) ? 1 : 0;
      if (extra === 1) outcome = await attempt(running, step, { request, attempt: number + extra });
    }
    const pauseMs = pauseBeforeNext(running, step, { outcome, attempt: number });
    if (pauseMs === null) return;
    await pause(running, pauseMs);
    // An attempt that cannot leave any more is none.
    if (running.options.interrupt.aborted) return;
    request = await nextRequest(running, step, request);
    keepRequest(running, step, request);
    outcome = await attempt(running, step, { request, attempt: number + extra + 1 });
  }
}

/** Sends a request that is made until its step's retry rule is content. Each attempt is an exchange of its own. */
export async function sendMade(running: Running, step: SendingStep, request: MaterialRequest): Promise<void> {
  keepRequest(running, step, request);
  const outcome = await attempt(running, step, { request, attempt: 1 });
  await retry(running, step, { request, outcome });
}

/** True where a step's request is the same each time: nothing in it is filled in, and no file is read for it. */
function isFixed(step: SendingStep): boolean {
  if (step.kind !== "request" || step.request.body?.kind === "file") return false;
  return [...findTemplates(step.request)].every((template) => expressionsOf(template).length === 0);
}

/** Sends a step so often as it says, each time until its retry rule is content. */
export async function sendTimes(running: Running, step: SendingStep): Promise<void> {
  const fixed = step.times > 1 && isFixed(step) ? makeRequest(running, step) : null;
  for (let count = 0; count < step.times && !running.options.interrupt.aborted; count++)
    await sendWithRetry(running, step, fixed ?? makeRequest(running, step));
}

async function sendWithRetry(running: Running, step: SendingStep, request: MaterialRequest): Promise<void> {
  if (step.fault !== null) await running.options.target.arm?.({ kind: step.fault });
  await sendMade(running, step, request);
}
