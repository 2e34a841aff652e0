import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Held, hold, THING } from "./overlap/drive.js";
import {
  arrive,
  asleep,
  calledTwice,
  goOn,
  MISMATCH,
  newTwo,
  type Outcome,
  type Overlapping,
  type Request,
  STALE,
  type Two,
} from "./overlap/two.js";
import { runsOf, TIMEOUT_MS } from "./run/property.js";

const atomicity = fc.constantFrom<Overlapping["claim"]>(
  { kind: "atomic" },
  { kind: "check-then-set", windowMs: 5 },
);

const policies: fc.Arbitrary<Overlapping> = fc.record({
  inFlight: fc.record({
    outcome: fc.constantFrom("refuse", "wait", "execute"),
    status: fc.constantFrom(409, 423, 425),
    retryAfterMs: fc.constantFrom(null, 2_000),
  }),
  inFlightOrder: fc.constantFrom("fingerprint-first", "lock-first", "neither"),
  claim: atomicity,
  check: atomicity,
});

function written(value: Overlapping["claim"]): unknown {
  return value.kind === "atomic" ? "atomic" : { kind: value.kind, window: `${value.windowMs}ms` };
}

/** The policy as a user would write it; the work takes its time, so that requests overlap. */
function textOf({ inFlight, inFlightOrder, claim, check }: Overlapping): string {
  const { retryAfterMs, ...rest } = inFlight;
  return JSON.stringify({
    extends: "none",
    latency: { base: "10ms" },
    idempotency: {
      support: "honoured",
      inFlight: { ...rest, retryAfter: retryAfterMs === null ? null : `${retryAfterMs}ms` },
      inFlightOrder,
      claim: written(claim),
      mismatch: { outcome: "refuse", status: MISMATCH },
    },
    concurrency: {
      validator: "etag-strong",
      readFrom: ["if-match"],
      stale: { status: STALE },
      check: written(check),
    },
    routes: [
      {
        match: "POST /api/v2/integrations/actions/{actionId}/execute",
        concurrency: { validator: "none", readFrom: [], check: "atomic" },
      },
    ],
  });
}

const requests: fc.Arbitrary<readonly [Request, Request]> = fc
  .record({
    on: fc.constantFrom("action" as const, "thing" as const),
    keys: fc.constantFrom(["k1", "k1"], ["k1", "k1"], ["k1", "k2"], [null, null]),
    values: fc.constantFrom([1, 1], [1, 2]),
    conditional: fc.boolean(),
  })
  .map(({ on, keys: [one = null, two = null], values: [first = 1, second = 1], conditional }) => [
    { on, key: one, value: first, conditional: conditional && on === "thing" },
    { on, key: two, value: second, conditional: conditional && on === "thing" },
  ]);

/** Waits until the mock is where the specification is. */
async function catchUp(held: Held, two: Two): Promise<void> {
  const isThere = (): boolean =>
    held.sleeps.length === asleep(two).length &&
    [0, 1].every((who) => (held.answerOf(who) !== null) === (two.sides[who]?.phase === "answered"));
  // Who waits for a key neither sleeps nor answers: all that can be done is to let it arrive.
  if (two.sides.some(({ phase }) => phase === "waiting")) await held.settle();
  const phases = two.sides.map(({ phase }) => phase).join(", ");
  expect(await held.until(isThere), `expected ${phases}; ${held.sleeps.length} sleep`).toBe(true);
}

function judge(held: Held, two: Two, who: number): void {
  const wanted = two.sides[who]?.outcome;
  const reply = held.answerOf(who);
  if (wanted === null || wanted === undefined || reply === null) return;
  const entry = held.traceOf(reply);
  const found = {
    status: reply.status,
    executed: entry?.executed,
    retryAfter: reply.headers["retry-after"] !== undefined,
  };
  const { status, executed, retryAfter } = wanted;
  expect(found, `request ${who}: ${reply.text}`).toEqual({ status, executed, retryAfter });
  judgeCause(wanted.causes, entry?.cause ?? null);
  if (wanted.movedBy !== null) expect(entry?.movedBy).toBe(wanted.movedBy);
}

function judgeCause(wanted: Outcome["causes"], cause: string | null): void {
  if (wanted !== "any") expect(wanted).toContain(cause);
}

/** Two effects under one key are told in the trace at least once. */
function judgeTwice(held: Held, two: Two): void {
  const twice = calledTwice(two);
  if (twice === null || !two.sides.every(({ outcome }) => outcome?.executed === true)) return;
  expect(held.mock.trace().map(({ cause }) => cause)).toContain(twice);
}

/** Effects, whatever was told: executions, or the value of the last writer. */
async function judgeEffects(held: Held, two: Two): Promise<void> {
  held.letGo();
  const executed = two.sides.filter(({ outcome }) => outcome?.executed === true);
  if (two.sides[0].request.on === "action") {
    const { json } = await held.get("/api/v2/mock/executions");
    expect(json.total).toBe(executed.length);
  } else {
    const { json } = await held.get(THING);
    expect(executed.map(({ outcome }) => outcome?.shows)).toContain(json.value);
  }
}

/** Which of the two goes on next: at first the second has not been sent yet. */
async function drive(held: Held, two: Two, picks: readonly boolean[]): Promise<void> {
  const awake = [0, 1];
  const queue: number[] = [];
  for (const pick of [true, ...picks, ...Array<boolean>(8).fill(true)]) {
    const ready = [...asleep(two), ...awake.filter((who) => two.sides[who]?.phase === "absent")].toSorted();
    const who = pick ? ready[0] : ready.at(-1);
    if (who === undefined) return;
    const before = new Set(asleep(two));
    if (two.sides[who]?.phase === "absent") {
      arrive(two, who);
      held.send(who, who === 0 ? two.sides[0].request : two.sides[1].request);
    } else {
      const [proceed] = held.sleeps.splice(queue.indexOf(who), 1);
      queue.splice(queue.indexOf(who), 1);
      before.delete(who);
      goOn(two, who);
      proceed?.();
    }
    queue.push(...asleep(two).filter((each) => !before.has(each)));
    await catchUp(held, two);
  }
}

describe("two requests at once, under any policy", { timeout: TIMEOUT_MS }, () => {
  test("get what the policy says of keys in flight, of claims and of checks, however they are interleaved", () =>
    fc.assert(
      fc.asyncProperty(
        policies,
        requests,
        fc.array(fc.boolean(), { maxLength: 8 }),
        async (policy, both, picks) => {
          const two = newTwo(policy, both);
          const held = await hold(textOf(policy));
          try {
            await drive(held, two, picks);
            for (const who of [0, 1]) judge(held, two, who);
            judgeTwice(held, two);
            await judgeEffects(held, two);
          } finally {
            await held.close();
          }
        },
      ),
      runsOf(200),
    ));
});

const EXECUTION: Request = { on: "action", key: "k1", value: 1, conditional: false };

describe("a client that hangs up while its request is at work, and comes again with the same key", () => {
  test.each([
    ["completes", "while it is", 409, "key-in-flight", 1],
    ["completes", "afterwards", 200, "stored-answer-returned", 1],
    ["releases", "while it is", 200, null, null],
    ["releases", "afterwards", 200, "executed-twice", 2],
    ["sticks", "while it is", 409, null, 1],
    ["sticks", "afterwards", 409, "key-stuck", 1],
  ] as const)("onDisconnect %s, %s: %i", async (onDisconnect, when, status, cause, effects) => {
    const held = await hold(
      JSON.stringify({
        extends: "none",
        latency: { base: "10ms" },
        idempotency: { support: "honoured", onDisconnect },
      }),
    );
    held.send(0, EXECUTION);
    expect(await held.until(() => held.sleeps.length === 1)).toBe(true);
    held.hangUp(0);
    await held.settle();
    if (when === "afterwards") held.letGo();
    held.send(1, EXECUTION);
    await held.until(() => held.answerOf(1) !== null || held.sleeps.length === 2);
    held.letGo();
    expect(await held.until(() => held.answerOf(1) !== null)).toBe(true);
    const reply = held.answerOf(1);
    expect(reply?.status).toBe(status);
    if (cause !== null && reply !== null) expect(held.traceOf(reply)?.cause).toBe(cause);
    if (effects !== null) expect((await held.get("/api/v2/mock/executions")).json.total).toBe(effects);
    await held.close();
  });
});
