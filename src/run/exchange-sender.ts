import { type HeaderList, isWrite } from "../core/http.js";
import type { RequestFailed, ResponseReceived } from "../journal/journal.js";
import { recordRequest, recordResponse } from "../journal/record-message.js";
import { withHeader } from "../plan/materialise.js";
import { type MaterialRequest, RefusedRequest } from "../plan/plan.js";
import type { SendingStep } from "../scenario/scenario.js";
import type { Outcome } from "../transport/transport.js";
import type { RunOptions } from "./run.js";

/** The request budget is used up: nothing more leaves. */
export class BudgetSpent extends Error {
  override readonly name = "BudgetSpent";
}

/** A request that was made and then had no leave. */
class RefusedLeave extends RefusedRequest {
  readonly request: MaterialRequest;

  constructor({ code, message, at }: RefusedRequest, request: MaterialRequest) {
    super(code, message, at);
    this.request = request;
  }
}

/** Sends one request and writes both its ends into the journal. */
export interface ExchangeSender {
  readonly send: (request: MaterialRequest, step: StepToSend, signal: AbortSignal) => Promise<Outcome>;
  /** Writes down a request that gcidem itself would not send. */
  readonly refuse: (refusal: RefusedRequest, step: StepToSend) => void;
  readonly sent: () => number;
}

/** What the journal says of a request besides its bytes. */
interface StepToSend {
  readonly id: string;
  readonly attempt: number;
  readonly options: Pick<SendingStep, "timeoutMs" | "abort" | "as" | "auth">;
  /** Called with the outcome before it is written down, so that secrets in it can be made known. */
  readonly onOutcome?: (outcome: Outcome) => void;
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

async function outgoingHeaders(
  request: MaterialRequest,
  step: StepToSend,
  options: RunOptions,
): Promise<HeaderList> {
  const authorization = await options.target.authorization(step.options.as, step.options.auth);
  const own = options.headers.reduce(
    (headers, [name, value]) => withHeader(headers, name, value),
    request.headers,
  );
  if (step.options.auth === "none") return withHeader(own, "authorization", null);
  return authorization === null ? own : withHeader(own, "authorization", authorization);
}

/** The path as a scenario writes it: without the prefix that the target itself may have. */
function pathOnTarget(request: MaterialRequest, options: RunOptions): string {
  const prefix = new URL(options.target.baseUrl).pathname.replace(/\/$/, "");
  return new URL(request.url).pathname.slice(prefix.length);
}

function isOutside(request: MaterialRequest, options: RunOptions): boolean {
  const { onlyPrefixes } = options.leave;
  if (onlyPrefixes.length === 0) return false;
  const names = [...request.headers, ...options.headers].map(([name]) => name);
  const path = pathOnTarget(request, options);
  return isWrite(request.method, names) && !onlyPrefixes.some((prefix) => path.startsWith(prefix));
}

/** What a plan could not show is judged here, whatever the request was made from. */
function checkLeave(request: MaterialRequest, options: RunOptions): void {
  const { onlyPrefixes, refusal } = options.leave;
  const refuse = (code: string, reason: string): RefusedRequest => {
    const at = { file: options.plan.scenario.file, line: 1, column: 1 };
    const message = `${request.method} ${pathOnTarget(request, options)}: ${reason}; nothing was sent`;
    return new RefusedLeave(new RefusedRequest(code, message, at), request);
  };
  if (isOutside(request, options)) throw refuse("ERR_ONLY", `outside --only ${onlyPrefixes.join(", ")}`);
  const reason = refusal?.(request) ?? null;
  if (reason !== null) throw refuse("ERR_LEAVE", reason);
}

/** Makes the sender of one run. Exchange ids are e1, e2, ... in the order of sending. */
export function createSender(options: RunOptions): ExchangeSender {
  const { journal, redactor, transport, target } = options;
  const originMs = target.clock.nowMs();
  const sinceStart = (ms: number): number => rounded(ms - originMs);
  const orNull = (ms: number | null): number | null => (ms === null ? null : sinceStart(ms));
  let sent = 0;

  const began = (id: string, step: StepToSend, request: MaterialRequest): void => {
    journal.append({
      type: "request-sent",
      id,
      step: step.id,
      attempt: step.attempt,
      writer: null,
      round: 1,
      startedAt: new Date(target.clock.epochMs()).toISOString(),
      startMs: sinceStart(target.clock.nowMs()),
      request: recordRequest(request, redactor),
      ...(request.keyHeader === undefined ? {} : { keyHeader: request.keyHeader }),
    });
  };
  const ended = (id: string, outcome: Outcome): ResponseReceived | RequestFailed => {
    const { timings } = outcome;
    const common = {
      id,
      sentMs: orNull(timings.sentMs),
      releasedMs: orNull(timings.releasedMs),
      endMs: sinceStart(timings.endMs),
    };
    if (outcome.kind === "failed") {
      const { code, phase, message } = outcome;
      return { type: "failed", ...common, error: { code, phase, message: redactor.text(message) } };
    }
    const firstByteMs = sinceStart(timings.firstByteMs ?? timings.endMs);
    return { type: "response", ...common, firstByteMs, response: recordResponse(outcome, redactor) };
  };
  return {
    sent: () => sent,
    send: async (request, step, signal) => {
      checkLeave(request, options);
      if (options.leave.maxRequests !== null && sent >= options.leave.maxRequests) throw new BudgetSpent();
      const headers = await outgoingHeaders(request, step, options);
      const id = `e${++sent}`;
      const outcome = await transport.send(
        {
          ...request,
          headers,
          timeoutMs: step.options.timeoutMs ?? options.timeoutMs,
          abort: step.options.abort,
        },
        { onRequest: (wire) => began(id, step, { ...request, headers: wire.headers }) },
        signal,
      );
      step.onOutcome?.(outcome);
      journal.append(ended(id, outcome));
      return outcome;
    },
    refuse: (refusal, step) => {
      const id = `e${++sent}`;
      const unknown = { method: "-", url: target.baseUrl, headers: [], body: null };
      began(id, step, refusal instanceof RefusedLeave ? refusal.request : unknown);
      const nowMs = target.clock.nowMs();
      const { code, message } = refusal;
      const timings = { startMs: nowMs, sentMs: null, releasedMs: null, firstByteMs: null, endMs: nowMs };
      journal.append(ended(id, { kind: "failed", code, phase: "refused", message, timings }));
    },
  };
}
