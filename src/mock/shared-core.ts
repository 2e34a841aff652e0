import { randomUUID } from "node:crypto";
import type { AdjustableClock } from "../core/clock.js";
import { GcidemError } from "../core/errors.js";
import type { World } from "../core/world.js";
import { createKeyEngine } from "../idempotency/engine.js";
import {
  type Constitution,
  ConstitutionChanged,
  type SharedState,
  StoreUnavailable,
} from "../idempotency/shared-state.js";
import type { Policy } from "../policy/policy.js";
import type { PolicyFile } from "../policy/policy-file.js";
import { rememberFile, writtenFile } from "../policy/written-file.js";
import type { Fault, Faults } from "./faults.js";
import { handleRequest, refuseUnbegun } from "./handle-request.js";
import { createLane } from "./lane.js";
import { type Core, commonActions } from "./mock-core.js";
import { TOKEN_PATH } from "./oauth.js";
import type { Outcome } from "./passage.js";
import type { MockRequest } from "./request.js";
import type { Sharing } from "./shared-dealings.js";
import { type Beginnings, beginAnew, type MockState, underPolicy } from "./state.js";
import type { Trace } from "./trace.js";

/** A request that meets a reset, another policy or another time begins anew, this often at most. */
const MOST_BEGINNINGS = 10;

/** What a shared core has of its own. */
export interface SharedOptions {
  /** Obeyed for as long as nobody puts another one for all servers. */
  readonly policy: Policy;
  readonly trace: Trace;
}

/** A policy as all servers get it, with the file that it was read from, so that each of them can tell it. */
function writePolicy(policy: Policy): string {
  return JSON.stringify({ policy, file: writtenFile(policy) });
}

function readPolicy(text: string): Policy {
  const { policy, file } = JSON.parse(text) as { readonly policy: Policy; readonly file: PolicyFile | null };
  if (file !== null) rememberFile(policy, file);
  return policy;
}

/** A state as this server goes by it. */
function createCurrent(shared: SharedState, { policy: own, trace }: SharedOptions, clock: AdjustableClock) {
  const owner = randomUUID();
  const lane = createLane();
  const obeyedIn = ({ policy }: Constitution): Policy => (policy === null ? own : readPolicy(policy));
  const beginningsOf = (constitution: Constitution): Beginnings => {
    const { seed, secret, madeMs, policySinceMs } = constitution;
    const world = JSON.parse(constitution.world) as World | null;
    const sharer = { secret, madeMs, policySinceMs };
    return beginAnew({ seed, world, strand: owner, sharer }, clock, obeyedIn(constitution));
  };
  const stateOf = (constitution: Constitution, beginnings: Beginnings): MockState => {
    const { generation, edition } = constitution;
    const sharing: Sharing = { state: shared, known: { generation, edition }, owner, lane };
    const machinery = { clock, engine: createKeyEngine({ clock }), sharing };
    return underPolicy(machinery, beginnings, obeyedIn(constitution));
  };
  let known = shared.first;
  let beginnings = beginningsOf(known);
  let state = stateOf(known, beginnings);
  return {
    state: (): MockState => state,
    adopt: (next: Constitution): void => {
      const isReset = next.generation !== known.generation;
      if (!isReset && next.edition === known.edition) return;
      known = next;
      if (isReset) {
        trace.clear();
        beginnings = beginningsOf(next);
      } else beginnings.life.start(obeyedIn(next).churn, next.policySinceMs, 0);
      state = stateOf(next, beginnings);
    },
  };
}

/** The fault of a request, taken once however often the request begins anew. */
function takenOnce(faults: Faults): Faults {
  let taken: { readonly fault: Fault | null } | null = null;
  return {
    ...faults,
    take: (method, path, policy) => {
      taken ??= { fault: faults.take(method, path, policy) };
      return taken.fault;
    },
  };
}

/** A login, an unknown path and a cache in front are answered without a step, which would tell of a change. */
function isAnsweredUnasked({ method, path }: MockRequest, { router, policy }: MockState): boolean {
  return path === TOKEN_PATH || policy.front?.kind === "cache" || router.find(method, path) === null;
}

/** What was asked of a mock cannot be done now; a later try may succeed. */
async function orGone<T>(done: Promise<T>): Promise<T> {
  try {
    return await done;
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    const hint = "try again once the store is back";
    throw new GcidemError("unreachable", error.message, { hint, cause: error });
  }
}

/** An org whose state several servers share. */
export function createSharedCore(shared: SharedState, options: SharedOptions): Core {
  const { advance } = shared.clock;
  const clock = { ...shared.clock, advance: (durationMs: number) => orGone(advance(durationMs)) };
  const current = createCurrent(shared, options, clock);
  const begin = async (request: MockRequest, faults: Faults, triesLeft: number): Promise<Outcome> => {
    if (triesLeft === 0) throw new StoreUnavailable("the store is being reset over and over");
    try {
      return await handleRequest(request, { ...current.state(), faults });
    } catch (error) {
      if (!(error instanceof ConstitutionChanged)) throw error;
      current.adopt(await shared.constitution());
      return begin(request, faults, triesLeft - 1);
    }
  };
  const handle = async (request: MockRequest): Promise<Outcome> => {
    try {
      if (isAnsweredUnasked(request, current.state())) current.adopt(await shared.constitution());
      return await begin(request, takenOnce(current.state().faults), MOST_BEGINNINGS);
    } catch (error) {
      if (error instanceof StoreUnavailable) return refuseUnbegun(request, current.state(), error);
      throw error;
    }
  };
  return {
    actions: {
      ...commonActions(current.state, options.trace),
      clock,
      reset: async ({ seed, world }) => {
        current.adopt(await orGone(shared.reset({ seed, world: JSON.stringify(world) })));
      },
      setPolicy: async (next) => {
        current.adopt(await orGone(shared.putPolicy(writePolicy(next))));
      },
      catchUp: async () => {
        current.adopt(await orGone(shared.constitution()));
      },
      save: () => JSON.stringify({ store: "shared" }),
    },
    state: current.state,
    handle,
    close: shared.close,
  };
}
