import type { Clock } from "../core/clock.js";
import { type Random, seededRandom } from "../core/random.js";
import type { Found, Router } from "../core/router.js";
import type { Reset } from "../core/target.js";
import type { KeyEngine } from "../idempotency/engine.js";
import type { Policy, RoutePolicy } from "../policy/policy.js";
import { routePolicy } from "../policy/route-policy.js";
import { createLogins, type Logins } from "./auth.js";
import { createPlatformLife, type PlatformLife } from "./churn.js";
import { createFaults, type Faults } from "./faults.js";
import { createMiddleware, type Middleware } from "./front.js";
import { createIgnoredKeys, type IgnoredKeys } from "./ignored-keys.js";
import type { Route } from "./operation.js";
import { createOrg, type Org } from "./org.js";
import type { PipelineContext } from "./pipeline.js";
import { createRateLimiter, type RateLimiter } from "./rate-limit.js";
import { routerFor } from "./routes.js";
import type { Sharing } from "./shared-passage.js";
import type { Instant } from "./versioned.js";

/** All that a reset makes anew. Each random sequence is its own, so that one use cannot shift another's. */
export interface Beginnings {
  readonly org: Org;
  readonly logins: Logins;
  readonly limiter: RateLimiter;
  readonly life: PlatformLife;
  readonly faults: Faults;
  readonly middleware: Middleware;
  readonly ignoredKeys: IgnoredKeys;
  readonly correlationIds: Random;
  readonly jitter: Random;
}

/** What serves whatever world there is. */
export interface Machinery {
  readonly clock: Clock;
  readonly engine: KeyEngine;
  /** Null: the state is this server's own. */
  readonly sharing: Sharing | null;
}

/** What the mock is at one moment. */
export interface MockState extends Machinery, Beginnings {
  readonly policy: Policy;
  readonly router: Router<Route>;
  /** What holds for a route that the router found. */
  readonly policyOf: (found: Found<Route>) => RoutePolicy;
  readonly context: PipelineContext;
}

/** Now, on the mock's clock and on the calendar. */
function instantOf(clock: Clock): Instant {
  return { nowMs: clock.nowMs(), epochMs: clock.epochMs() };
}

const NO_QUERY = new URLSearchParams();

type Routing = Pick<MockState, "policy" | "router" | "policyOf">;

function contextFor(machinery: Machinery, beginnings: Beginnings, routing: Routing): PipelineContext {
  const { clock } = machinery;
  const { policy, router, policyOf } = routing;
  const invented = policy.paths === "forum-lore";
  const offsetMs = clock.epochMs() - clock.nowMs();
  return {
    ...machinery,
    ...beginnings,
    operationAt: (method, path) => {
      const found = router.find(method, path);
      if (found === null) return null;
      return { route: found.route, path: found.path, params: found.params, policy: policyOf(found) };
    },
    newCall: (passage) => {
      const { request, caller, org } = passage;
      const nowMs = clock.nowMs();
      const instant = { nowMs, epochMs: nowMs + offsetMs };
      return {
        org,
        instant,
        seesAll: false,
        trails: false,
        caller,
        asker: { principal: caller.name, connection: request.connection },
        policy: passage.policy,
        invented,
        params: passage.params,
        query: request.query === "" ? NO_QUERY : new URLSearchParams(request.query),
        key: passage.beginning?.key ?? passage.sentKey,
      };
    },
  };
}

/** The router finds the same object for the same path, so that a policy has to be looked for once. */
function rememberPolicies(policy: Policy): MockState["policyOf"] {
  const known = new WeakMap<Found<Route>, RoutePolicy>();
  return (found) => {
    const remembered = known.get(found);
    if (remembered !== undefined) return remembered;
    const resolved = routePolicy(policy, found.route.method, found.path);
    known.set(found, resolved);
    return resolved;
  };
}

/** A world under a policy. */
export function underPolicy(machinery: Machinery, beginnings: Beginnings, policy: Policy): MockState {
  const routing = { policy, router: routerFor(policy), policyOf: rememberPolicies(policy) };
  const context = contextFor(machinery, beginnings, routing);
  return { ...beginnings, ...machinery, ...routing, context };
}

/** What a world begins from. */
export interface Beginning extends Reset {
  /** Tells random sequences of one seed apart that must not give the same ids: of several servers, or after a restart. */
  readonly strand?: string;
  /** What servers that share their state have in common; null: this one shares nothing. */
  readonly sharer?: {
    readonly secret: string;
    readonly madeMs: number;
    /** Since when the policy holds. */
    readonly policySinceMs: number;
  } | null;
}

/** Makes a world anew. */
export function beginAnew(
  { seed, world, strand = "", sharer = null }: Beginning,
  clock: Clock,
  policy: Policy,
): Beginnings {
  const life = createPlatformLife(seed);
  const instant = sharer === null ? instantOf(clock) : { nowMs: sharer.madeMs, epochMs: sharer.madeMs };
  life.start(policy.churn, sharer?.policySinceMs ?? instant.nowMs, sharer === null ? instant.nowMs : 0);
  const stream = (name: string): string => (strand === "" ? name : `${name} ${strand}`);
  return {
    org: createOrg({ random: seededRandom(seed, stream("resources")), life, world }, instant),
    logins: createLogins({ seed, world, nowMs: clock.nowMs, secret: sharer?.secret ?? null }),
    limiter: createRateLimiter(clock.nowMs),
    life,
    faults: createFaults(seed),
    middleware: createMiddleware(),
    ignoredKeys: createIgnoredKeys(),
    correlationIds: seededRandom(seed, stream("correlation")),
    jitter: seededRandom(seed, stream("latency")),
  };
}
