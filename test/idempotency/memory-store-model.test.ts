import fc from "fast-check";
import { expect, test } from "vitest";
import type { KeyRecord } from "../../src/idempotency/idempotency.js";
import { createMemoryRecords } from "../../src/idempotency/memory-records.js";
import { createMemoryKeyStore, type MemoryKeyStore } from "../../src/idempotency/memory-store.js";
import { scopeKey } from "../../src/idempotency/scope.js";
import { anyRecord, anyState } from "./a-record.js";
import { aRequest } from "./a-request.js";

type ValueOf<T> = T extends fc.Arbitrary<infer Value> ? Value : never;

const KEYS = ["k1", "k2", "key=k1", "", "\u65e5"];
const PATHS = ["/a", "/b", "/c"];

/** Few ids, of all kinds: those of requests, and texts that no request has. */
const place = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom(...PATHS), fc.constantFrom(...KEYS)) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constant(null), fc.constantFrom(...KEYS, "path=9:x;key=k1", "k1;key=k1")),
  },
);

function idOf([path, key]: readonly [path: string | null, key: string]): string {
  return path === null ? key : scopeKey(["method", "path"], aRequest({ path }), key);
}

/** Records as they are kept under an id, mostly with its key, and gone soon. */
const stored = fc.record({
  at: place,
  record: anyRecord,
  ownKey: fc.boolean(),
  keptForMs: fc.option(fc.nat(30)),
  token: fc.constantFrom("1", "2"),
});

interface Stored {
  readonly id: string;
  readonly record: KeyRecord;
}

function toStored({ at, record, ownKey, keptForMs, token }: ValueOf<typeof stored>, nowMs: number): Stored {
  const key = ownKey ? at[1] : record.key;
  const keepUntilMs = keptForMs === null ? null : nowMs + keptForMs;
  return { id: idOf(at), record: { ...record, key, keepUntilMs, token } };
}

const call = fc.oneof(
  { weight: 4, arbitrary: fc.record({ call: fc.constant("put" as const), stored }) },
  { weight: 6, arbitrary: fc.record({ call: fc.constant("claim" as const), stored }) },
  { weight: 2, arbitrary: fc.record({ call: fc.constant("replace" as const), stored }) },
  {
    weight: 4,
    arbitrary: fc.record({ call: fc.constant("change" as const), stored, state: fc.option(anyState) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ call: fc.constant("drop" as const), stored }),
  },
);

/** A Map does what a store has to do, but for forgetting. */
class Model {
  readonly records = new Map<string, KeyRecord>();

  do(step: ValueOf<typeof call>, { id, record }: Stored): unknown {
    const there = this.records.get(id) ?? null;
    const sameToken = there?.token === record.token;
    if (step.call === "put" || (step.call === "claim" && there === null)) this.records.set(id, record);
    if (step.call === "put" || step.call === "claim") return there;
    if (there === null || !sameToken) return false;
    if (step.call === "drop") this.records.delete(id);
    if (step.call === "replace") this.records.set(id, record);
    if (step.call !== "change") return true;
    if (step.state !== null) this.records.set(id, { ...there, state: step.state });
    return step.state !== null;
  }

  /** Follows the store in what it forgot; it may only forget what nobody may ask for any more. */
  forget(store: MemoryKeyStore, nowMs: number): void {
    for (const [id, { keepUntilMs }] of this.records) {
      if (store.get(id) !== null) continue;
      expect(keepUntilMs).not.toBeNull();
      expect(keepUntilMs).toBeLessThanOrEqual(nowMs);
      this.records.delete(id);
    }
  }
}

function really(
  store: MemoryKeyStore,
  step: ValueOf<typeof call>,
  { id, record, nowMs }: Stored & { readonly nowMs: number },
): unknown {
  switch (step.call) {
    case "put":
      return store.put(id, record);
    case "claim":
      return store.claim(id, () => record, nowMs);
    case "replace":
      return store.replace(id, record.token, record);
    case "drop":
      return store.replace(id, record.token, null);
    case "change": {
      const { state } = step;
      return store.change(id, record.token, (there) => (state === null ? null : { ...there, state }));
    }
  }
}

test.each([
  ["with room for all scopes and paths", undefined],
  ["with room for one", 1],
  ["with room for none", 0],
])("any sequence of calls does what it would do to a Map, %s", (_, mostShared) => {
  fc.assert(
    fc.property(fc.array(call, { maxLength: 60 }), (steps) => {
      const store = createMemoryKeyStore(createMemoryRecords(mostShared));
      const model = new Model();
      steps.forEach((step, nowMs) => {
        const given = toStored(step.stored, nowMs);
        expect(really(store, step, { ...given, nowMs })).toEqual(model.do(step, given));
        model.forget(store, nowMs);
      });
      expect(new Map(store.all())).toEqual(model.records);
      expect(store.size()).toBe(model.records.size);
      for (const key of KEYS) {
        const expected = [...model.records.values()].filter((record) => record.key === key);
        expect(store.find(key)).toHaveLength(expected.length);
      }
      store.clear();
      expect([store.size(), [...store.all()]]).toEqual([0, []]);
    }),
    { numRuns: 400 },
  );
});
