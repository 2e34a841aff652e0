import { describe, expect, it } from "vitest";
import type { StrategyId } from "../../src/strategies/strategies.js";
import { CHANGE_WAYS } from "../../src/strategies/ways.js";
import { compare, figures } from "./comparing.js";

const SAME_BYTES: readonly StrategyId[] = ["blind-retry", "backoff", "backoff-jitter"];

describe("under a policy that refuses outdated tokens", async () => {
  const comparison = await compare({ churnsPerSecond: [0, 25] });

  it("reading again beats sending the same bytes again, with churn and without", () => {
    for (const churn of [0, 25]) {
      const again = figures(comparison, "re-read", churn);
      for (const same of SAME_BYTES)
        expect(figures(comparison, same, churn).told).toBeLessThan(again.told / 2);
    }
  });

  it("no way that sends the token of what it read loses an update", () => {
    const checked = CHANGE_WAYS.filter(({ manner }) => manner.through === "conversation");
    expect(checked).toHaveLength(7);
    for (const { id } of checked)
      for (const churn of [0, 25]) expect(figures(comparison, id, churn).lostUpdates).toBe(0);
  });

  it("writers that take turns never refuse each other; without churn nobody refuses them", () => {
    expect(figures(comparison, "queue", 25).staleBecauseOf).toMatchObject({ otherWriter: 0 });
    expect(figures(comparison, "queue", 25).staleBecauseOf.churn).toBeGreaterThan(0);
    expect(figures(comparison, "queue", 0).staleBecauseOf).toEqual({
      churn: 0,
      otherWriter: 0,
      ownWrite: 0,
      unknown: 0,
    });
    expect(figures(comparison, "re-read", 0).staleBecauseOf.otherWriter).toBeGreaterThan(0);
  });

  it("who never reads again may be refused because of its own write, and never learn that it was done", () => {
    const { doneUntold, staleBecauseOf } = figures(comparison, "blind-retry", 0);
    expect(doneUntold).toBeGreaterThan(0);
    expect(staleBecauseOf.ownWrite).toBeGreaterThan(0);
    expect(figures(comparison, "re-read", 0).doneUntold).toBe(0);
  });

  it("a shared attribute without a token loses updates, one of one's own does not", () => {
    expect(figures(comparison, "small-shared", 0).lostUpdates).toBeGreaterThan(0);
    expect(figures(comparison, "small-own", 0)).toMatchObject({ lostUpdates: 0 });
    expect(figures(comparison, "small-own", 25).told).toBe(figures(comparison, "small-own", 25).writers);
  });

  it("pauses do not outwait the platform's own writes", () => {
    expect(figures(comparison, "re-read-backoff", 25).told).toBeLessThan(
      figures(comparison, "re-read", 25).told,
    );
  });
});

describe("under other policies", () => {
  it("where nothing is checked, each is told of success, and only turns keep all changes", async () => {
    const comparison = await compare({ policy: "documented", churnsPerSecond: [0] });
    for (const id of ["blind-retry", "re-read"] as const) {
      const { told, writers, lostUpdates } = figures(comparison, id, 0);
      expect(told).toBe(writers);
      expect(lostUpdates).toBeGreaterThan(0);
    }
    expect(figures(comparison, "queue", 0)).toMatchObject({ lostUpdates: 0 });
  });

  it("where a PATCH replaces all attributes, one of one's own is lost too", async () => {
    const policy = "extends: forum-lore\nconcurrency: { patchMerges: replace }\n";
    const comparison = await compare({ policy, churnsPerSecond: [0] });
    expect(figures(comparison, "small-own", 0).lostUpdates).toBeGreaterThan(0);
  });

  it("where each write must say which version it is for, an endpoint without a token is no way", async () => {
    const comparison = await compare({ policy: "rfc9110", churnsPerSecond: [0], runs: 3 });
    expect(figures(comparison, "small-own", 0)).toMatchObject({ told: 0, p50Ms: null });
  });

  it.each(["rfc9110", "couchdb-like", "kubernetes-like", "naive"])(
    "a token travels in the place that %s reads: reading again succeeds, old tokens are refused",
    async (policy) => {
      const comparison = await compare({ policy, churnsPerSecond: [0], runs: 5 });
      const { told, writers } = figures(comparison, "re-read", 0);
      expect(told).toBe(writers);
      expect(figures(comparison, "blind-retry", 0).staleBecauseOf.otherWriter).toBeGreaterThan(0);
    },
  );

  it("a token in the query is sent there", async () => {
    const policy =
      "extends: couchdb-like\nconcurrency: { readFrom: [query rev], absent: { PATCH: { status: 409 } } }\n";
    const comparison = await compare({ policy, churnsPerSecond: [0], runs: 3 });
    expect(figures(comparison, "re-read", 0).told).toBe(12);
  });

  it("a limit of requests a minute stops who asks too often", async () => {
    const policy = "extends: forum-lore\nrateLimit: { perMinute: 20, retryAfter: true }\n";
    const comparison = await compare({ policy, churnsPerSecond: [0], runs: 2 });
    expect(figures(comparison, "blind-retry", 0).rateLimited).toBeGreaterThan(0);
    expect(figures(comparison, "small-own", 0).rateLimited).toBe(0);
  });
});

describe("after a lost answer", () => {
  it.each(["forum-lore", "stripe-like", "ietf-draft"])(
    "under %s the same key is carried out once, a new one twice",
    async (policy) => {
      const comparison = await compare({ policy, churnsPerSecond: [], lostShare: 0.3 });
      expect(figures(comparison, "same-key", null)).toMatchObject({ told: 32, doneTwice: 0 });
      expect(figures(comparison, "new-key", null).told).toBe(32);
      expect(figures(comparison, "new-key", null).doneTwice).toBeGreaterThan(0);
    },
  );

  it.each(["carrier: body requestId", "carrier: query requestId"])(
    "a key travels where the policy reads it (%s)",
    async (carrier) => {
      const policy = `extends: forum-lore\nidempotency: { ${carrier} }\n`;
      const comparison = await compare({ policy, churnsPerSecond: [], lostShare: 0.3 });
      expect(figures(comparison, "same-key", null).doneTwice).toBe(0);
      expect(figures(comparison, "new-key", null).doneTwice).toBeGreaterThan(0);
    },
  );

  it("where the server does not go by keys, the same key is carried out twice as well", async () => {
    const comparison = await compare({ policy: "rfc9110", churnsPerSecond: [], lostShare: 0.3 });
    expect(figures(comparison, "same-key", null).doneTwice).toBeGreaterThan(0);
  });

  it("without lost answers nothing is done twice, and one request is enough", async () => {
    const comparison = await compare({ churnsPerSecond: [], lostShare: 0 });
    expect(figures(comparison, "new-key", null)).toMatchObject({ doneTwice: 0, writes: 32, requests: 32 });
  });
});
