import { describe, expect, test } from "vitest";
import { virtualClock } from "../../src/core/clock.js";
import { createKeyEngine, type KeyEngine, type KeyEngineOptions } from "../../src/idempotency/engine.js";
import type { Beginning } from "../../src/idempotency/idempotency.js";
import type { IdempotencyPolicy } from "../../src/policy/idempotency-policy.js";
import { anEnding, aRequest, atOnce, claimOf, FORUM_LORE, honouring } from "./a-request.js";

interface Bench {
  readonly engine: KeyEngine;
  readonly clock: ReturnType<typeof virtualClock>;
  readonly policy: IdempotencyPolicy;
  readonly begin: (parts?: Parameters<typeof aRequest>[0]) => Beginning;
  /** Executes and succeeds. */
  readonly run: (
    parts?: Parameters<typeof aRequest>[0],
    ending?: Parameters<typeof anEnding>[0],
  ) => Beginning;
}

function bench(yaml = "{}", options: Partial<KeyEngineOptions> = {}): Bench {
  const clock = virtualClock(0);
  const engine = createKeyEngine({ clock, ...options });
  const policy = honouring(yaml);
  const begin: Bench["begin"] = (parts) => atOnce(engine.begin(aRequest(parts), policy));
  const run: Bench["run"] = (parts, ending) => {
    const beginning = begin(parts);
    atOnce(engine.complete(claimOf(beginning), anEnding(ending), policy));
    return beginning;
  };
  return { engine, clock, policy, begin, run };
}

describe("I1 and I4: whether a key counts", () => {
  test.each([
    ["ignored", "k1", { kind: "ignore", key: null }],
    ["honoured", "k1", { kind: "execute", key: "k1" }],
    ["honoured", null, { kind: "ignore", key: null }],
    ["required", "k1", { kind: "execute", key: "k1" }],
    ["required", null, { kind: "refuse", status: 400, cause: "key-missing" }],
    ["required", "", { kind: "refuse", status: 400, cause: "key-malformed" }],
    ["rejected", "k1", { kind: "refuse", status: 400, cause: "key-malformed" }],
    ["rejected", null, { kind: "ignore" }],
  ])("support %s, key %s", (support, key, expected) => {
    expect(bench(`{ support: ${support} }`).begin({ key })).toMatchObject(expected);
  });

  test("only on the methods that the policy names", () => {
    const { begin } = bench("{ methods: [POST] }");
    expect(begin({ method: "PATCH" })).toMatchObject({ kind: "ignore" });
    expect(begin({ method: "POST" })).toMatchObject({ kind: "execute" });
  });
});

describe("a claim", () => {
  test("holds the key until it ends; then the answer is replayed", () => {
    const { begin, engine, policy } = bench();
    const first = begin();
    expect(begin()).toMatchObject({ kind: "refuse", cause: "key-in-flight" });
    const ending = anEnding({ status: 201 });
    atOnce(engine.complete(claimOf(first), ending, policy));
    expect(begin()).toMatchObject({ kind: "replay", status: 201, answer: ending.answer });
  });

  test("that is abandoned never was", () => {
    const { begin, engine } = bench();
    atOnce(engine.abandon(claimOf(begin())));
    expect(begin()).toMatchObject({ kind: "execute", cause: null });
  });

  test("that comes too late does not end the one that took over", () => {
    const { begin, clock, engine, policy } = bench("{}", { leaseMs: 1_000 });
    const slow = begin();
    return clock.advance(1_000).then(() => {
      const second = begin();
      expect(second).toMatchObject({ kind: "execute" });
      atOnce(engine.complete(claimOf(slow), anEnding({ status: 299 }), policy));
      expect(begin()).toMatchObject({ kind: "refuse", cause: "key-in-flight" });
      atOnce(engine.complete(claimOf(second), anEnding(), policy));
      expect(begin()).toMatchObject({ kind: "replay", status: 200 });
    });
  });

  test("after execute-again that keeps the original ends without touching it", () => {
    const { begin, run } = bench("{ mismatch: { outcome: execute-again } }");
    run({}, { status: 201 });
    run({ body: "{}" }, { status: 299 });
    expect(begin()).toMatchObject({ kind: "replay", status: 201 });
  });
});

describe("mismatchKeeps after a refusal", () => {
  const OTHER = { body: '{"tier":"silver"}' };

  test.each([
    ["original", "replay", "refuse"],
    ["overwritten", "refuse", "replay"],
    ["dropped", "execute", "refuse"],
  ])("%s: the first body again is %s, the other one again %s", (keeps, first, other) => {
    const under = (parts: Parameters<typeof aRequest>[0]): string => {
      const { begin, run } = bench(`{ mismatchKeeps: ${keeps} }`);
      run();
      expect(begin(OTHER)).toMatchObject({ kind: "refuse" });
      if (keeps === "dropped" && parts === OTHER) begin();
      return begin(parts).kind;
    };
    expect(under({})).toBe(first);
    expect(under(OTHER)).toBe(other);
  });
});

describe("I8: wait", () => {
  test("the second request waits for the first one and gets its answer", async () => {
    const { begin, engine, policy } = bench("{ inFlight: { outcome: wait } }");
    const first = begin();
    const second = engine.begin(aRequest(), policy);
    expect(second).toBeInstanceOf(Promise);
    atOnce(engine.complete(claimOf(first), anEnding({ status: 201 }), policy));
    expect(await second).toMatchObject({ kind: "replay", status: 201 });
  });

  test("of two that wait for a failure that is forgotten, one executes and the other waits for it", async () => {
    const { begin, engine, policy } = bench("{ inFlight: { outcome: wait }, outcomes: { 5xx: forget } }");
    const first = begin();
    const [second, third] = [engine.begin(aRequest(), policy), engine.begin(aRequest(), policy)];
    atOnce(engine.complete(claimOf(first), anEnding({ outcome: "5xx", status: 503, effect: false }), policy));
    const next = await second;
    atOnce(engine.complete(claimOf(next), anEnding({ status: 201 }), policy));
    expect(await third).toMatchObject({ kind: "replay", status: 201 });
  });

  test("a reset lets nobody wait for ever", async () => {
    const { begin, engine, policy } = bench("{ inFlight: { outcome: wait } }");
    begin();
    const second = engine.begin(aRequest(), policy);
    atOnce(engine.reset());
    expect(await second).toMatchObject({ kind: "execute" });
  });
});

describe("I10: check-then-set", () => {
  test("two requests within the window both execute, and the later one says so; with atomic only one does", async () => {
    const { engine, clock, policy } = bench("{ claim: { kind: check-then-set, window: 5ms } }");
    const racing = [engine.begin(aRequest(), policy), engine.begin(aRequest(), policy)];
    await clock.advance(5);
    expect(await Promise.all(racing)).toMatchObject([
      { kind: "execute", cause: null },
      { kind: "execute", cause: "executed-twice" },
    ]);
    const atomic = bench();
    expect([atomic.begin().kind, atomic.begin().kind]).toEqual(["execute", "refuse"]);
  });

  test("one after the other it is as right as an atomic claim", async () => {
    const { engine, policy } = bench("{ claim: check-then-set }");
    const first = await engine.begin(aRequest(), policy);
    atOnce(engine.complete(claimOf(first), anEnding(), policy));
    expect(await engine.begin(aRequest(), policy)).toMatchObject({ kind: "replay" });
  });
});

describe("I17: a client that goes away", () => {
  test("completes: the answer is there for the repeat", () => {
    const { begin, engine, policy } = bench();
    const claim = claimOf(begin());
    atOnce(engine.disconnected(claim, policy));
    expect(begin()).toMatchObject({ cause: "key-in-flight" });
    atOnce(engine.complete(claim, anEnding({ delivered: false }), policy));
    expect(begin()).toMatchObject({ kind: "replay" });
  });

  test("releases: the repeat executes, twice if the first one got through", () => {
    const { begin, engine, policy } = bench("{ onDisconnect: releases }");
    const claim = claimOf(begin());
    atOnce(engine.disconnected(claim, policy));
    atOnce(engine.complete(claim, anEnding({ delivered: false }), policy));
    expect(begin()).toMatchObject({ kind: "execute", cause: "executed-twice" });
  });

  test("sticks: the key is refused as long as it lives, whatever becomes of the request", async () => {
    const { begin, engine, policy, clock } = bench("{ onDisconnect: sticks, ttl: 1h }");
    const claim = claimOf(begin());
    atOnce(engine.disconnected(claim, policy));
    atOnce(engine.complete(claim, anEnding(), policy));
    expect(begin()).toMatchObject({ kind: "refuse", cause: "key-stuck" });
    await clock.advance(3_600_000);
    expect(begin()).toMatchObject({ kind: "execute" });
  });
});

test("I15: each use lengthens the life of a key where it counts from the last use", async () => {
  const kindAfterTwoWaits = async (ttlFrom: string): Promise<string> => {
    const { begin, run, clock } = bench(`{ ttl: 10m, ttlFrom: ${ttlFrom} }`);
    run();
    await clock.advance(6 * 60_000);
    begin();
    await clock.advance(6 * 60_000);
    return begin().kind;
  };
  expect(await kindAfterTwoWaits("last-use")).toBe("replay");
  expect(await kindAfterTwoWaits("first-use")).toBe("execute");
});

describe("what was done under a key is known for as long as its record is kept", () => {
  const OTHER = { body: '{"tier":"silver"}' };

  test("also where a mismatch dropped it, as after a first request that had no effect", () => {
    const { run, begin } = bench("{ mismatchKeeps: dropped }");
    run();
    expect(begin(OTHER)).toMatchObject({ kind: "refuse", cause: "key-reused-body-changed" });
    expect(run()).toMatchObject({ kind: "execute", cause: "executed-twice" });
    const idle = bench("{ mismatchKeeps: dropped, outcomes: { validation: replay } }");
    idle.run({}, { outcome: "validation", status: 400, effect: false });
    expect(idle.begin(OTHER)).toMatchObject({ kind: "refuse" });
    expect(idle.begin()).toMatchObject({ kind: "execute", cause: null });
  });

  test("also where a mismatch dropped it while its request ran, which then does not bring it back", () => {
    const { begin, engine, policy } = bench("{ mismatchKeeps: dropped }");
    const first = begin();
    expect(begin(OTHER)).toMatchObject({ kind: "refuse", cause: "key-reused-body-changed" });
    atOnce(engine.complete(claimOf(first), anEnding(), policy));
    expect(atOnce(engine.lookUp("k1", "acme", policy))).toEqual([]);
    expect(begin()).toMatchObject({ kind: "execute", cause: "executed-twice" });
  });

  test("also what was carried out beside the record of a request without an effect", () => {
    const { run, begin } = bench(
      "{ mismatch: { outcome: execute-again }, outcomes: { validation: replay } }",
    );
    run({}, { outcome: "validation", status: 400, effect: false });
    expect(run(OTHER)).toMatchObject({ kind: "execute", cause: null });
    expect(run(OTHER)).toMatchObject({ kind: "execute", cause: "executed-twice" });
    expect(begin()).toMatchObject({ kind: "replay", status: 400 });
  });

  test("also where a later request under it came to nothing", () => {
    const { run } = bench("{ outcomes: { 2xx: forget, 5xx: forget } }");
    run();
    expect(run({}, { outcome: "5xx", status: 503, effect: false })).toMatchObject({
      cause: "executed-twice",
    });
    expect(run()).toMatchObject({ cause: "executed-twice" });
    expect(run(OTHER)).toMatchObject({ cause: "executed-other-body" });
  });

  test("and what an answer was given to, whatever request the key belongs to since", () => {
    const { run, begin } = bench("{ mismatchKeeps: overwritten }");
    run();
    expect(begin(OTHER)).toMatchObject({ kind: "refuse" });
    expect(begin(OTHER)).toMatchObject({ kind: "replay", cause: "replay-of-other-body" });
    expect(begin()).toMatchObject({ kind: "refuse" });
    expect(begin()).toMatchObject({ kind: "replay", cause: "stored-answer-returned" });
  });
});

test("I18: a key whose resource was deleted", () => {
  const kindAfterDelete = (yaml: string): string => {
    const things = new Set(["things/1"]);
    const { run, begin } = bench(yaml, { resourceExists: (resource) => things.has(resource) });
    run({}, { resource: "things/1" });
    things.clear();
    return begin().kind;
  };
  expect(kindAfterDelete("{ keyOutlivesResource: true }")).toBe("replay");
  expect(kindAfterDelete("{ keyOutlivesResource: false }")).toBe("execute");
});

describe("a look-up by key", () => {
  test("splits running, completed, failed and stuck, in one account, oldest first", async () => {
    const { begin, run, engine, clock } = bench("{ onDisconnect: sticks }");
    run({ path: "/done" }, { status: 201 });
    await clock.advance(1);
    run({ path: "/failed" }, { outcome: "5xx", status: 503 });
    await clock.advance(1);
    begin({ path: "/running" });
    await clock.advance(1);
    atOnce(engine.disconnected(claimOf(begin({ path: "/stuck" })), honouring("{ onDisconnect: sticks }")));
    begin({ path: "/theirs", account: "other" });
    begin({ path: "/another", key: "k2" });
    expect(atOnce(engine.lookUp("k1", "acme", FORUM_LORE))).toMatchObject([
      { state: "completed", path: "/done", status: 201, answer: { status: 201 } },
      { state: "failed", path: "/failed", status: 503, answer: null },
      { state: "running", path: "/running", status: null },
      { state: "stuck", path: "/stuck", status: null },
    ]);
  });

  test("leaves out keys whose life is over", async () => {
    const { run, engine, clock } = bench();
    run();
    await clock.advance(24 * 3_600_000);
    expect(atOnce(engine.lookUp("k1", "acme", FORUM_LORE))).toEqual([]);
  });
});

test("a reset forgets every key", () => {
  const { run, begin, engine } = bench();
  run();
  atOnce(engine.reset());
  expect(begin()).toMatchObject({ kind: "execute", cause: null });
});
