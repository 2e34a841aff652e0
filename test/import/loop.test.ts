import { describe, expect, test } from "vitest";
import type { Shipped } from "../scenarios/shipped.js";
import { importRun, renamed, run, runImported } from "./closing-the-loop.js";
import { LOOPED } from "./looped.js";

/** A platform that writes by itself moves tokens with the time: they are the same up to renaming. */
function movesByItself({ loaded }: Shipped): boolean {
  return JSON.stringify(loaded.policy).includes('"churn":{');
}

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
