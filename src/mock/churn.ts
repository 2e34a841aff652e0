import { type Random, seededRandom } from "../core/random.js";
import type { Churn } from "../policy/policy.js";
import type { Instant, Org } from "./org.js";
import { bump, PLATFORM, type Versioned } from "./versioned.js";

/** The platform's own writes. */
export interface PlatformLife {
  /** Begins another life from this instant on; null: none. */
  readonly start: (churn: Churn | null, nowMs: number) => void;
  /** Does all writes that were due since the last call, each at its instant. Nothing looks at the org before this. */
  readonly catchUp: (org: Org, instant: Instant) => void;
}

function moved(
  org: Org,
  on: Churn["on"],
): Iterable<{ readonly versioned: Versioned; platformEvents: number }> {
  return org[on].values();
}

function intervalMs(churn: Churn, random: Random): number {
  return Math.max(1, churn.everyMs + (random.fraction() * 2 - 1) * churn.jitterMs);
}

/**
 * Churn without timers: whoever looks at the org first does what was due. What a client can see is the same as if
 * timers had fired, a day of waiting on a virtual clock costs a loop, and nothing holds the process open.
 */
export function createPlatformLife(seed: number): PlatformLife {
  const random = seededRandom(seed, "churn");
  let current: Churn | null = null;
  let nextAtMs = 0;
  return {
    start: (churn, nowMs) => {
      current = churn;
      nextAtMs = churn === null ? 0 : nowMs + intervalMs(churn, random);
    },
    catchUp: (org, instant) => {
      if (current === null) return;
      while (nextAtMs <= instant.nowMs) {
        const epochMs = instant.epochMs - (instant.nowMs - nextAtMs);
        for (const entity of moved(org, current.on)) {
          entity.platformEvents += 1;
          bump(entity.versioned, { writer: PLATFORM, epochMs, members: [] });
        }
        nextAtMs += intervalMs(current, random);
      }
    },
  };
}
