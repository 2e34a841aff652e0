import { describe, expect, test } from "vitest";
import { ALL, CAUSES, DRAFT, everySendingStep, hasRace, REAL, type Shipped } from "../scenarios/shipped.js";
import { importRun, renamed, run, runImported } from "./closing-the-loop.js";

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

/** A platform that writes by itself moves tokens with the time: they are the same up to renaming. */
function movesByItself({ loaded }: Shipped): boolean {
  return JSON.stringify(loaded.policy).includes('"churn":{');
}

const LOOPED = [...ALL, ...CAUSES, ...DRAFT, ...REAL].filter((each) => !hasMore(each));

describe("what a run sent is imported and sent again", () => {
  test("of most of the shipped scenarios", () => {
    expect(LOOPED.length).toBeGreaterThan(80);
  });

  test.each(LOOPED.map((each) => [each.name, each] as const))(
    "%s: byte for byte, with the same statuses",
    async (_name, shipped) => {
      const before = await run(shipped.file);
      const after = await runImported(importRun(before.folder));
      if (movesByItself(shipped)) expect(renamed(after.told)).toEqual(renamed(before.told));
      else expect(after.told).toEqual(before.told);
    },
  );
});
