import { describe, expect, test } from "vitest";
import { drive } from "./drive/drive.js";
import { recordedOf, toExchanges } from "./drive/to-exchanges.js";
import { inseparableTwins } from "./judge/separable.js";
import { truthOf } from "./judge/truth.js";
import { twinsOf } from "./judge/twins.js";
import { firstSeed, TARGETS } from "./plan.js";
import { withKeys } from "./policies/dimension.js";
import type { Scenario } from "./scenario.js";
import { scenarioOf } from "./scenes/random-scene.js";

type Target = (typeof TARGETS)[number];

const SOME = 24;

function someOf(target: Target): readonly Scenario[] {
  return Array.from({ length: SOME }, (_, index) => scenarioOf(firstSeed(target) + index, target));
}

async function truthsOf(scenario: Scenario): Promise<readonly (string | null)[]> {
  const happened = await drive(scenario);
  return recordedOf(happened).map((one) => truthOf(one, happened).cause);
}

describe("a scenario", () => {
  test.each(TARGETS)("drawn for %s is the same each time, and so is what comes of it", async (target) => {
    const scenario = scenarioOf(firstSeed(target), target);
    expect(scenarioOf(firstSeed(target), target)).toEqual(scenario);
    const once = toExchanges(recordedOf(await drive(scenario)));
    expect(toExchanges(recordedOf(await drive(scenario)))).toEqual(once);
  });

  test.each(TARGETS.filter((target) => target !== "random"))(
    "drawn for %s mostly shows it",
    async (target) => {
      const truths = await Promise.all(someOf(target).map(truthsOf));
      const showing = truths.filter((causes) => causes.includes(target));
      expect(showing.length).toBeGreaterThan(SOME / 4);
    },
  );

  test("half of the policies and more tell nothing in their refusals", () => {
    const all = TARGETS.flatMap(someOf);
    const opaque = all.filter(({ policy }) => policy.errors === "opaque");
    expect(opaque.length / all.length).toBeGreaterThan(0.5);
  });

  test("three in five scenarios that were drawn for a refusal contain its control", () => {
    const all = TARGETS.filter((target) => /^(?:key|stale|etag|state|token)-/.test(target)).flatMap(someOf);
    const controlled = all.filter(({ control }) => control !== null);
    expect(controlled.length / all.length).toBeGreaterThan(0.6);
  });
});

describe("the truth", () => {
  test("of a refusal whose key was first used by somebody whom nobody recorded is just that", async () => {
    const scenarios = someOf("key-first-use-unseen");
    const hidden = scenarios.filter(({ acts }) =>
      acts.some((act) => act.kind === "send" && !act.send.recorded),
    );
    const truths = (await Promise.all(hidden.map(truthsOf))).flat();
    expect(truths).toContain("key-first-use-unseen");
    expect(truths).not.toContain("key-reused-body-changed");
  });

  test("of a request whose client gave up is a lost answer where it was carried out", async () => {
    const happened = (await Promise.all(someOf("key-stuck").map((scenario) => drive(scenario)))).flat();
    const gaveUp = happened.filter(({ error }) => error?.phase === "timeout");
    expect(gaveUp.length).toBeGreaterThan(0);
    for (const one of gaveUp)
      expect(truthOf(one, [one]).cause).toBe(one.outcome?.executed === true ? "response-lost" : null);
  });
});

describe("indistinguishable", () => {
  /** A key whose first request and the second differ in body and path. */
  const scenarioWith = (path: boolean): Scenario => {
    const found = someOf("key-reused-other-resource").find(({ acts, policy }) => {
      const sent = acts.flatMap((act) => (act.kind === "send" ? [act.send] : []));
      const [first] = sent.filter(({ id }) => id === "first1");
      const [refused] = sent.filter(({ id }) => id === "refused1");
      const isMoved = first?.path.split("?")[0] !== refused?.path.split("?")[0];
      return isMoved && first?.body !== refused?.body && policy.errors === "opaque";
    });
    if (found === undefined) throw new Error("no seed has what this test needs");
    const { fingerprint, mismatch, outcomes } = found.policy.idempotency;
    const policy = withKeys(found.policy, {
      scope: [],
      ttlMs: null,
      carrier: { kind: "header", name: "Idempotency-Key" },
      fingerprint: { ...fingerprint, body: { kind: "canonical-json" }, path },
      mismatch: { ...mismatch, reveals: "nothing" },
      outcomes: { ...outcomes, "2xx": "replay" },
    });
    return { ...found, policy };
  };

  test("is a refusal for another path from one for another body, where both differ and nothing is told", async () => {
    const scenario = scenarioWith(true);
    const happened = await drive(scenario);
    const recorded = recordedOf(happened);
    const at = recorded.findIndex(({ send }) => send.id === "refused1");
    const twins = (await twinsOf(scenario, happened))[at] ?? [];
    const refused = recorded[at];
    expect(refused === undefined ? null : truthOf(refused, happened).cause).toBe("key-reused-other-resource");
    expect(twins).toContainEqual({
      differsIn: "idempotency.fingerprint.path",
      truth: { kind: "refusal", cause: "key-reused-body-changed", movedBy: null },
      policy: expect.objectContaining({ errors: "opaque" }),
    });
  });

  test("is no more what a permitted experiment tells apart: the first one's body on the other path", async () => {
    const scenario = scenarioWith(true);
    const happened = await drive(scenario);
    const at = recordedOf(happened).findIndex(({ send }) => send.id === "refused1");
    const left = (await inseparableTwins(scenario, scenario, happened))[at] ?? [];
    expect(left.map(({ differsIn }) => differsIn)).not.toContain("idempotency.fingerprint.path");
  });

  test("stays a token that is unknown from one that has run out, whatever is sent with it", async () => {
    const found = await Promise.all(
      someOf("token-invalid")
        .filter(({ policy }) => policy.errors === "opaque")
        .map(async (scenario) => {
          const happened = await drive(scenario);
          const at = recordedOf(happened).findIndex(({ send }) => send.id === "refused1");
          return (await inseparableTwins(scenario, scenario, happened))[at] ?? [];
        }),
    );
    expect(found.flat().map(({ truth }) => truth.cause)).toContain("token-expired");
  });
});
