import type { Clock } from "../core/clock.js";
import { type Random, seededRandom } from "../core/random.js";
import type { Reset } from "../core/target.js";
import type { KeyEngine } from "../idempotency/engine.js";
import type { Policy } from "../policy/policy.js";
import { createLogins, type Logins } from "./auth.js";
import { createPlatformLife, type PlatformLife } from "./churn.js";
import { createFaults, type Faults } from "./faults.js";
import { createMiddleware, type Middleware } from "./front.js";
import { createIgnoredKeys, type IgnoredKeys } from "./ignored-keys.js";
import type { Route } from "./operation.js";
import { createOrg, type Instant, type Org } from "./org.js";
import type { PipelineContext } from "./pipeline.js";
import { createRateLimiter, type RateLimiter } from "./rate-limit.js";
import type { Router } from "./router.js";
import { routerFor } from "./routes.js";

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
}

/** What the mock is at one moment. */
export interface MockState extends Machinery, Beginnings {
  readonly policy: Policy;
  readonly router: Router<Route>;
  readonly context: PipelineContext;
}

/** Now, on the mock's clock and on the calendar. */
function instantOf(clock: Clock): Instant {
  return { nowMs: clock.nowMs(), epochMs: clock.epochMs() };
}

const NO_QUERY = new URLSearchParams();

function contextFor(machinery: Machinery, beginnings: Beginnings, policy: Policy): PipelineContext {
  const { org, life } = beginnings;
  const invented = policy.paths === "forum-lore";
  return {
    ...machinery,
    ...beginnings,
    newCall: (passage) => {
      const { request, caller } = passage;
      const instant = instantOf(machinery.clock);
      life.catchUp(org, instant);
      return {
        org,
        instant,
        caller,
        writer: `${caller.name}#${request.connection}`,
        policy: passage.policy,
        invented,
        params: passage.params,
        query: request.query === "" ? NO_QUERY : new URLSearchParams(request.query),
        key: passage.sentKey,
      };
    },
  };
}

/** A world under a policy. */
export function underPolicy(machinery: Machinery, beginnings: Beginnings, policy: Policy): MockState {
  const context = contextFor(machinery, beginnings, policy);
  return { ...beginnings, ...machinery, policy, router: routerFor(policy), context };
}

/** Makes a world anew. */
export function beginAnew({ seed, world }: Reset, clock: Clock, policy: Policy): Beginnings {
  const life = createPlatformLife(seed);
  life.start(policy.churn, clock.nowMs());
  return {
    org: createOrg(seed, world, instantOf(clock)),
    logins: createLogins({ seed, world, nowMs: clock.nowMs }),
    limiter: createRateLimiter(clock.nowMs),
    life,
    faults: createFaults(seed),
    middleware: createMiddleware(),
    ignoredKeys: createIgnoredKeys(),
    correlationIds: seededRandom(seed, "correlation"),
    jitter: seededRandom(seed, "latency"),
  };
}
