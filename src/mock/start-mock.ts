import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { realClock } from "../core/clock.js";
import { GcidemError } from "../core/errors.js";
import type { Reset } from "../core/target.js";
import { createKeyEngine } from "../idempotency/engine.js";
import { andThen } from "../idempotency/maybe-promise.js";
import { refusalAnswer } from "./answer.js";
import { handleRequest } from "./handle-request.js";
import type { Mock, MockOptions, TraceEntry } from "./mock.js";
import { plainly } from "./outcome.js";
import type { Outcome } from "./passage.js";
import type { Refusal } from "./refusal.js";
import type { MockRequest } from "./request.js";
import { thingExists } from "./resources/things.js";
import { createMockServer } from "./server.js";
import { beginAnew, type Machinery, type MockState, underPolicy } from "./state.js";
import { createTrace } from "./trace.js";

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

function toEntry(request: MockRequest, outcome: Outcome, at: number): TraceEntry {
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
    at,
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

/**
 * Starts the mock org on a loopback port, obeying a policy. It runs at real speed unless it is given a clock.
 * @throws GcidemError `usage` where the port is taken.
 */
export async function startMock(options: MockOptions): Promise<Mock> {
  const { clock = realClock(), seed = 1, world = null, host = "127.0.0.1", port = 0 } = options;
  const trace = createTrace();
  const machinery: Machinery = {
    clock,
    engine: createKeyEngine({ clock, resourceExists: (resource) => thingExists(state.org, resource) }),
  };
  let beginnings = beginAnew({ seed, world }, clock, options.policy);
  let state = underPolicy(machinery, beginnings, options.policy);
  const note = (request: MockRequest, outcome: Outcome): Outcome => {
    if (outcome.earlier !== null) trace.add(toEntry(request, outcome.earlier, clock.nowMs()));
    trace.add(toEntry(request, outcome, clock.nowMs()));
    return outcome;
  };
  const server = createMockServer({
    handle: (request) => andThen(handleRequest(request, state), (outcome) => note(request, outcome)),
    refuseLarge: (request) => note(request, refuseLarge(state)),
    clock,
  });
  const url = await listen(server, host, port);
  const reset = (to: Reset): void => {
    void machinery.engine.reset();
    trace.clear();
    beginnings = beginAnew(to, clock, state.policy);
    state = underPolicy(machinery, beginnings, state.policy);
  };
  return {
    url,
    clock,
    policy: () => state.policy,
    trace: trace.list,
    reset,
    setPolicy: (policy) => {
      beginnings.life.start(policy.churn, clock.nowMs());
      state = underPolicy(machinery, beginnings, policy);
    },
    arm: (fault) => state.faults.arm(fault),
    token: (principal, auth) => state.logins.tokenFor(principal, auth),
    close: () => closeServer(server),
  };
}
