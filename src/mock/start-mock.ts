import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { adjustableClock } from "../core/clock.js";
import { GcidemError } from "../core/errors.js";
import { andThen } from "../idempotency/maybe-promise.js";
import { refusalAnswer } from "./answer.js";
import { createDecisions, type Decisions } from "./decisions.js";
import type { Mock, MockOptions } from "./mock.js";
import { type Core, createOwnCore, createSharedCore } from "./mock-core.js";
import { plainly } from "./outcome.js";
import type { Outcome } from "./passage.js";
import type { Refusal } from "./refusal.js";
import { readSavedState, resumedAt } from "./saved-state.js";
import { createMockServer, type Handler } from "./server.js";
import type { MockState } from "./state.js";
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

/** The core of a mock, and the clock that it lives by. */
async function openCore(options: MockOptions, trace: Trace): Promise<Core> {
  const { store = "memory", policy, seed = 1, world = null, saved = null, onWarning = () => {} } = options;
  if (store === "memory") {
    const earlier = saved === null ? null : readSavedState(saved);
    const clock =
      options.clock ?? adjustableClock(earlier === null ? undefined : resumedAt(earlier, Date.now()));
    return createOwnCore({ options, clock, trace, saved: earlier });
  }
  const { openRedisState } = await import("../idempotency/redis/redis-state.js");
  const state = await openRedisState({ url: store, seed, world: JSON.stringify(world), onWarning });
  return createSharedCore(state, await state.constitution(), { policy, trace });
}

function createHandler(core: Core, decisions: Decisions): Handler {
  const { state, actions } = core;
  const decided = (request: Parameters<Decisions["note"]>[0], outcome: Outcome, beganMs: number): Outcome => {
    decisions.note(request, outcome, beganMs);
    return outcome;
  };
  return {
    handle: (request) => {
      const beganMs = decisions.began();
      return andThen(core.handle(request), (outcome) => decided(request, outcome, beganMs));
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
  const { host = DEFAULT_HOST, port = 0, onDecision = null } = options;
  const trace = createTrace();
  const core = await openCore(options, trace);
  const { actions } = core;
  const { clock } = actions;
  const decisions = createDecisions({ clock, trace, policy: actions.policy, onDecision });
  const handler = createHandler(core, decisions);
  const server = createMockServer(handler);
  const url = await listen(server, host, port).catch(async (error: unknown) => {
    await core.close();
    throw error;
  });
  const close = async (): Promise<void> => {
    await closeServer(server);
    await core.close();
  };
  return { ...actions, url, stop: close, close };
}
