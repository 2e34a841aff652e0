import { describe, expect, test } from "vitest";
import { decide, type Facts, outcomeClass } from "../../src/idempotency/decide.js";
import type { Decision, KeyRecord, KeyState } from "../../src/idempotency/idempotency.js";
import { newRecord } from "../../src/idempotency/new-record.js";
import type { OutcomeClass } from "../../src/policy/idempotency-policy.js";
import { anEnding, aRequest, honouring } from "./a-request.js";

const RUNNING: KeyState = { kind: "in-flight", leaseUntilMs: null, stuck: false };

function ended(
  outcome: OutcomeClass,
  status: number,
  more: { delivered?: boolean; effect?: boolean } = {},
): KeyState {
  const { delivered = true, effect = outcome === "2xx" } = more;
  const { answer } = anEnding({ status });
  return { kind: "ended", outcome, status, delivered, effect, resource: null, answer };
}

interface Case {
  readonly policy?: string;
  readonly first?: Parameters<typeof aRequest>[0];
  readonly state?: KeyState;
  readonly again?: Parameters<typeof aRequest>[0];
  readonly nowMs?: number;
  readonly lastUsedAtMs?: number;
  readonly resourceGone?: boolean;
  readonly waited?: boolean;
}

/** The first request came at 0 and answered 200, and comes again at 1000 as it was, but for what is given. */
function decided(given: Case): Decision {
  const policy = honouring(given.policy);
  const asking = { request: aRequest(given.first), policy, key: "k1" };
  const fresh = newRecord(asking, { nowMs: 0, leaseMs: null, token: "1" });
  const record: KeyRecord = {
    ...fresh,
    state: given.state ?? ended("2xx", 200),
    lastUsedAtMs: given.lastUsedAtMs ?? 0,
  };
  const { nowMs = 1_000, resourceGone = false, waited = false } = given;
  const facts: Facts = { request: aRequest(given.again), record, policy, nowMs, resourceGone, waited };
  return decide(facts);
}

const OTHER_VALUE = { body: '{"tier":"silver"}' };
const OTHER_BYTES = { body: '{ "tier": "gold" }' };

describe("a key that comes again as it was", () => {
  test("gets the stored answer", () => {
    expect(decided({})).toMatchObject({
      kind: "replay",
      status: 200,
      cause: "stored-answer-returned",
      record: "use",
    });
  });

  test.each([
    ["original", 201],
    ["200", 200],
  ])("I12, replay.status %s: a stored 201 is sent as %s", (status, expected) => {
    expect(decided({ policy: `{ replay: { status: ${status} } }`, state: ended("2xx", 201) })).toMatchObject({
      status: expected,
    });
  });
});

describe("I7: a key that comes again with another fingerprint", () => {
  test.each([
    ["another value", OTHER_VALUE, "canonical-json", "key-reused-body-changed"],
    ["other bytes", OTHER_BYTES, "bytes", "key-reused-bytes-changed"],
    ["another body that is no JSON", { body: "a=1" }, "canonical-json", "key-reused-body-changed"],
  ])("is refused: %s", (_what, again, body, cause) => {
    expect(decided({ policy: `{ fingerprint: { body: ${body} } }`, again })).toMatchObject({
      kind: "refuse",
      status: 409,
      code: "general.conflict",
      cause,
      record: "use",
    });
  });

  test.each([{ path: "/b" }, { method: "PUT" }, { query: "x=1" }])(
    "is refused on another resource: %o",
    (again) => {
      expect(decided({ policy: "{ scope: [] }", again })).toMatchObject({
        kind: "refuse",
        cause: "key-reused-other-resource",
      });
    },
  );

  test("tells the first request only where the policy reveals it", () => {
    expect(decided({ again: OTHER_VALUE })).toMatchObject({ reveals: null });
    const revealing = "{ mismatch: { reveals: first-request } }";
    expect(decided({ policy: revealing, again: OTHER_VALUE })).toMatchObject({
      reveals: { method: "PATCH", path: "/a" },
    });
  });

  test.each([
    ["original", "use"],
    ["overwritten", "refingerprint"],
    ["dropped", "drop"],
  ])("replay-first answers as if nothing had changed; mismatchKeeps %s: %s", (keeps, record) => {
    const policy = `{ mismatch: { outcome: replay-first }, mismatchKeeps: ${keeps} }`;
    expect(decided({ policy, again: OTHER_VALUE })).toMatchObject({
      kind: "replay",
      cause: "replay-of-other-body",
      record,
    });
  });

  test.each([
    ["original", "use"],
    ["overwritten", "take"],
    ["dropped", "drop"],
  ])("execute-again executes the other body; mismatchKeeps %s leaves the record to %s", (keeps, record) => {
    const policy = `{ mismatch: { outcome: execute-again }, mismatchKeeps: ${keeps} }`;
    expect(decided({ policy, again: OTHER_VALUE })).toMatchObject({
      kind: "execute",
      cause: "executed-other-body",
      record,
    });
  });

  test.each([
    ["original", "use"],
    ["overwritten", "refingerprint"],
    ["dropped", "drop"],
  ])("a refusal with mismatchKeeps %s: %s", (keeps, record) => {
    expect(decided({ policy: `{ mismatchKeeps: ${keeps} }`, again: OTHER_VALUE })).toMatchObject({
      kind: "refuse",
      record,
    });
  });

  test("a fingerprint of member names lets another value pass as a replay, and a new member not", () => {
    const policy = "{ fingerprint: { body: member-names } }";
    expect(decided({ policy, again: OTHER_VALUE })).toMatchObject({
      kind: "replay",
      cause: "replay-of-other-body",
    });
    const again = { body: '{"tier":"gold","new":1}' };
    expect(decided({ policy, again })).toMatchObject({ kind: "refuse", cause: "key-reused-body-changed" });
  });
});

describe("I8 and I9: a key whose first request still runs", () => {
  const inFlight = (policy: string, again?: Parameters<typeof aRequest>[0]): Decision =>
    decided({ policy, state: RUNNING, ...(again === undefined ? {} : { again }) });

  test.each([
    ["refuse", { kind: "refuse", status: 409, cause: "key-in-flight", retryAfterMs: null }],
    ["wait", { kind: "wait" }],
    ["execute", { kind: "execute", cause: "executed-twice", record: "use" }],
  ])("%s", (outcome, expected) => {
    expect(inFlight(`{ inFlight: { outcome: ${outcome} } }`)).toMatchObject(expected);
  });

  test("status and Retry-After are the policy's", () => {
    const policy = "{ inFlight: { status: 425, retryAfter: 2s } }";
    expect(inFlight(policy)).toMatchObject({ status: 425, retryAfterMs: 2_000 });
  });

  test.each([
    ["fingerprint-first", "key-reused-body-changed"],
    ["lock-first", "key-in-flight"],
    ["neither", "key-in-flight"],
  ])("another body, %s: %s", (order, cause) => {
    expect(inFlight(`{ inFlightOrder: ${order} }`, OTHER_VALUE)).toMatchObject({ kind: "refuse", cause });
  });

  test.each([
    ["lock-first", "refuse"],
    ["neither", "replay"],
  ])("another body that has waited, %s: %s", (inFlightOrder, kind) => {
    const policy = `{ inFlight: { outcome: wait }, inFlightOrder: ${inFlightOrder} }`;
    expect(decided({ policy, again: OTHER_VALUE, waited: true })).toMatchObject({ kind });
  });

  test("a stuck key is refused, also where others would wait for it", () => {
    for (const outcome of ["refuse", "wait"]) {
      const state: KeyState = { ...RUNNING, stuck: true } as KeyState;
      expect(decided({ policy: `{ inFlight: { outcome: ${outcome} } }`, state })).toMatchObject({
        kind: "refuse",
        cause: "key-stuck",
      });
    }
  });

  test("a lease that has run out lets the next one execute", () => {
    const state: KeyState = { kind: "in-flight", leaseUntilMs: 1_000, stuck: false };
    expect(decided({ state, nowMs: 999 })).toMatchObject({ kind: "refuse", cause: "key-in-flight" });
    expect(decided({ state, nowMs: 1_000 })).toMatchObject({ kind: "execute", cause: null, record: "take" });
  });
});

describe("I11: what a key remembers of how its first request ended", () => {
  const STATUSES: Readonly<Record<OutcomeClass, number>> = {
    validation: 400,
    "2xx": 200,
    "4xx": 404,
    "429": 429,
    "5xx": 503,
  };
  const table = Object.entries(STATUSES) as [OutcomeClass, number][];

  test.each(table)("%s: replay, forget and conflict", (outcome, status) => {
    const under = (rule: string): Decision =>
      decided({
        policy: `{ outcomes: { "${outcome}": ${rule} } }`,
        state: ended(outcome, status, { effect: false }),
      });
    expect(under("replay")).toMatchObject({ kind: "replay", status });
    expect(under("forget")).toMatchObject({ kind: "execute", cause: null, record: "take" });
    expect(under("conflict")).toMatchObject({ kind: "refuse", status: 409 });
  });

  test.each([
    ["2xx", 200, true, "conflict-not-replay"],
    ["2xx", 200, false, "key-bound-to-unacknowledged-attempt"],
    ["5xx", 503, true, "key-bound-to-unacknowledged-attempt"],
  ] as const)("a conflict after %s %s, delivered %s, is called %s", (outcome, status, delivered, cause) => {
    const policy = `{ outcomes: { "${outcome}": conflict } }`;
    expect(decided({ policy, state: ended(outcome, status, { delivered }) })).toMatchObject({
      kind: "refuse",
      cause,
    });
  });

  test("a forgotten failure that had its effect is executed twice, and says so", () => {
    const policy = "{ outcomes: { 5xx: forget } }";
    expect(decided({ policy, state: ended("5xx", 503, { effect: true }) })).toMatchObject({
      kind: "execute",
      cause: "executed-twice",
    });
  });

  test("a fingerprint is compared before a conflict is told", () => {
    const policy = "{ outcomes: { 2xx: conflict } }";
    expect(decided({ policy, again: OTHER_VALUE })).toMatchObject({ cause: "key-reused-body-changed" });
  });

  test.each([
    [200, true, "2xx"],
    [304, true, "2xx"],
    [400, false, "validation"],
    [409, true, "4xx"],
    [429, true, "429"],
    [500, true, "5xx"],
  ] as const)("status %s, tried %s, is of class %s", (status, tried, expected) => {
    expect(outcomeClass(status, tried)).toBe(expected);
  });
});

describe("I15 and I16: the life of a key", () => {
  const TTL = "{ ttl: 15m }";
  const END = 15 * 60_000;

  test("holds to the last millisecond and is over at its end", () => {
    expect(decided({ policy: TTL, nowMs: END - 1 })).toMatchObject({ kind: "replay" });
    expect(decided({ policy: TTL, nowMs: END })).toMatchObject({
      kind: "execute",
      cause: "executed-twice",
      record: "take",
    });
  });

  test("last-use counts from the last use", () => {
    const lastUsedAtMs = 10 * 60_000;
    const sliding = "{ ttl: 15m, ttlFrom: last-use }";
    expect(decided({ policy: sliding, nowMs: END, lastUsedAtMs })).toMatchObject({ kind: "replay" });
    expect(decided({ policy: TTL, nowMs: END, lastUsedAtMs })).toMatchObject({ kind: "execute" });
  });

  test("forever never ends", () => {
    expect(decided({ policy: "{ ttl: forever }", nowMs: 1e15 })).toMatchObject({ kind: "replay" });
  });

  test("after it the server may refuse instead, which is no use of the key", () => {
    const policy = "{ ttl: 15m, ttlFrom: last-use, afterExpiry: { status: 412 } }";
    expect(decided({ policy, nowMs: END })).toMatchObject({ kind: "refuse", status: 412, record: "leave" });
  });

  test.each([
    ["was to be forgotten", "outcomes: { 2xx: forget }", ended("2xx", 200)],
    ["was let go of", "onDisconnect: releases", { kind: "released", effect: true }],
    [
      "belongs to a request whose lease is over",
      "ttlFrom: first-use",
      { kind: "in-flight", leaseUntilMs: 1, stuck: false },
    ],
  ] as const)("none is over of a key that %s", (_what, yaml, state) => {
    const policy = `{ ttl: 15m, afterExpiry: { status: 412 }, ${yaml} }`;
    expect(decided({ policy, state, nowMs: END })).toMatchObject({ kind: "execute", record: "take" });
  });

  test("a day after it the key is as if it had never come, whether or not a store still has it", () => {
    for (const policy of [TTL, "{ ttl: 15m, afterExpiry: { status: 412 } }"]) {
      const forgotten = decided({ policy, nowMs: END + 24 * 3_600_000 });
      expect(forgotten).toEqual({ kind: "execute", cause: null, reason: null, record: "take" });
    }
  });

  test("another body after it is executed and called by its name", () => {
    expect(decided({ policy: TTL, nowMs: END, again: OTHER_VALUE })).toMatchObject({
      kind: "execute",
      cause: "executed-other-body",
    });
  });
});

test("I17: a released key executes again; whether twice depends on what became of the first", () => {
  expect(decided({ state: { kind: "released", effect: false } })).toMatchObject({
    kind: "execute",
    cause: null,
  });
  expect(decided({ state: { kind: "released", effect: true } })).toMatchObject({
    kind: "execute",
    cause: "executed-twice",
  });
});

test("I18: a key whose resource is gone is replayed or carried out anew", () => {
  expect(decided({ resourceGone: true })).toMatchObject({ kind: "replay" });
  const policy = "{ keyOutlivesResource: false }";
  expect(decided({ policy, resourceGone: true })).toMatchObject({ kind: "execute", record: "take" });
});

test("every refusal and every odd success has one sentence for people", () => {
  for (const decision of [
    decided({ again: OTHER_VALUE }),
    decided({ state: RUNNING }),
    decided({}),
    decided({ nowMs: 24 * 3_600_000 }),
  ]) {
    expect(decision).toHaveProperty("reason", expect.stringMatching(/^the .*key/));
  }
});
