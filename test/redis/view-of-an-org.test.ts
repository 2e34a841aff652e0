import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/core/random.js";
import type { FoundDocument } from "../../src/idempotency/shared-state.js";
import { createPlatformLife } from "../../src/mock/churn.js";
import { writeDocument } from "../../src/mock/documents.js";
import type { Need } from "../../src/mock/operation.js";
import { addItem, createOrg, guard, type Org } from "../../src/mock/org.js";
import { documentsOf, NotFetched, openOrgView } from "../../src/mock/shared-org.js";

const NOW = { nowMs: 1_000, epochMs: 1_000 };

function baseOf(...ids: readonly string[]): Org {
  const world = {
    principals: {},
    conversations: [],
    users: [],
    groups: [],
    actions: [],
    things: ids.map((id) => ({ id })),
  };
  return createOrg({ random: seededRandom(1), life: createPlatformLife(1), world }, NOW);
}

function view(base: Org, needs: readonly Need[], found: readonly FoundDocument[] = []) {
  return openOrgView({ base, needs, found, nowMs: () => NOW.nowMs });
}

const THING_1: Need = { table: "things", id: "1" };
const ALL_THINGS: Need = { table: "things", id: null };

describe("a request sees of a shared org", () => {
  test("what was fetched, and a look at anything else is no answer", () => {
    const { org } = view(baseOf("1", "2"), [THING_1]);
    expect(org.things.get("1")?.id).toBe("1");
    expect(() => org.things.get("2")).toThrow(NotFetched);
    expect(() => org.things.has("2")).toThrow("things/2 was not fetched");
    expect(() => org.things.values()).toThrow("things/* was not fetched");
    expect(() => [...org.things]).toThrow(NotFetched);
    expect(() => org.users.get("1")).toThrow(NotFetched);
  });

  test("that there is nothing, where that was fetched", () => {
    const { org } = view(baseOf(), [THING_1, { table: "users", id: null }]);
    expect([org.things.get("1"), org.users.has("u"), [...org.users]]).toEqual([undefined, false, []]);
  });

  test("the world in its order, then what came later; what came back stands at the end", () => {
    const text = (id: string): string =>
      writeDocument("things", addItem(baseOf(), "things", { fields: { id }, instant: NOW }));
    const { org } = view(
      baseOf("1", "2", "3"),
      [ALL_THINGS],
      [
        { table: "things", id: "5", stamp: "9-9", text: text("5") },
        { table: "things", id: "1", stamp: "8-8", text: text("1") },
        { table: "things", id: "4", stamp: "7-12", text: text("4") },
        { table: "things", id: "2", stamp: "0-6", text: text("2") },
        { table: "things", id: "3", stamp: "0-5", text: "null" },
      ],
    );
    expect([...org.things.values()].map(({ id }) => id)).toEqual(["2", "4", "1", "5"]);
  });
});

describe("what a request changes of it", () => {
  test("is nothing, where it only looked at the world", () => {
    const { changes } = view(baseOf("1"), [ALL_THINGS]);
    expect(changes({ creationsOnly: false })).toEqual([]);
  });

  test("is what it made, changed and removed, with the stamps that it saw", () => {
    const base = baseOf("1", "2");
    const { org, changes } = view(base, [ALL_THINGS]);
    addItem(org, "things", { fields: { id: "3" }, instant: NOW });
    Object.assign(org.things.get("2") ?? {}, { fields: { tier: "gold" } });
    org.things.delete("1");
    expect(changes({ creationsOnly: false })).toMatchObject([
      { id: "2", stamp: "", isNew: false },
      { id: "3", stamp: "", isNew: true },
      { id: "1", stamp: "", text: "null" },
    ]);
    expect(changes({ creationsOnly: true })).toMatchObject([{ id: "3" }]);
    expect(base.things.get("2")?.fields).toEqual({});
  });

  test("of guards is one of so many, however many names there are", () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `things.name=${index}`);
    const needs = names.map((id): Need => ({ table: "guards", id }));
    expect(new Set(documentsOf(needs).map(({ id }) => id)).size).toBeLessThanOrEqual(4_096);
    const { org, changes } = view(baseOf(), needs.slice(0, 2));
    guard(org, "things.name=0");
    guard(org, "things.name=0");
    const id = documentsOf(needs)[0]?.id;
    expect(changes({ creationsOnly: false })).toMatchObject([{ table: "guards", id, text: "2" }]);
  });

  test("leaves out what no reader sees any more, and keeps what one still does", () => {
    const item = addItem(baseOf(), "things", { fields: { id: "1" }, instant: NOW });
    const entity = { ...item };
    item.past = [
      { untilMs: 1_000, entity },
      { untilMs: 1_001, entity },
    ];
    const found = { table: "things", id: "1", stamp: "1-1", text: writeDocument("things", item) };
    const { org, changes } = view(baseOf(), [THING_1], [found]);
    expect(changes({ creationsOnly: false })).toEqual([]);
    Object.assign(org.things.get("1") ?? {}, { fields: { tier: "gold" } });
    const [change] = changes({ creationsOnly: false });
    expect(JSON.parse(change?.text ?? "null")).toMatchObject({ past: [{ untilMs: 1_001 }] });
  });
});
