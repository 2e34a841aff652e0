import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type AdjustableClock, adjustableClock } from "../core/clock.js";
import { GcidemError } from "../core/errors.js";
import type { Reset } from "../core/target.js";
import { createKeyEngine } from "../idempotency/engine.js";
import { andThen } from "../idempotency/maybe-promise.js";
import { refusalAnswer } from "./answer.js";
import { createDecisions, type Decisions } from "./decisions.js";
import { handleRequest } from "./handle-request.js";
import type { Mock, MockOptions } from "./mock.js";
import { plainly } from "./outcome.js";
import type { Outcome } from "./passage.js";
import type { Refusal } from "./refusal.js";
import { thingExists } from "./resources/things.js";
import { createMockServer, type Handler } from "./server.js";
import { beginAnew, type Machinery, type MockState, underPolicy } from "./state.js";
import { createTrace, type Trace } from "./trace.js";

const TOO_LARGE: Refusal = {
  status: 413,
  code: "request.entity.too.large",
  message: "The request body is too large.",
  cause: "invalid-request",
  reason: "the body is larger than 10 MB",
};

function refuseLarge(state: MockState): Outcome {
  const correlationId = state.correlationIds.uuid();
  const answer = refusalAnswer(TOO_LARGE, state.policy.errors, correlationId);
  const note = { cause: TOO_LARGE.cause, movedBy: null, reason: TOO_LARGE.reason };
  return plainly({ answer, correlationId, key: null, note, executed: false });
}

/** What can be done to a mock, whether or not it listens. */
type Actions = Omit<Mock, "url" | "stop" | "close">;

/** The org behind the server: the state that requests meet, and what may be done to it. */
interface Core {
  readonly actions: Actions;
  readonly state: () => MockState;
}

function createCore(options: MockOptions, clock: AdjustableClock, trace: Trace): Core {
  const machinery: Machinery = {
    clock,
    engine: createKeyEngine({ clock, resourceExists: (resource) => thingExists(state.org, resource) }),
  };
  let beginnings = beginAnew(beginningOf(options), clock, options.policy);
  let state = underPolicy(machinery, beginnings, options.policy);
  const reset = (to: Reset): void => {
    void machinery.engine.reset();
    trace.clear();
    beginnings = beginAnew(to, clock, state.policy);
    state = underPolicy(machinery, beginnings, state.policy);
  };
  const setPolicy: Actions["setPolicy"] = (policy) => {
    beginnings.life.start(policy.churn, clock.nowMs());
    state = underPolicy(machinery, beginnings, policy);
  };
  const actions: Actions = {
    clock,
    policy: () => state.policy,
    trace: trace.list,
    reset,
    setPolicy,
    arm: (fault) => state.faults.arm(fault),
    token: (principal, auth) => state.logins.tokenFor(principal, auth),
    save: () => {
      throw new GcidemError("not-supported", "this version cannot save a mock's state yet");
    },
  };
  return { actions, state: () => state };
}

function beginningOf({ seed = 1, world = null }: MockOptions): Reset {
  return { seed, world };
}

function createHandler({ state, actions }: Core, decisions: Decisions): Handler {
  const decided = (request: Parameters<Decisions["note"]>[0], outcome: Outcome, beganMs: number): Outcome => {
    decisions.note(request, outcome, beganMs);
    return outcome;
  };
  return {
    handle: (request) => {
      const beganMs = decisions.began();
      return andThen(handleRequest(request, state()), (outcome) => decided(request, outcome, beganMs));
    },
    refuseLarge: (request) => decided(request, refuseLarge(state()), decisions.began()),
    clock: actions.clock,
  };
}

function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      const message = taken
        ? `port ${port} on ${host} is taken`
        : `cannot listen on ${host} port ${port}: ${error.message}`;
      const hint = taken ? "choose another one, or 0 for any free one" : "check the host and the port";
      reject(new GcidemError("usage", message, { hint, cause: error }));
    });
    server.listen(port, host, () => {
      const address = server.address() as AddressInfo;
      const name = address.family === "IPv6" ? `[${address.address}]` : address.address;
      resolve(`http://${name}:${address.port}`);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

const DEFAULT_HOST = "127.0.0.1";

/**
 * Starts the mock org on a loopback port, obeying a policy. It runs at real speed unless it is given a clock.
 * @throws GcidemError `usage` where the port is taken.
 */
export async function startMock(options: MockOptions): Promise<Mock> {
  const { clock = adjustableClock(), host = DEFAULT_HOST, port = 0, onDecision = null } = options;
  const trace = createTrace();
  const core = createCore(options, clock, trace);
  const { actions } = core;
  const decisions = createDecisions({ clock, trace, policy: actions.policy, onDecision });
  const handler = createHandler(core, decisions);
  const server = createMockServer(handler);
  const url = await listen(server, host, port);
  const close = (): Promise<void> => closeServer(server);
  return { ...actions, url, stop: close, close };
}
