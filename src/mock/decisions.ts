import type { Clock } from "../core/clock.js";
import type { Policy } from "../policy/policy.js";
import type { Decision, TraceEntry } from "./mock.js";
import { nearestRoute } from "./nearest-route.js";
import { TOKEN_PATH } from "./oauth.js";
import type { Outcome } from "./passage.js";
import type { MockRequest } from "./request.js";
import { offeredRoutes } from "./routes.js";
import type { Trace } from "./trace.js";

/** Writes down what the mock decided: in the trace, and for whoever keeps an access log. */
export interface Decisions {
  /** A request has arrived as a whole: milliseconds on the mock's clock, for `note`. */
  readonly arrived: () => number;
  readonly note: (request: MockRequest, outcome: Outcome, arrivedMs: number) => void;
}

/** What decisions are written down with. */
export interface DecisionOptions {
  readonly clock: Clock;
  readonly trace: Trace;
  readonly policy: () => Policy;
  readonly onDecision: ((decision: Decision) => void) | null;
}

function toEntry(
  request: MockRequest,
  outcome: Outcome,
  { arrivedAt, at }: Pick<TraceEntry, "arrivedAt" | "at">,
): TraceEntry {
  const { answer, correlationId, key, note, executed } = outcome;
  return {
    method: request.method,
    path: request.path,
    key,
    status: answer === null ? null : answer.status,
    cause: note === null ? null : note.cause,
    movedBy: note === null ? null : note.movedBy,
    reason: note === null ? null : note.reason,
    correlationId,
    executed,
    arrivedAt,
    at,
  };
}

const LOGIN = { method: "POST", template: TOKEN_PATH };

/** Only for a log: comparing a path with all of the org's takes longer than answering it. */
function nearestOf({ method, path, cause }: TraceEntry, policy: Policy): string | null {
  if (cause !== "no-such-operation") return null;
  return nearestRoute(method, path, [LOGIN, ...offeredRoutes(policy)]);
}

/** Makes the book of decisions; nothing is in it yet. */
export function createDecisions({ clock, trace, policy, onDecision }: DecisionOptions): Decisions {
  const report = (request: MockRequest, entry: TraceEntry): void => {
    if (onDecision === null) return;
    const decision: Decision = {
      entry,
      query: request.query,
      epochMs: clock.epochMs() - (clock.nowMs() - entry.arrivedAt),
      durationMs: entry.at - entry.arrivedAt,
      nearest: nearestOf(entry, policy()),
    };
    // The answer goes first.
    setImmediate(onDecision, decision);
  };
  const add = (request: MockRequest, outcome: Outcome, arrivedMs: number): void => {
    const entry = toEntry(request, outcome, { arrivedAt: arrivedMs, at: clock.nowMs() });
    trace.add(entry);
    report(request, entry);
  };
  return {
    arrived: clock.nowMs,
    note: (request, outcome, arrivedMs) => {
      if (outcome.earlier !== null) add(request, outcome.earlier, arrivedMs);
      add(request, outcome, arrivedMs);
    },
  };
}
