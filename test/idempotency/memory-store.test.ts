import { describe, expect, test } from "vitest";
import type { KeyRecord, KeyState } from "../../src/idempotency/idempotency.js";
import { createMemoryKeyStore, type MemoryKeyStore } from "../../src/idempotency/memory-store.js";
import { newRecord } from "../../src/idempotency/new-record.js";
import { scopeKey } from "../../src/idempotency/scope.js";
import type { NextRecord } from "../../src/idempotency/store.js";
import { anEnding, aRequest, honouring } from "./a-request.js";

const DAY_MS = 24 * 3_600_000;

const POLICIES = new Map(["1h", "forever"].map((ttl) => [ttl, honouring(`{ ttl: ${ttl} }`)]));

function aRecord(token: string, parts: { ttl?: string; nowMs?: number; key?: string } = {}): KeyRecord {
  const { ttl = "1h", nowMs = 0, key = "k1" } = parts;
  const policy = POLICIES.get(ttl);
  if (policy === undefined) throw new Error(`no policy with a life of ${ttl}`);
  return newRecord({ request: aRequest(), policy, key }, { nowMs, leaseMs: null, token });
}

/** The same, its request ended with an answer. */
function anEnded(token: string, parts: Parameters<typeof aRecord>[1] = {}): KeyRecord {
  const { answer, outcome, delivered, effect } = anEnding({ status: 201 });
  const { status, resource } = answer;
  const state: KeyState = { kind: "ended", outcome, status, delivered, effect, resource, answer };
  return { ...aRecord(token, parts), state };
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
  const release: NextRecord = (record) => ({ ...record, state: { kind: "released", effect: false } });
  expect(store.change("a", "2", release)).toBe(false);
  expect(store.replace("none", "1", aRecord("3"))).toBe(false);
  expect(store.change("a", "1", () => null)).toBe(false);
  expect(store.change("a", "1", release)).toBe(true);
  expect(store.get("a")?.state).toEqual({ kind: "released", effect: false });
  expect(store.replace("a", "1", null)).toBe(true);
  expect(store.get("a")).toBeNull();
});

test("all records of a key are found, whatever their scope and state, in the order in which they came", () => {
  const store = createMemoryKeyStore();
  const ids = ["/a", "/b", "/c"].map((path) => scopeKey(["path"], aRequest({ path }), "k1"));
  ids.forEach((id, at) => void store.put(id, aRecord(`${at}`)));
  store.put("other", aRecord("x", { key: "k2" }));
  const [, second = ""] = ids;
  expect(store.change(second, "1", (record) => ({ ...record, state: anEnded("1").state }))).toBe(true);
  expect(store.find("k1").map(({ token, state }) => [token, state.kind])).toEqual([
    ["0", "in-flight"],
    ["1", "ended"],
    ["2", "in-flight"],
  ]);
  expect([...store.all()].map(([id]) => id)).toEqual([...ids, "other"]);
  expect(store.size()).toBe(4);
});

test("a record comes back as it was once its request has ended", () => {
  const store = createMemoryKeyStore();
  const id = scopeKey(["path"], aRequest(), "k1");
  const record = anEnded("1");
  store.put(id, record);
  expect(store.get(id)).toEqual(record);
  expect(store.claim(id, () => aRecord("2"), 0)).toEqual(record);
  expect(store.put(id, { ...record, lastUsedAtMs: 7 })).toEqual(record);
  expect(store.get(id)?.lastUsedAtMs).toBe(7);
});

describe.each([
  ["under way", aRecord],
  ["ended", anEnded],
])("what nobody may ask for any more is forgotten: records of requests that are %s", (_, make) => {
  const idOf = (name: string, path = "/a"): string => scopeKey(["path"], aRequest({ path }), name);
  const add = (store: MemoryKeyStore, name: string, parts: Parameters<typeof aRecord>[1] = {}): void =>
    void store.put(idOf(name), make(name, { ...parts, key: name }));
  const fill = (count: number, parts: Parameters<typeof aRecord>[1]): MemoryKeyStore => {
    const store = createMemoryKeyStore();
    for (let index = 0; index < count; index++) add(store, `old-${index}`, parts);
    return store;
  };
  const claim = (store: MemoryKeyStore, nowMs: number, name = "other"): void =>
    void store.claim(idOf(name), () => aRecord("x", { nowMs, key: name }), nowMs);

  test("a record outlives its key by a day, so that a late repeat is told from a first use", () => {
    const store = fill(1, { ttl: "1h" });
    for (const nowMs of [3_600_000, DAY_MS, DAY_MS + 3_599_999]) {
      claim(store, nowMs);
      expect(store.get(idOf("old-0"))).not.toBeNull();
    }
    for (let turn = 0; turn < 3; turn++) claim(store, DAY_MS + 3_600_000);
    expect(store.get(idOf("old-0"))).toBeNull();
  });

  test("a claim removes a few records at most, however many are due", () => {
    const store = fill(10_000, {});
    const before = store.size();
    claim(store, 3 * DAY_MS, "new");
    expect(before + 1 - store.size()).toBeLessThanOrEqual(4);
  });

  test("removal outruns arrival: the store does not grow with the number of keys ever seen", () => {
    const store = createMemoryKeyStore();
    let largest = 0;
    for (let index = 0; index < 20_000; index++) {
      const nowMs = index * 60_000;
      claim(store, nowMs, `k${index}`);
      add(store, `k${index}`, { nowMs });
      largest = Math.max(largest, store.size());
    }
    // 1,500 keys are within their hour and their day at any time.
    expect(largest).toBeLessThan(5_000);
  });

  test("keys that live for ever stay, and do not keep others from going", () => {
    const store = fill(100, { ttl: "forever" });
    add(store, "short", { ttl: "1h" });
    for (let turn = 0; turn < 100; turn++) claim(store, 3 * DAY_MS);
    expect(store.get(idOf("short"))).toBeNull();
    expect(store.get(idOf("old-0"))).not.toBeNull();
  });
});
