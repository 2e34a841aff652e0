import { describe, expect, test } from "vitest";
import type { KeyRecord } from "../../src/idempotency/idempotency.js";
import { createMemoryKeyStore } from "../../src/idempotency/memory-store.js";
import { newRecord } from "../../src/idempotency/new-record.js";
import { aRequest, honouring } from "./a-request.js";

const DAY_MS = 24 * 3_600_000;

function aRecord(token: string, parts: { ttl?: string; nowMs?: number; key?: string } = {}): KeyRecord {
  const { ttl = "1h", nowMs = 0, key = "k1" } = parts;
  return newRecord(
    { request: aRequest(), policy: honouring(`{ ttl: ${ttl} }`), key },
    { nowMs, leaseMs: null, token },
  );
}

describe("a claim is one step", () => {
  test("the first one stores its record, the second one finds it", () => {
    const store = createMemoryKeyStore();
    const first = aRecord("1");
    expect(store.claim("a", () => first, 0)).toBeNull();
    expect(store.claim("a", () => aRecord("2"), 0)).toBe(first);
    expect(store.get("a")).toBe(first);
  });

  test("a record is made only where there is room for it", () => {
    const store = createMemoryKeyStore();
    store.put("a", aRecord("1"));
    const make = (): KeyRecord => {
      throw new Error("not wanted");
    };
    expect(store.claim("a", make, 0)?.token).toBe("1");
  });
});

test("only who knows the token may change, replace or remove a record", () => {
  const store = createMemoryKeyStore();
  store.put("a", aRecord("1"));
  expect(store.replace("a", "2", aRecord("3"))).toBe(false);
  expect(store.setState("a", "2", { kind: "released", effect: false })).toBe(false);
  expect(store.replace("none", "1", aRecord("3"))).toBe(false);
  expect(store.setState("a", "1", { kind: "released", effect: false })).toBe(true);
  expect(store.get("a")?.state).toEqual({ kind: "released", effect: false });
  expect(store.replace("a", "1", null)).toBe(true);
  expect(store.get("a")).toBeNull();
});

test("all records of a key are found, whatever their scope", () => {
  const store = createMemoryKeyStore();
  store.put("a", aRecord("1"));
  store.put("b", aRecord("2"));
  store.put("c", aRecord("3", { key: "k2" }));
  expect(store.find("k1").map(({ token }) => token)).toEqual(["1", "2"]);
});

describe("what nobody may ask for any more is forgotten", () => {
  const fill = (
    count: number,
    parts: Parameters<typeof aRecord>[1],
  ): ReturnType<typeof createMemoryKeyStore> => {
    const store = createMemoryKeyStore();
    for (let index = 0; index < count; index++) store.put(`old-${index}`, aRecord(`${index}`, parts));
    return store;
  };

  test("a record outlives its key by a day, so that a late repeat is told from a first use", () => {
    const store = fill(1, { ttl: "1h" });
    for (const nowMs of [3_600_000, DAY_MS, DAY_MS + 3_599_999]) {
      store.claim("other", () => aRecord("x", { nowMs }), nowMs);
      expect(store.get("old-0")).not.toBeNull();
    }
    for (let turn = 0; turn < 3; turn++) store.claim("other", () => aRecord("x"), DAY_MS + 3_600_000);
    expect(store.get("old-0")).toBeNull();
  });

  test("a claim removes a few records at most, however many are due", () => {
    const store = fill(10_000, {});
    const before = store.size();
    store.claim("new", () => aRecord("x", { nowMs: 3 * DAY_MS }), 3 * DAY_MS);
    expect(before + 1 - store.size()).toBeLessThanOrEqual(4);
  });

  test("removal outruns arrival: the store does not grow with the number of keys ever seen", () => {
    const store = createMemoryKeyStore();
    let largest = 0;
    for (let index = 0; index < 20_000; index++) {
      const nowMs = index * 60_000;
      store.claim(`k${index}`, () => aRecord(`${index}`, { nowMs, ttl: "1h" }), nowMs);
      largest = Math.max(largest, store.size());
    }
    // 1,500 keys are within their hour and their day at any time.
    expect(largest).toBeLessThan(2_200);
  });

  test("keys that live for ever stay, and do not keep others from going", () => {
    const store = fill(100, { ttl: "forever" });
    store.put("short", aRecord("s", { ttl: "1h" }));
    for (let turn = 0; turn < 100; turn++)
      store.claim("x", () => aRecord("x", { nowMs: 3 * DAY_MS }), 3 * DAY_MS);
    expect(store.get("short")).toBeNull();
    expect(store.get("old-0")).not.toBeNull();
  });
});
