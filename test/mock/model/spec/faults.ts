import type { FaultRule } from "../../../../src/policy/policy.js";
import { matchesRoute } from "../../../../src/policy/route-policy.js";
import type { Model } from "./model.js";
import type { Sent } from "./sent.js";

/**
 * The first fault that a request meets. Each counts the requests of its route; a 5xx strikes what is carried out, so that
 * a request which a rule refuses has used the fault up.
 */
export function faultFor({ policy, faultCounts }: Model, sent: Sent): FaultRule | null {
  const met = policy.faults.find(({ on }, index) => {
    const fits = on.route === null || matchesRoute(on.route, sent.method, sent.path);
    return fits && (on.nth === null || on.nth === (faultCounts[index] ?? 0) + 1);
  });
  return met ?? null;
}

/** A request that has come counts for each fault of its route. */
export function countFaults({ policy, faultCounts }: Model, sent: Sent): void {
  for (const [index, { on }] of policy.faults.entries()) {
    const fits = on.route === null || matchesRoute(on.route, sent.method, sent.path);
    if (fits) faultCounts[index] = (faultCounts[index] ?? 0) + 1;
  }
}
