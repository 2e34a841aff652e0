import { randomUUID } from "node:crypto";
import { adjustableClock } from "../core/clock.js";
import { isLoopbackHost } from "../core/loopback.js";
import { andThen } from "../idempotency/maybe-promise.js";
import { refusalAnswer } from "./answer.js";
import { createControl } from "./control.js";
import { createDecisions, type Decisions } from "./decisions.js";
import type { Handler } from "./exchange.js";
import type { Certificate, Mock, MockOptions } from "./mock.js";
import { type Core, createOwnCore } from "./mock-core.js";
import { plainly } from "./outcome.js";
import type { Outcome } from "./passage.js";
import type { Refusal } from "./refusal.js";
import { readSavedState, resumedAt } from "./saved-state.js";
import { createMockServer } from "./server.js";
import { createSharedCore } from "./shared-core.js";
import type { MockState } from "./state.js";
import { createTrace, type Trace } from "./trace.js";

const DEFAULT_HOST = "127.0.0.1";

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
  return createSharedCore(state, { policy, trace });
}

/** Control endpoints where only this machine can reach them, whoever asks for them elsewhere. */
function controlFor(options: MockOptions, { actions }: Core): Handler["control"] {
  const { host = DEFAULT_HOST, control = true, seed = 1, world = null } = options;
  if (!control || !isLoopbackHost(host)) return null;
  return createControl({ ...actions, beginning: { seed, world } });
}

function createHandler(core: Core, decisions: Decisions, control: Handler["control"]): Handler {
  const { state, actions } = core;
  const decided = (
    request: Parameters<Decisions["note"]>[0],
    outcome: Outcome,
    arrivedMs: number,
  ): Outcome => {
    decisions.note(request, outcome, arrivedMs);
    return outcome;
  };
  return {
    handle: (request) => {
      const arrivedMs = decisions.arrived();
      return andThen(core.handle(request), (outcome) => decided(request, outcome, arrivedMs));
    },
    refuseLarge: (request) => decided(request, refuseLarge(state()), decisions.arrived()),
    clock: actions.clock,
    control,
  };
}

async function certificateOf(tls: MockOptions["tls"]): Promise<Certificate | null> {
  if (tls !== true) return tls === undefined || tls === false ? null : tls;
  const { selfSignedCertificate } = await import("./self-signed.js");
  return selfSignedCertificate();
}

/**
 * Starts the mock org on a loopback port, obeying a policy. It runs at real speed unless it is given a clock.
 * @throws GcidemError `usage` where the port is taken.
 */
export async function startMock(options: MockOptions): Promise<Mock> {
  const { host = DEFAULT_HOST, port = 0, onDecision = null, onWarning = () => {} } = options;
  const trace = createTrace();
  const tls = await certificateOf(options.tls);
  const core = await openCore(options, trace);
  const { actions } = core;
  const { clock } = actions;
  const decisions = createDecisions({ clock, trace, policy: actions.policy, onDecision });
  const handler = createHandler(core, decisions, controlFor(options, core));
  const owner = options.store === undefined || options.store === "memory" ? "" : randomUUID();
  const server = createMockServer(handler, { tls, owner, warn: onWarning });
  const url = await server.listen(host, port).catch(async (error: unknown) => {
    await core.close();
    throw error;
  });
  const closeAfter = async (ended: Promise<void>): Promise<void> => {
    await ended;
    await core.close();
  };
  const stop = (graceMs: number): Promise<void> => closeAfter(server.stop(graceMs));
  return { ...actions, url, stop, close: () => closeAfter(server.close()) };
}
