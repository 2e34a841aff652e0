import type { AdjustableClock } from "../core/clock.js";
import type { Reset } from "../core/target.js";
import { createKeyEngine } from "../idempotency/engine.js";
import type { MaybePromise } from "../idempotency/maybe-promise.js";
import { createMemoryKeyStore } from "../idempotency/memory-store.js";
import { handleRequest } from "./handle-request.js";
import type { Mock, MockOptions } from "./mock.js";
import type { Outcome } from "./passage.js";
import type { MockRequest } from "./request.js";
import { restore, type SavedState, saveState } from "./saved-state.js";
import { beginAnew, type Machinery, type MockState, underPolicy } from "./state.js";
import { isAlive } from "./tombstones.js";
import type { Trace } from "./trace.js";

/** What can be done to a mock, whether or not it listens. */
export type Actions = Omit<Mock, "url" | "stop" | "close">;

/** The org behind a server: what requests meet, and what may be done to it. */
export interface Core {
  readonly actions: Actions;
  readonly state: () => MockState;
  readonly handle: (request: MockRequest) => MaybePromise<Outcome>;
  readonly close: () => Promise<void>;
}

/** What both kinds of core do alike. */
export function commonActions(
  state: () => MockState,
  trace: Trace,
): Pick<Actions, "policy" | "trace" | "arm" | "announce" | "token"> {
  return {
    policy: () => state().policy,
    trace: trace.list,
    arm: (fault) => state().faults.arm(fault),
    announce: (step) => state().faults.announce(step),
    token: (principal, auth) => state().logins.tokenFor(principal, auth),
  };
}

/** How a core starts whose state is this process's own. */
export interface OwnOptions {
  readonly options: MockOptions;
  readonly clock: AdjustableClock;
  readonly trace: Trace;
  /** Null: it starts anew. */
  readonly saved: SavedState | null;
}

/** An org whose state is this process's own. */
export function createOwnCore({ options, clock, trace, saved }: OwnOptions): Core {
  const { seed = 1, world = null, policy } = options;
  const store = createMemoryKeyStore();
  const engine = createKeyEngine({
    clock,
    store,
    owner: saved === null ? "" : `${saved.restarts + 1}/`,
    resourceExists: (resource) => isAlive(state.org, resource),
  });
  const machinery: Machinery = { clock, engine, sharing: null };
  let restarts = saved === null ? 0 : saved.restarts + 1;
  let beginning: Reset = saved === null ? { seed, world } : { seed: saved.seed, world: saved.world };
  let beginnings = beginAnew({ ...beginning, strand: restarts === 0 ? "" : String(restarts) }, clock, policy);
  if (saved !== null) restore(saved, { org: beginnings.org, store });
  let state = underPolicy(machinery, beginnings, policy);
  const current = (): MockState => state;
  return {
    actions: {
      ...commonActions(current, trace),
      clock,
      reset: (to) => {
        void engine.reset();
        trace.clear();
        restarts = 0;
        beginning = to;
        beginnings = beginAnew(to, clock, state.policy);
        state = underPolicy(machinery, beginnings, state.policy);
      },
      setPolicy: (next) => {
        beginnings.life.start(next.churn, clock.nowMs());
        state = underPolicy(machinery, beginnings, next);
      },
      catchUp: () => {},
      save: () => saveState({ ...beginning, restarts, clock, org: state.org, store }),
    },
    state: current,
    handle: (request) => handleRequest(request, state),
    close: async () => {},
  };
}
