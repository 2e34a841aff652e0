import { describe, expect, test } from "vitest";
import { GcidemError } from "../../src/core/errors.js";
import type { Mock } from "../../src/mock/mock.js";
import { startMock } from "../../src/mock/start-mock.js";
import { CONVERSATION, policyOf, type Reply, sendTo, THING } from "./an-org.js";

type Saved = Record<string, unknown> & {
  readonly keys: unknown[];
  readonly tables: Record<string, Record<string, Record<string, unknown>>>;
};

const POLICY = policyOf({
  extends: "documented",
  locks: { states: ["dialing"], for: "1h" },
  idempotency: { support: "honoured", methods: ["POST"] },
});

function sending(mock: Mock): (method: string, path: string, json?: unknown) => Promise<Reply> {
  const headers = {
    Authorization: `Bearer ${mock.token(null, "valid")}`,
    "Content-Type": "application/json",
    "Idempotency-Key": "k-1",
  };
  return (method, path, json) =>
    sendTo(mock.url, undefined, {
      method,
      path,
      headers,
      body: json === undefined ? undefined : JSON.stringify(json),
    });
}

async function withMock<T>(saved: string | null, act: (mock: Mock) => Promise<T>): Promise<T> {
  const mock = await startMock({ policy: POLICY, saved });
  try {
    return await act(mock);
  } finally {
    await mock.close();
  }
}

/** A state with a locked thing, a user, a conversation and a key. */
async function aState(): Promise<Saved> {
  const text = await withMock(null, async (mock) => {
    const send = sending(mock);
    await send("PUT", THING, { state: "dialing" });
    await send("GET", "/api/v2/users/me");
    await send("GET", `/api/v2/conversations/${CONVERSATION}`);
    await send("POST", "/api/v2/mock/things", { n: 1 });
    return mock.save();
  });
  return JSON.parse(text) as Saved;
}

async function refusalOf(state: unknown): Promise<GcidemError> {
  const error = await withMock(JSON.stringify(state), async () => null).catch((thrown: unknown) => thrown);
  if (error instanceof GcidemError) return error;
  throw new Error("expected a GcidemError", { cause: error });
}

describe("a mock that goes on from a saved state", () => {
  test("keeps a lock for as long as the state began before", async () => {
    const state = await aState();
    await withMock(JSON.stringify(state), async (mock) => {
      expect((await sending(mock)("PATCH", THING, { tier: "gold" })).json.code).toBe("locked");
    });
    delete state.tables.things?.["1"]?.stateSinceMs;
    const began = { ...state, nowMs: 3_600_000 };
    await withMock(JSON.stringify(began), async (mock) => {
      expect((await sending(mock)("PATCH", THING, { tier: "gold" })).status).toBe(200);
    });
  });

  const ENTRIES = [null, 5, "k", {}, [], ["k"], [null, "r"], [{}, "r"], ["k", 5], ["k", "r", "s"]];
  test.each(ENTRIES.map((entry) => ({ entry })))(
    "refuses the entry $entry among its keys",
    async ({ entry }) => {
      const state = await aState();
      state.keys.splice(0, 1, entry);
      expect(await refusalOf(state)).toMatchObject({
        code: "invalid-file",
        message: "the saved state cannot be used: entry 1 of its keys is not a name with a record",
      });
    },
  );

  test.each([
    ["things", "fields", null],
    ["users", "fields", []],
    ["conversations", "startedAtEpochMs", 1e300],
    ["conversations", "startedAtEpochMs", "now"],
    ["users", "versioned", [1, 1e300, "0000", [], [], 1, 1]],
  ])("refuses a document of %s whose %s is %j", async (table, member, value) => {
    const state = await aState();
    const [first] = Object.values(state.tables[table] ?? {});
    if (first === undefined) throw new Error(`nothing in ${table}`);
    first[member] = value;
    const { code, message } = await refusalOf(state);
    expect([code, message]).toEqual([
      "invalid-file",
      expect.stringContaining(`is not a document of that table`),
    ]);
  });

  test.each(["nowMs", "epochMs", "realEpochMs"])("refuses a %s that no calendar has", async (name) => {
    const { code, message } = await refusalOf({ ...(await aState()), [name]: 1e300 });
    expect([code, message]).toEqual(["invalid-file", expect.stringContaining(name)]);
  });
});
