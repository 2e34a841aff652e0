import type { Clock } from "../core/clock.js";
import type { IdempotencyPolicy } from "../policy/idempotency-policy.js";
import { beginRequest, type EngineParts } from "./begin.js";
import { abandonClaim, completeClaim, loseClient } from "./end.js";
import type { Beginning, Claim, Ending, KeyLookup, KeyRequest } from "./idempotency.js";
import { lookUpKey } from "./look-up.js";
import { andThen, type MaybePromise } from "./maybe-promise.js";
import { createMemoryKeyStore } from "./memory-store.js";
import type { KeyStore } from "./store.js";
import { createWaiters } from "./waiters.js";

/** How to make a key engine. */
export interface KeyEngineOptions {
  /** The clock that lives, leases and windows are measured on. */
  readonly clock: Pick<Clock, "nowMs" | "sleep">;
  /** Default: a new memory store. */
  readonly store?: KeyStore;
  /** How long a claim holds if nobody ends it; null or absent: for ever, since a memory store dies with its process. */
  readonly leaseMs?: number | null;
  /** What this process's tokens start with: unique among the processes that share a store. */
  readonly owner?: string;
  /** Whether the resource of a stored answer is still there. Default: always. */
  readonly resourceExists?: (resource: string) => MaybePromise<boolean>;
  /** Resolves when it is time to ask again for a key whose first request runs. Default: when this engine ends it. */
  readonly untilEnded?: (id: string) => Promise<void>;
}

/**
 * Carries out what a policy promises about keys. Everything answers at once, without a promise, unless the store is
 * remote, the policy lets a second request wait, or its claim has a window.
 */
export interface KeyEngine {
  /** Decides on a request before it is carried out. One that executes holds a claim, which must be ended. */
  readonly begin: (request: KeyRequest, policy: IdempotencyPolicy) => MaybePromise<Beginning>;
  /** Ends a claim with what the request came to. */
  readonly complete: (claim: Claim, ending: Ending, policy: IdempotencyPolicy) => MaybePromise<void>;
  /** Ends a claim as if the request had never come: nothing was tried. */
  readonly abandon: (claim: Claim) => MaybePromise<void>;
  /** Tells that the client is gone while the claim is held. `complete` follows where the request goes on. */
  readonly disconnected: (claim: Claim, policy: IdempotencyPolicy) => MaybePromise<void>;
  /** What is remembered of a key in an account, oldest first; keys whose life is over are left out. */
  readonly lookUp: (
    key: string,
    account: string,
    policy: IdempotencyPolicy,
  ) => MaybePromise<readonly KeyLookup[]>;
  /** Forgets every key. Claims that are held then end without a trace. */
  readonly reset: () => MaybePromise<void>;
}

/** Makes a key engine. Its state is in the store, but for requests of this process that wait for one another. */
export function createKeyEngine(options: KeyEngineOptions): KeyEngine {
  const { clock, leaseMs = null, owner = "", resourceExists = () => true } = options;
  const store = options.store ?? createMemoryKeyStore();
  const own = createWaiters();
  const waiters = options.untilEnded === undefined ? own : { ...own, untilEnded: options.untilEnded };
  let claims = 0;
  const nextToken = (): string => {
    claims += 1;
    return `${owner}${claims}`;
  };
  const parts: EngineParts = { clock, store, leaseMs, nextToken, resourceExists, waiters };
  return {
    begin: (request, policy) => beginRequest(parts, request, policy),
    complete: (claim, ending, policy) => completeClaim(parts, claim, { ending, policy }),
    abandon: (claim) => abandonClaim(parts, claim),
    disconnected: (claim, policy) => loseClient(parts, claim, policy),
    lookUp: (key, account, policy) => lookUpKey(parts, key, { account, policy }),
    reset: () => andThen(store.clear(), () => waiters.wakeAll()),
  };
}
