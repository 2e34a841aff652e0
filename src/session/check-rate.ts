import type { TargetProfile } from "../config/config.js";
import { formatPosition, GcidemError } from "../core/errors.js";
import type { RunPlan } from "../plan/plan.js";
import type { RaceStep } from "../scenario/scenario.js";
import type { SessionOptions } from "./session.js";

/** The documented default of `client.credentials.token.rate.per.minute`, as of Nov 2026. */
export const PLATFORM_REQUESTS_PER_MINUTE = 300;

/** How many requests a minute are sent at most; null: as many as there are. Pure. */
export function rateLimit(
  profile: TargetProfile | null,
  { maxRate = null }: Pick<SessionOptions, "maxRate">,
): number | null {
  const wanted = maxRate ?? profile?.maxRatePerMinute ?? null;
  return wanted ?? (profile?.kind === "genesys" ? PLATFORM_REQUESTS_PER_MINUTE : null);
}

/** Writers whose requests leave together need a place each within one minute. */
function isTooLarge({ writers, release }: RaceStep, limit: number): boolean {
  return release.kind !== "as-ready" && writers.length > limit;
}

/**
 * Checks, before anything is sent, that no race is larger than what may be sent in a minute.
 * @throws GcidemError `usage`
 */
export function checkRate(plan: RunPlan, options: SessionOptions): void {
  const { target } = options;
  if (target.kind === "mock") return;
  const limit = rateLimit(target.kind === "profile" ? target.profile : null, options);
  if (limit === null) return;
  const lines = plan.steps.flatMap(({ step }) =>
    step.kind === "race" && isTooLarge(step, limit)
      ? [
          `${formatPosition(step.at)} race ${step.id}: ${step.writers.length} writers send at once, and ${limit} requests a minute are allowed`,
        ]
      : [],
  );
  if (lines.length === 0) return;
  const hint = "race fewer writers, or allow more with --max-rate if the server does";
  throw new GcidemError("usage", `${lines.join("\n")}\nnothing was sent`, { hint });
}
