import type { HeaderList } from "../core/http.js";
import type { Target } from "../core/target.js";
import { withHeader } from "../plan/materialise.js";
import type { MaterialRequest, RefusedRequest } from "../plan/plan.js";
import type { WaveRequest } from "../transport/race.js";
import type { Outcome, Transport } from "../transport/transport.js";
import { checkLeave, RefusedLeave } from "./check-leave.js";
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
  const own = options.headers.reduce(
    (headers, [name, value]) => withHeader(headers, name, value),
    request.headers,
  );
  if (step.options.auth === "none") return withHeader(own, "authorization", null);
  return authorization === null ? own : withHeader(own, "authorization", authorization);
}

/** Makes the sender of one run. Exchange ids are e1, e2, ... in the order of sending. */
export function createSender(options: RunOptions): ExchangeSender {
  const { target } = options;
  const { began, ended, sinceStart } = createExchangeBook(options);
  const before = options.continues?.exchanges ?? 0;
  let sent = 0;
  const nextId = (): string => `e${before + ++sent}`;

  const checkAll = (requests: readonly MaterialRequest[]): void => {
    for (const request of requests) checkLeave(request, options);
    const { maxRequests } = options.leave;
    if (maxRequests !== null && sent + requests.length > maxRequests) throw new BudgetSpent();
  };
  const prepare: ExchangeSender["prepare"] = async (requests) => {
    checkAll(requests.map(({ request }) => request));
    const known: Authorizations = new Map();
    // Counted before anything is waited for: others may send meanwhile.
    const named = requests.map((each) => ({ ...each, id: nextId() }));
    const all: Prepared[] = [];
    for (const { id, request, step } of named) {
      const headers = await outgoingHeaders(request, step, { options, known });
      const { timeoutMs, abort } = step.options;
      all.push({
        request: { ...request, headers, timeoutMs: timeoutMs ?? options.timeoutMs, abort },
        observer: { onRequest: (wire) => began(id, step, { ...request, headers: wire.headers }) },
        ended: (outcome) => {
          step.onOutcome?.(outcome);
          ended(id, outcome);
        },
      });
    }
    return all;
  };
  return {
    sent: () => sent,
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
      began(id, step, refusal instanceof RefusedLeave ? refusal.request : unknown);
      const nowMs = target.clock.nowMs();
      const { code, message } = refusal;
      const timings = { startMs: nowMs, sentMs: null, releasedMs: null, firstByteMs: null, endMs: nowMs };
      ended(id, { kind: "failed", code, phase: "refused", message, timings });
    },
  };
}
