import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createKeyEngine } from "../../src/idempotency/engine.js";
import type { Claim, KeyRecord } from "../../src/idempotency/idempotency.js";
import { openRedisState } from "../../src/idempotency/redis/redis-state.js";
import { createSharedKeyStore, type SharedKeyStore } from "../../src/idempotency/shared-key-store.js";
import {
  ConstitutionChanged,
  type DocumentChange,
  type Known,
  type SharedState,
} from "../../src/idempotency/shared-state.js";
import type { NextRecord } from "../../src/idempotency/store.js";
import { honouring } from "../idempotency/a-request.js";
import { type PrivateRedis, startRedis } from "./private-redis.js";
import { until } from "./servers.js";

let redis: PrivateRedis;
let one: SharedState;
let other: SharedState;
let known: Known;

const open = (): Promise<SharedState> =>
  openRedisState({ url: redis.url, seed: 1, world: "null", onWarning: () => undefined });

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.kill());
beforeEach(async () => {
  await redis.ask("FLUSHALL");
  [one, other] = [await open(), await open()];
  known = { generation: one.first.generation, edition: one.first.edition };
});
afterEach(async () => {
  await one.close();
  await other.close();
});

function change(id: string, stamp: string, text: string | null): DocumentChange {
  return { table: "things", id, stamp, text, isNew: stamp === "", keeps: null };
}

async function stampOf(state: SharedState, id: string): Promise<string> {
  const { documents } = await state.step({ documents: [{ table: "things", id }] }, known);
  return documents[0]?.stamp ?? "";
}

async function keysLike(pattern: string): Promise<readonly string[]> {
  return (await redis.ask("KEYS", `gcidem:1:${known.generation}:${pattern}`)) as string[];
}

describe("a document", () => {
  test("is written by whoever names its stamp; anybody else is told what it is now", async () => {
    await one.step({ changes: [change("1", "", "a")] }, known);
    const stamp = await stampOf(other, "1");
    expect((await one.step({ changes: [change("1", stamp, "b")] }, known)).kind).toBe("done");
    const documents = [{ table: "things", id: "1" }];
    const late = await other.step({ changes: [change("1", stamp, "c")], documents }, known);
    expect(late).toMatchObject({ kind: "changed", documents: [{ id: "1", text: "b" }] });
  });

  test("is not taken for an earlier one that had the same text, nor an absent one for another absence", async () => {
    await one.step({ changes: [change("1", "", "a")] }, known);
    const stamp = await stampOf(one, "1");
    await one.step({ changes: [change("1", stamp, null)] }, known);
    await one.step({ changes: [change("1", "", "a")] }, known);
    expect((await other.step({ changes: [change("1", stamp, "c")] }, known)).kind).toBe("changed");
    expect((await other.step({ changes: [change("1", "", "c")] }, known)).kind).toBe("changed");
  });

  test("is written together with the others of its step, or none is", async () => {
    await one.step({ changes: [change("1", "", "a")] }, known);
    const both = [change("2", "", "b"), change("1", "", "b")];
    expect((await other.step({ changes: both }, known)).kind).toBe("changed");
    expect(await stampOf(one, "2")).toBe("");
  });

  test("has any name: half a surrogate pair, quotes, NUL, and none is taken for another", async () => {
    const names = [
      "\ud800",
      "\\ud800",
      '"',
      '\\"',
      "\u0000",
      "\\u0000",
      "é",
      "日本",
      "😀",
      "__proto__",
      "",
      "a:b",
    ];
    await one.step({ changes: names.map((name, index) => change(name, "", `text ${index}`)) }, known);
    const { documents } = await other.step({ documents: [{ table: "things", id: null }] }, known);
    expect(new Map(documents.map(({ id, text }) => [id, text]))).toEqual(
      new Map(names.map((name, index) => [name, `text ${index}`])),
    );
    for (const [index, id] of names.entries()) {
      const found = await other.step({ documents: [{ table: "things", id }] }, known);
      expect(found.documents).toMatchObject([{ id, text: `text ${index}` }]);
    }
  });

  test("of a table that keeps only so many pushes the oldest out", async () => {
    for (const id of ["a", "b", "c", "d"]) {
      await one.step({ changes: [{ ...change(id, "", "x"), keeps: 3 }] }, known);
    }
    const { documents } = await one.step({ documents: [{ table: "things", id: null }] }, known);
    expect(documents.map(({ id }) => id).sort()).toEqual(["b", "c", "d"]);
  });
});

function recordOf(
  token: string,
  { keepForMs = 60_000 }: { readonly keepForMs?: number | null } = {},
): KeyRecord {
  const nowMs = one.clock.nowMs();
  return {
    key: "k",
    account: "a",
    first: { method: "POST", path: "/", query: "", headers: [], body: { kind: "kept", latin1: "{}" } },
    answered: null,
    earlier: null,
    state: { kind: "in-flight", leaseUntilMs: nowMs + 10_000, stuck: false },
    createdAtMs: nowMs,
    lastUsedAtMs: nowMs,
    keepUntilMs: keepForMs === null ? null : nowMs + keepForMs,
    token,
  };
}

const ended: NextRecord = (record) => ({
  ...record,
  state: {
    kind: "ended",
    outcome: "2xx",
    status: 200,
    delivered: true,
    effect: true,
    resource: null,
    answer: null,
  },
});

function storeOn(state: SharedState): SharedKeyStore {
  const take: Parameters<typeof createSharedKeyStore>[0]["take"] = (key) => state.step({ key }, known);
  return createSharedKeyStore({ win: take, take, nowMs: state.clock.nowMs });
}

describe("the record of a key", () => {
  const claim: Claim = { id: "id", token: "mine", beside: null };
  let owner: SharedKeyStore;
  let rival: SharedKeyStore;

  beforeEach(async () => {
    [owner, rival] = [storeOn(one), storeOn(other)];
    expect(await owner.claim("id", () => recordOf("mine"), 0)).toBeNull();
  });

  async function end(): Promise<string> {
    const step = owner.ending(claim, ended);
    if (step === null) return "lost";
    const result = await one.step({ key: step }, known);
    return result.kind === "held" && owner.see(result)?.token === "mine" ? end() : result.kind;
  }

  test("once ended stays ended, whatever somebody makes of it who saw it running", async () => {
    const seen = await rival.claim("id", () => recordOf("theirs"), 0);
    expect(seen?.token).toBe("mine");
    expect(await end()).toBe("done");
    expect(await rival.replace("id", "mine", { ...recordOf("mine"), lastUsedAtMs: 7 })).toBe(false);
    expect((await storeOn(one).get("id"))?.state.kind).toBe("ended");
  });

  test("keeps what others noted in it while its request ran", async () => {
    const seen = await rival.claim("id", () => recordOf("theirs"), 0);
    if (seen === null) throw new Error("nothing was claimed");
    expect(await rival.replace("id", "mine", { ...seen, lastUsedAtMs: 7 })).toBe(true);
    expect(await end()).toBe("done");
    expect(await storeOn(one).get("id")).toMatchObject({ lastUsedAtMs: 7, state: { kind: "ended" } });
  });

  test("is not stuck or released any more by a client that leaves once it has ended", async () => {
    expect(await end()).toBe("done");
    owner.see(await one.step({ key: { op: "get", id: "id" } }, known));
    const { clock } = one;
    const engine = createKeyEngine({ clock, store: owner });
    await engine.disconnected({ ...claim }, honouring("{ onDisconnect: releases }"));
    expect((await storeOn(one).get("id"))?.state.kind).toBe("ended");
  });

  test("tells its owner whether it was taken over in time or out of time", async () => {
    await rival.claim("id", () => recordOf("theirs"), 0);
    expect(await rival.replace("id", "mine", recordOf("theirs"))).toBe(true);
    const key = owner.ending(claim, ended);
    if (key === null) throw new Error("the owner knows nothing of its record");
    expect(owner.isOverdue(await one.step({ key }, known))).toBe(false);
    await other.clock.advance(10_000);
    await one.constitution();
    expect(await rival.replace("id", "theirs", recordOf("late"))).toBe(true);
    expect(owner.isOverdue(await one.step({ key }, known))).toBe(true);
  });

  test("is found by its key, and leaves the list of its key's records when it is gone", async () => {
    await storeOn(one).claim("id 2", () => recordOf("second"), 0);
    expect(await rival.find("k")).toHaveLength(2);
    await owner.replace("id", "mine", null);
    expect(await rival.find("k")).toHaveLength(1);
    expect(await redis.ask("SMEMBERS", String((await keysLike("i:k"))[0]))).toEqual(["id 2"]);
  });

  test("bounds memory by its own life: kept for ever, it is found for as long", async () => {
    const ttl = async (name: string): Promise<number> => Number(await redis.ask("PTTL", String(name)));
    const [list] = await keysLike("i:k");
    expect(await ttl(String((await keysLike("k:id"))[0]))).toBeGreaterThan(0);
    expect(await ttl(String(list))).toBeGreaterThan(0);
    await storeOn(one).claim("longer", () => recordOf("longer", { keepForMs: 600_000 }), 0);
    expect(await ttl(String(list))).toBeGreaterThan(60_000);
    await storeOn(one).claim("forever", () => recordOf("forever", { keepForMs: null }), 0);
    await storeOn(one).claim("shorter", () => recordOf("shorter"), 0);
    expect(await ttl(String(list))).toBe(-1);
    expect(await ttl(String((await keysLike("k:forever"))[0]))).toBe(-1);
  });

  test("may live for millions of years", async () => {
    const forMs = 3_000_000 * 365 * 24 * 3_600_000;
    expect(await storeOn(one).claim("old", () => recordOf("old", { keepForMs: forMs }), 0)).toBeNull();
    expect(await storeOn(one).get("old")).not.toBeNull();
  });
});

describe("a step", () => {
  test("for a former state, another policy or an earlier time does nothing, and says so", async () => {
    const write = (): Promise<unknown> => one.step({ changes: [change("1", "", "a")] }, known);
    await other.putPolicy("{}");
    await expect(write()).rejects.toThrow(ConstitutionChanged);
    const begun = one.step({ changes: [change("1", "", "a")] }, { ...known, edition: null });
    expect((await begun).kind).toBe("done");
    known = await one.constitution();
    await other.clock.advance(1_000);
    await expect(write()).rejects.toThrow(ConstitutionChanged);
    await one.constitution();
    expect(await stampOf(one, "2")).toBe("");
    await other.reset({ seed: 1, world: "null" });
    const inFormer = one.step({ changes: [change("1", "", "a")] }, { ...known, edition: null });
    await expect(inFormer).rejects.toThrow(ConstitutionChanged);
  });

  test("that a frozen Redis kept until nobody waits for it any more does nothing", async () => {
    redis.freeze();
    const late = one.step({ changes: [change("1", "", "a")] }, known);
    await expect(late).rejects.toThrow("no answer within 2000 ms");
    redis.thaw();
    await until(async () => (await stampOf(other, "2")) === "", "Redis answers again");
    expect(await stampOf(other, "1")).toBe("");
  });
});

describe("a state that Redis lost", () => {
  test("begins anew under another name, with the world, policy and secret that it had, and no earlier", async () => {
    await one.reset({ seed: 7, world: "[1]" });
    await one.putPolicy("[2]");
    await one.clock.advance(3_600_000);
    const before = await one.constitution();
    const beforeMs = one.clock.nowMs();
    await redis.ask("FLUSHALL");
    await other.step({}, known).catch(() => undefined);
    await other.constitution();
    const after = await one.constitution();
    expect(after).toMatchObject({ world: "null", policy: null });
    expect(after.generation).not.toBe(before.generation);
    expect((await other.constitution()).generation).toBe(after.generation);
    await redis.ask("FLUSHALL");
    await one.reset({ seed: 7, world: "[1]" });
    await one.putPolicy("[2]");
    await redis.ask("FLUSHALL");
    const again = await one.constitution();
    expect(again).toMatchObject({ seed: 7, world: "[1]", policy: "[2]", secret: before.secret });
    await other.constitution();
    expect(other.clock.nowMs()).toBeGreaterThanOrEqual(beforeMs);
  });

  test("is made by whatever is done to it first: a policy, time that is moved on, a reset", async () => {
    await redis.ask("FLUSHALL");
    expect((await one.putPolicy("[2]")).policy).toBe("[2]");
    await redis.ask("FLUSHALL");
    await one.clock.advance(1_000);
    expect((await one.constitution()).generation).not.toBe("");
    await redis.ask("FLUSHALL");
    expect((await one.reset({ seed: 3, world: "[3]" })).seed).toBe(3);
  });
});
