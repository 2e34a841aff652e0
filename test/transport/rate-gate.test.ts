import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { virtualClock } from "../../src/core/clock.js";
import type { HeaderList } from "../../src/core/http.js";
import { createRateGate } from "../../src/transport/rate-gate.js";

const MINUTE_MS = 60_000;

function gateOf(perMinute: number | null) {
  const clock = virtualClock();
  const gate = createRateGate(clock, perMinute);
  const controller = new AbortController();
  const said: string[] = [];
  const at = { signal: controller.signal, onWait: (message: string) => void said.push(message) };
  let passed = 0;
  const reserve = (count: number): Promise<void> => {
    return gate.reserve(count, at).then(() => {
      passed += count;
    });
  };
  return { clock, gate, said, reserve, passed: () => passed, abort: () => controller.abort() };
}

/** Lets what is due happen, without any time going by. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function limits(count: number, allowed: number, resetSeconds: number): HeaderList {
  return [
    ["ININ-RateLimit-Count", String(count)],
    ["inin-ratelimit-allowed", String(allowed)],
    ["inin-ratelimit-reset", String(resetSeconds)],
  ];
}

describe("--max-rate", () => {
  test("lets so many pass in a minute, and the next when the first of them is a minute ago", async () => {
    const it = gateOf(3);
    for (let each = 0; each < 4; each++) void it.reserve(1);
    await settle();
    expect(it.passed()).toBe(3);
    expect(it.said).toEqual(["waiting 60 s: no more than 3 requests a minute are sent (--max-rate)"]);
    await it.clock.advance(MINUTE_MS - 1);
    await settle();
    expect(it.passed()).toBe(3);
    await it.clock.advance(1);
    await settle();
    expect(it.passed()).toBe(4);
  });

  test("reserves for all writers of a race before the first leaves", async () => {
    const it = gateOf(10);
    await it.reserve(4);
    void it.reserve(8);
    await settle();
    expect(it.passed()).toBe(4);
    await it.clock.advance(MINUTE_MS);
    await settle();
    expect(it.passed()).toBe(12);
  });

  test("lets more than it allows at all wait for an empty minute", async () => {
    const it = gateOf(5);
    await it.reserve(1);
    void it.reserve(20);
    await settle();
    expect(it.passed()).toBe(1);
    await it.clock.advance(MINUTE_MS);
    await settle();
    expect(it.passed()).toBe(21);
  });

  test("serves who came first first, though later ones would fit", async () => {
    const it = gateOf(2);
    const order: string[] = [];
    await it.reserve(1);
    void it.reserve(2).then(() => order.push("two"));
    void it.reserve(1).then(() => order.push("one"));
    for (let minute = 0; minute < 3; minute++) {
      await it.clock.advance(MINUTE_MS);
      await settle();
    }
    expect(order).toEqual(["two", "one"]);
  });

  test("whatever is asked for when, no minute sees more than are allowed", async () => {
    const asks = fc.array(
      fc.record({ count: fc.integer({ min: 1, max: 4 }), afterMs: fc.integer({ min: 0, max: 50_000 }) }),
      {
        maxLength: 12,
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 4, max: 8 }), asks, async (perMinute, all) => {
        const it = gateOf(perMinute);
        const left: number[] = [];
        for (const { count, afterMs } of all) {
          void it.reserve(count).then(() => {
            for (let each = 0; each < count; each++) left.push(it.clock.nowMs());
          });
          await new Promise((resolve) => setImmediate(resolve));
          await it.clock.advance(afterMs);
        }
        for (let minute = 0; minute <= all.length; minute++) {
          await it.clock.advance(MINUTE_MS);
          await new Promise((resolve) => setImmediate(resolve));
        }
        expect(left).toHaveLength(all.reduce((sum, { count }) => sum + count, 0));
        for (const ms of left)
          expect(left.filter((each) => each >= ms && each < ms + MINUTE_MS).length).toBeLessThanOrEqual(
            perMinute,
          );
      }),
      { numRuns: 30 },
    );
  });
});

describe("the server's own limit", () => {
  test("once used up holds everything back until it is reset", async () => {
    const it = gateOf(null);
    it.gate.heed(limits(300, 300, 12));
    void it.reserve(1);
    await settle();
    expect(it.passed()).toBe(0);
    expect(it.said).toEqual([
      "waiting 12 s: the server says that its limit is used up until then (inin-ratelimit-reset)",
    ]);
    await it.clock.advance(12_000);
    await settle();
    expect(it.passed()).toBe(1);
  });

  test("keeps a race back that would not fit, and lets a single request pass", async () => {
    const it = gateOf(null);
    it.gate.heed(limits(295, 300, 30));
    await it.reserve(1);
    void it.reserve(10);
    await settle();
    expect(it.passed()).toBe(1);
    await it.clock.advance(30_000);
    await settle();
    expect(it.passed()).toBe(11);
  });

  test("is what the least generous answer of a window says: answers overtake each other", async () => {
    const it = gateOf(null);
    it.gate.heed(limits(300, 300, 30));
    it.gate.heed(limits(10, 300, 30));
    void it.reserve(1);
    await settle();
    expect(it.passed()).toBe(0);
    await it.clock.advance(30_000);
    it.gate.heed(limits(1, 300, 60));
    await it.reserve(100);
  });

  test("holds nobody up for an hour, whatever it says", async () => {
    const it = gateOf(null);
    it.gate.heed(limits(300, 300, 3_600));
    void it.reserve(1);
    await it.clock.advance(65_000);
    await settle();
    expect(it.passed()).toBe(1);
  });

  test.each<[string, HeaderList]>([
    ["no such headers", [["date", "x"]]],
    ["one of them missing", limits(300, 300, 5).slice(0, 2)],
    ["no numbers", limits(Number.NaN, 300, 5)],
  ])("is unknown with %s", async (_what, headers) => {
    const it = gateOf(null);
    it.gate.heed(headers);
    await it.reserve(1_000);
  });
});

test("an interrupt ends all waiting", async () => {
  const it = gateOf(1);
  await it.reserve(1);
  const waiting = [it.reserve(1), it.reserve(1)];
  await settle();
  it.abort();
  await Promise.all(waiting);
  expect(it.passed()).toBe(3);
});
