import { headerValue } from "../core/http.js";
import { captureValue } from "../plan/capture-value.js";
import { textOf } from "../plan/evaluate-template.js";
import { keyHeaderOf, materialise, withHeader } from "../plan/materialise.js";
import { mutate } from "../plan/mutate.js";
import type { MaterialRequest, PlannedStep } from "../plan/plan.js";
import type { SendingStep } from "../scenario/scenario.js";
import type { Outcome } from "../transport/transport.js";
import type { ExchangeSender } from "./exchange-sender.js";
import { boundValue, type Names } from "./names.js";
import { isRetried, retryPauseMs } from "./retry-pause.js";
import type { RunOptions } from "./run.js";

/** The transport would not send a request that it was given; the journal has it already. */
export class NotSendable extends Error {
  override readonly name = "NotSendable";
}

/** A run under way. */
export interface Running {
  readonly options: RunOptions;
  readonly names: Names;
  readonly sender: ExchangeSender;
  /** Attempts made so far of each step that another step's `reread` runs again. */
  readonly rereads: Map<string, number>;
  /** Captures that become credentials, as `step.name`. */
  readonly secrets: ReadonlySet<string>;
}

/** Waits on the target's clock; an interrupt ends it early. */
export function pause(options: RunOptions, durationMs: number): Promise<void> {
  const { clock, virtualTime } = options.target;
  if (virtualTime) return clock.sleep(durationMs);
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      options.interrupt.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.after(durationMs, done);
    options.interrupt.addEventListener("abort", done, { once: true });
    if (options.interrupt.aborted) done();
  });
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
  const answer = { ...outcome, body: Buffer.from(outcome.body).toString("utf8") };
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
  if (Object.keys(bound).length > 0) options.journal.append({ type: "bound", round: 1, values: bound });
}

async function attempt(
  running: Running,
  step: SendingStep,
  made: { readonly request: MaterialRequest; readonly attempt: number },
): Promise<Outcome> {
  const { options, sender } = running;
  await options.target.announce?.(step.id);
  const outcome = await sender.send(
    made.request,
    {
      id: step.id,
      attempt: made.attempt,
      options: step,
      onOutcome: (received) => learnSecrets(running, step, received),
    },
    options.interrupt,
  );
  options.observer.onStep(step.id, sender.sent());
  if (outcome.kind === "failed" && outcome.phase === "refused") throw new NotSendable(outcome.message);
  capture(running, step, outcome);
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

/** Sends a step until its retry rule is content. Each attempt is an exchange of its own. */
export async function sendWithRetry(
  running: Running,
  planned: PlannedStep & { readonly step: SendingStep },
): Promise<void> {
  const { options, names } = running;
  const { step } = planned;
  let request = makeRequest(running, step);
  if (step.fault !== null) await options.target.arm?.({ kind: step.fault });
  for (let number = 1; ; number++) {
    if (planned.repeated) names.keepRequest(step.id, request);
    const outcome = await attempt(running, step, { request, attempt: number });
    const { retry } = step;
    if (retry === null || number > retry.max || !isRetried(retry, outcome) || options.interrupt.aborted)
      return;
    const pauseMs = retryPauseMs(
      retry,
      { outcome, attempt: number, nowEpochMs: options.target.clock.epochMs() },
      names.random,
    );
    if (!options.target.virtualTime && pauseMs > options.maxWaitMs) {
      options.observer.onWarning(
        `step ${step.id}: the server asks for a pause of ${Math.ceil(pauseMs / 1000)} s, longer than --max-wait: not tried again`,
      );
      return;
    }
    await pause(options, pauseMs);
    request = await nextRequest(running, step, request);
  }
}
