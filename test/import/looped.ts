import { ALL, CAUSES, DRAFT, everySendingStep, hasRace, REAL, type Shipped } from "../scenarios/shipped.js";

/** What no recording tells: what the mock did on purpose, who called it, and how long nothing happened. */
function hasMore(shipped: Shipped): boolean {
  const { scenario, policy } = shipped.loaded;
  const steps = everySendingStep(shipped);
  const faults = [policy, ...(policy?.routes.map(({ overrides }) => overrides) ?? [])].some(
    (layer) => (layer?.faults ?? []).length > 0,
  );
  return (
    hasRace(shipped) ||
    faults ||
    scenario.steps.some(({ kind }) => kind === "wait") ||
    steps.some(
      ({ as, fault, abort, auth }) => as !== null || fault !== null || abort !== null || auth === "expired",
    )
  );
}

/** The shipped scenarios without race, wait, fault or principals: what they sent can be sent again. */
export const LOOPED: readonly Shipped[] = [...ALL, ...CAUSES, ...DRAFT, ...REAL].filter(
  (each) => !hasMore(each),
);
