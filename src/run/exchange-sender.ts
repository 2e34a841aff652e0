import type { HeaderList } from "../core/http.js";
import type { Target } from "../core/target.js";
import type { MaterialRequest, RefusedRequest } from "../plan/plan.js";
import type { WaveRequest } from "../transport/race.js";
import type { Outcome, Transport } from "../transport/transport.js";
import { checkLeave, RefusedLeave } from "./check-leave.js";
import { checkCredentials, dressedHeaders } from "./dress-request.js";
import { createExchangeBook, type StepToSend } from "./exchange-book.js";
import type { RunOptions } from "./run.js";

/** The request budget is used up: nothing more leaves. */
export class BudgetSpent extends Error {
  override readonly name = "BudgetSpent";
}

/** Sends requests and writes both ends of each into the journal. */
export interface ExchangeSender {
  /** @throws RefusedRequest or BudgetSpent, and then nothing was sent. */
  readonly send: (request: MaterialRequest, step: StepToSend, via: Via) => Promise<Outcome>;
  /** Gets requests ready that somebody else sends, together. @throws RefusedRequest or BudgetSpent for all of them. */
  readonly prepare: (
    requests: readonly { readonly request: MaterialRequest; readonly step: StepToSend }[],
  ) => Promise<readonly Prepared[]>;
  /** Writes down a request that gcidem itself would not send. */
  readonly refuse: (refusal: RefusedRequest, step: StepToSend) => void;
  /** @throws RefusedRequest where a request may not leave. */
  readonly checkLeave: (request: MaterialRequest) => void;
  readonly sent: () => number;
  /** From now on so many requests may leave whatever `--max-requests` says: clean-up is not to fail for it. */
  readonly allow: (requests: number) => void;
  /** An instant of the target's clock in ms from the run's start. */
  readonly sinceStart: (ms: number) => number;
}

/** What a request goes over, and what ends it early. */
interface Via {
  readonly transport: Transport;
  readonly signal: AbortSignal;
}

/** A request that is ready to be sent. */
export interface Prepared extends Required<WaveRequest> {
  /** Writes down what came of it. */
  readonly ended: (outcome: Outcome) => void;
}

/** Authorization values of requests that are prepared together. */
type Authorizations = Map<string, string | null>;

async function authorizationOf(
  { as, auth }: StepToSend["options"],
  target: Target,
  known: Authorizations,
): Promise<string | null> {
  const name = `${auth} ${as ?? ""}`;
  const before = known.get(name);
  if (before !== undefined) return before;
  const authorization = await target.authorization(as, auth);
  known.set(name, authorization);
  return authorization;
}

async function outgoingHeaders(
  request: MaterialRequest,
  step: StepToSend,
  { options, known }: { readonly options: RunOptions; readonly known: Authorizations },
): Promise<HeaderList> {
  const authorization = await authorizationOf(step.options, options.target, known);
  return dressedHeaders(request, { auth: step.options.auth, authorization }, options);
}

/** Hears of each exchange once it has an outcome; the request has the headers that were sent. */
export type OnExchange = (
  exchange: { readonly id: string; readonly step: string; readonly request: MaterialRequest },
  outcome: Outcome,
) => void;

/** Makes the sender of one run. Exchange ids are e1, e2, ... in the order of sending. */
export function createSender(options: RunOptions, onExchange: OnExchange = () => {}): ExchangeSender {
  const { target } = options;
  const { began, ended, sinceStart } = createExchangeBook(options);
  const before = options.continues?.exchanges ?? 0;
  let sent = 0;
  let allowed = 0;
  const nextId = (): string => `e${before + ++sent}`;

  const checkAll: (requests: Parameters<ExchangeSender["prepare"]>[0]) => void = (requests) => {
    for (const { request, step } of requests) {
      checkLeave(request, options);
      checkCredentials(request, step, options);
    }
    const { maxRequests } = options.leave;
    if (maxRequests !== null && sent + requests.length > Math.max(maxRequests, allowed))
      throw new BudgetSpent();
  };
  const prepare: ExchangeSender["prepare"] = async (requests) => {
    checkAll(requests);
    const known: Authorizations = new Map();
    // Counted before anything is waited for: others may send meanwhile.
    const named = requests.map(({ request, step }) => ({ id: nextId(), request, step }));
    const { manners } = target;
    if (manners !== undefined) await manners.reserve(requests.length, options.interrupt);
    const all: Prepared[] = [];
    for (const { id, request, step } of named) {
      const headers = await outgoingHeaders(request, step, { options, known });
      const { method, url, body } = request;
      const { abort } = step.options;
      const timeoutMs = step.options.timeoutMs ?? options.timeoutMs;
      all.push({
        request: { method, url, headers, body, timeoutMs, abort },
        observer: { onRequest: (wire) => began(id, step, { ...request, headers: wire.headers }) },
        ended: (outcome) => {
          step.onOutcome?.(outcome);
          if (outcome.kind === "response") manners?.heed(outcome.headers);
          ended(id, url, outcome);
          onExchange({ id, step: step.id, request: { ...request, headers } }, outcome);
        },
      });
    }
    return all;
  };
  return {
    sent: () => sent,
    allow: (requests) => {
      allowed = sent + requests;
    },
    sinceStart,
    checkLeave: (request) => checkLeave(request, options),
    prepare,
    send: async (request, step, { transport, signal }) => {
      const [prepared] = await prepare([{ request, step }]);
      if (prepared === undefined) throw new Error("nothing was prepared");
      const outcome = await transport.send(prepared.request, prepared.observer, signal);
      prepared.ended(outcome);
      return outcome;
    },
    refuse: (refusal, step) => {
      const id = nextId();
      const unknown = { method: "-", url: target.baseUrl, headers: [], body: null };
      const request = refusal instanceof RefusedLeave ? refusal.request : unknown;
      began(id, step, request);
      const nowMs = target.clock.nowMs();
      const { code, message } = refusal;
      const timings = { startMs: nowMs, sentMs: null, releasedMs: null, firstByteMs: null, endMs: nowMs };
      ended(id, request.url, { kind: "failed", code, phase: "refused", message, timings });
    },
  };
}
