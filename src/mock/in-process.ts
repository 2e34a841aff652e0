import { andThen, type MaybePromise } from "../idempotency/maybe-promise.js";
import { createDecisions } from "./decisions.js";
import type { MockOptions, TraceEntry } from "./mock.js";
import { type Actions, createOwnCore } from "./mock-core.js";
import type { Outcome } from "./passage.js";
import type { MockRequest } from "./request.js";
import type { Trace } from "./trace.js";

/** A mock org without a socket: requests are handed to it, and it obeys its policy and keeps its trace as any other. */
export interface InProcessMock extends Actions {
  /** Decides on one request. Never throws for what a client sent. */
  readonly handle: (request: MockRequest) => MaybePromise<Outcome>;
}

/** What such a mock is made of; its clock is the caller's. */
export type InProcessOptions = Required<Pick<MockOptions, "policy" | "seed" | "world" | "clock">>;

/** All decisions as they are: a ring of texts pays for itself on servers that run for days, not within one short life. */
function createPlainTrace(): Trace {
  const entries: TraceEntry[] = [];
  return {
    add: (entry) => {
      entries.push(entry);
    },
    list: () => [...entries],
    clear: () => {
      entries.length = 0;
    },
  };
}

/** Makes a mock org in memory, for a short life: its trace only grows. It owns nothing that has to be closed. */
export function createInProcessMock(options: InProcessOptions): InProcessMock {
  const { clock } = options;
  const trace = createPlainTrace();
  const core = createOwnCore({ options, clock, trace, saved: null });
  const { actions } = core;
  const decisions = createDecisions({ clock, trace, policy: actions.policy, onDecision: null });
  return {
    ...actions,
    handle: (request) => {
      const arrivedMs = decisions.arrived();
      return andThen(core.handle(request), (outcome) => {
        decisions.note(request, outcome, arrivedMs);
        return outcome;
      });
    },
  };
}
