import { describe, expect, test } from "vitest";
import type { Cause } from "../../../src/core/causes.js";
import { drive } from "./drive/drive.js";
import type { Happened } from "./drive/happened.js";
import { recordedOf } from "./drive/to-exchanges.js";
import { truthOf } from "./judge/truth.js";
import { twinsOf } from "./judge/twins.js";
import { firstSeed, type TARGETS } from "./plan.js";
import type { Scenario } from "./scenario.js";
import { scenarioOf } from "./scenes/random-scene.js";

const SOME = 40;
/** Each costs a hundred runs. */
const FEW = 20;

function someOf(target: (typeof TARGETS)[number]): readonly Scenario[] {
  return Array.from({ length: SOME }, (_, index) => scenarioOf(firstSeed(target) + index, target));
}

/** Every run of some scenarios, and the exchanges of each that the trace or the network calls so. */
async function found(
  target: (typeof TARGETS)[number],
  isSo: (one: Happened) => boolean,
): Promise<
  readonly { readonly one: Happened; readonly all: readonly Happened[]; readonly truth: Cause | null }[]
> {
  const runs = await Promise.all(someOf(target).map((scenario) => drive(scenario)));
  return runs.flatMap((all) => all.filter(isSo).map((one) => ({ one, all, truth: truthOf(one, all).cause })));
}

function readsAfter(one: Happened, all: readonly Happened[]): number {
  return all.slice(all.indexOf(one) + 1).filter(({ send }) => send.method === "GET").length;
}

describe("what the trace knows and the given exchanges cannot show is not graded", () => {
  const isDoubled = ({ outcome }: Happened): boolean =>
    outcome?.executed === true && outcome.earlier?.executed === true;

  test("of a run that had two effects: it is, as soon as a list names both", async () => {
    const doubled = await found("duplicate-delivery", isDoubled);
    const runs = doubled.filter(({ one }) => one.target.includes("/execute"));
    const listed = runs.filter(({ one, all }) => readsAfter(one, all) > 0);
    const unlisted = runs.filter(({ one, all }) => readsAfter(one, all) === 0);
    expect(listed.map(({ truth }) => truth)).toContain("duplicate-delivery");
    expect(new Set(unlisted.map(({ truth }) => truth))).toEqual(new Set(["unexplained"]));
  });

  test("of a read that trails: it is, as soon as anything had shown or shows what it lacks", async () => {
    const trailing = await found("stale-read", ({ outcome }) => outcome?.note?.cause === "stale-read");
    const truths = new Set(trailing.map(({ truth }) => truth));
    expect(truths).toEqual(new Set(["stale-read", "unexplained"]));
  });
});

describe("a stored answer to a body that a middleware changed", () => {
  test("is that to the same request, as its client knows it", async () => {
    const replayed = await found(
      "altered-in-transit",
      ({ outcome }) => outcome?.note?.cause === "replay-of-other-body",
    );
    expect(replayed.length).toBeGreaterThan(0);
    expect(new Set(replayed.map(({ truth }) => truth))).toEqual(new Set(["stored-answer-returned"]));
  });
});

describe("a lost answer whose retry simply passed", () => {
  test("cannot be told from a request that never arrived, however the answer got lost", async () => {
    const differences = new Set<string>();
    for (const scenario of someOf("response-lost").slice(0, FEW)) {
      const happened = await drive(scenario);
      const recorded = recordedOf(happened);
      const twins = await twinsOf(scenario, happened);
      recorded.forEach((one, index) => {
        if (truthOf(one, happened).cause !== "response-lost") return;
        for (const { differsIn, truth } of twins[index] ?? [])
          if (truth.cause === null) differences.add(`${differsIn} ${one.error?.code}`);
      });
    }
    const lost = [...differences].filter((each) => each.startsWith("faults"));
    expect(lost).toEqual(expect.arrayContaining(["faults ERR_BODY_LENGTH", "faults HPE_INVALID_CONSTANT"]));
  }, 60_000);
});
