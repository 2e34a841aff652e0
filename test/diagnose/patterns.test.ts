import { describe, expect, test } from "vitest";
import { json, LOST, type RecordedSketch, recorded, told } from "./recorded.js";

function patterns(...sketches: readonly RecordedSketch[]): readonly string[] {
  return told("pattern", recorded(...sketches)).map((each) => each.replace(/ \w+$/, ""));
}

const gold = json({ tier: "gold" });
const silver = json({ tier: "silver" });

function get(shows: string, more: RecordedSketch = {}): RecordedSketch {
  return { method: "GET", shows, ...more };
}

function put(ifMatch: string, more: RecordedSketch): RecordedSketch {
  return { method: "PUT", body: gold, ifMatch, ...more };
}

const STALE = { status: 412 };
const BY_RIVAL = { caller: "2", body: silver };

describe("blind-retry", () => {
  test("is the same token again after it was refused", () => {
    expect(
      patterns(get("1"), put("1", { ...BY_RIVAL, shows: "2" }), put("1", STALE), put("1", STALE)),
    ).toEqual(["e4 blind-retry"]);
  });

  test("is told once, however often the client comes back", () => {
    const again = Array.from({ length: 9 }, () => put("1", STALE));
    expect(patterns(get("1"), put("1", { ...BY_RIVAL, shows: "2" }), put("1", STALE), ...again)).toEqual([
      "e4 blind-retry",
    ]);
  });

  test("is not a retry with what a new read showed", () => {
    const moved = put("1", { ...BY_RIVAL, shows: "2" });
    expect(patterns(get("1"), moved, put("1", STALE), get("2"), put("2", { shows: "3" }))).toEqual([]);
  });
});

describe("no-reread", () => {
  test("is a token that one's own write had moved", () => {
    expect(patterns(get("1"), put("1", { shows: "2", body: silver }), put("1", STALE))).toEqual([
      "e3 no-reread",
    ]);
  });

  test("is not a token that somebody else moved", () => {
    expect(patterns(get("1"), put("1", { ...BY_RIVAL, shows: "2" }), put("1", STALE))).toEqual([]);
  });
});

describe("read-to-write-gap", () => {
  const refusedAfter = (gapMs: number): readonly string[] =>
    patterns(
      get("1", { at: [0, 10] }),
      put("1", { ...BY_RIVAL, shows: "2", at: [gapMs - 100, gapMs - 90] }),
      put("1", { ...STALE, at: [10 + gapMs, 20 + gapMs] }),
    );

  test("is a long time between the read and the write that was refused", () => {
    expect(refusedAfter(60_000)).toEqual(["e3 read-to-write-gap"]);
  });

  test("is not a short one", () => {
    expect(refusedAfter(9_000)).toEqual([]);
  });

  test("is not said of a write that was accepted, however late", () => {
    expect(patterns(get("1", { at: [0, 10] }), put("1", { shows: "2", at: [900_000, 900_010] }))).toEqual([]);
  });
});

describe("retry-after-ignored", () => {
  const limited = (afterMs: number, more: RecordedSketch = {}): readonly string[] =>
    patterns(
      { method: "POST", body: gold, status: 429, answerHeaders: [["Retry-After", "2"]], at: [0, 10] },
      { method: "POST", body: gold, status: 200, at: [10 + afterMs, 20 + afterMs], ...more },
    );

  test("is a request before the time that the server named", () => {
    expect(limited(500)).toEqual(["e2 retry-after-ignored"]);
  });

  test("is not one that waited, nor another client's", () => {
    expect(limited(2_000)).toEqual([]);
    expect(limited(500, { caller: "2" })).toEqual([]);
  });

  test("reads a date as well", () => {
    const dated = [
      ["Date", "Sat, 21 Nov 2026 22:00:00 GMT"],
      ["Retry-After", "Sat, 21 Nov 2026 22:00:30 GMT"],
    ] as const;
    const first = {
      method: "POST",
      body: gold,
      status: 503,
      key: "9d3c5c1e-0000-4000",
      answerHeaders: dated,
    } as const;
    expect(patterns(first, { method: "POST", body: gold, key: "9d3c5c1e-0000-4000" })).toContain(
      "e2 retry-after-ignored",
    );
  });
});

const ORDERS = { method: "POST", url: "http://127.0.0.1:1/v1/orders" } as const;
const [ONE, TWO, THREE] = ["11f3a5c2-9d7e", "22a4b6d3-8c6f", "33b5c7e4-7b5a"].map(
  (start) => `${start}-4a36-9df0-0f4a3a0f0001`,
);
if (ONE === undefined || TWO === undefined || THREE === undefined) throw new Error("no keys");

function order(key: string | undefined, more: RecordedSketch = {}): RecordedSketch {
  return { ...ORDERS, body: gold, ...(key === undefined ? {} : { key }), ...more };
}

describe("client-resent", () => {
  test("is an identical request right after one that got no answer", () => {
    expect(patterns(order(undefined, { error: LOST }), order(undefined, { status: 201 }))).toEqual([
      "e2 client-resent",
    ]);
  });

  test("is not another request, nor one that follows an answer", () => {
    expect(patterns(order(undefined, { error: LOST }), order(undefined, { body: silver }))).toEqual([]);
    expect(patterns(order(undefined, { status: 201 }), order(undefined, { status: 201 }))).toEqual([]);
  });

  test("is not a retry with the key that was kept, after a pause: that is what a program should do", () => {
    const [first, retry] = [
      order(ONE, { error: LOST, at: [0, 10] }),
      order(ONE, { status: 201, at: [900, 910] }),
    ];
    expect(patterns(first, retry)).toEqual([]);
  });
});

describe("retry-with-new-key", () => {
  test("is the same request under another key after a lost answer", () => {
    expect(patterns(order(ONE, { error: LOST }), order(TWO, { status: 201 }))).toEqual([
      "e2 retry-with-new-key",
    ]);
  });

  test("is not a retry with the same key, nor new work", () => {
    const paused = { status: 201, at: [900, 910] } as const;
    expect(patterns(order(ONE, { error: LOST, at: [0, 10] }), order(ONE, paused))).toEqual([]);
    expect(
      patterns(order(ONE, { error: LOST, at: [0, 10] }), order(TWO, { ...paused, body: silver })),
    ).toEqual([]);
  });

  test("is not said where somebody looked first", () => {
    const look = { method: "GET", url: ORDERS.url, answer: json({ items: [] }) };
    expect(patterns(order(ONE, { error: LOST }), look, order(TWO, { status: 201 }))).toEqual([]);
  });
});

describe("key-per-attempt", () => {
  test("is a new key for each attempt", () => {
    const failed = { status: 503 };
    expect(patterns(order(ONE, failed), order(TWO, failed), order(THREE, { status: 201 }))).toEqual([
      "e2 key-per-attempt",
    ]);
  });

  test("is not one key for all of them", () => {
    const failed = (at: number): RecordedSketch => order(ONE, { status: 503, at: [at, at + 10] });
    expect(patterns(failed(0), failed(1_000), failed(2_000))).toEqual([]);
  });
});

describe("shared-key", () => {
  const lane = (writer: number, body: string, key = ONE): RecordedSketch =>
    order(key, { writer, body, status: 201 });

  test("is one key for the work of several writers", () => {
    expect(patterns(lane(0, gold), lane(1, silver))).toEqual(["e2 shared-key"]);
  });

  test("is not one writer's second body, nor the same work twice", () => {
    expect(patterns(lane(0, gold), lane(0, silver))).toEqual([]);
    expect(patterns(lane(0, gold), lane(1, gold))).toEqual([]);
    expect(patterns(lane(0, gold), lane(1, silver, TWO))).toEqual([]);
  });

  test("is not one that a request carried which was turned away at the door", () => {
    const away = { ...lane(0, gold), status: 403 };
    expect(patterns(away, lane(1, silver))).toEqual([]);
  });
});

describe("weak-key", () => {
  test("is a key that counts, is short, or is the time", () => {
    expect(
      patterns(order("order-1", { status: 201 }), order("order-2", { body: silver, status: 201 })),
    ).toEqual(["e1 weak-key"]);
  });

  test("is not a random one", () => {
    expect(patterns(order(ONE, { status: 201 }), order(TWO, { body: silver, status: 201 }))).toEqual([]);
  });
});
