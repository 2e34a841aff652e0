import { describe, expect, test } from "vitest";
import { presetPolicy } from "../../src/policy/presets.js";
import { ATTRIBUTES, CALL_PARTICIPANT, CONVERSATION, type Org, startOrg, THING } from "./an-org.js";

/** A bit of everything: ids, tokens, keys, refusals, churn, latency, a fault, a restart of the world. */
async function play(org: Org): Promise<readonly unknown[]> {
  const key = { "Idempotency-Key": "k1" };
  const replies = [
    await org.send("GET", `/api/v2/conversations/${CONVERSATION}`),
    await org.send("PATCH", CALL_PARTICIPANT, { json: { attributes: { a: "1" } }, headers: key }),
    await org.send("PATCH", CALL_PARTICIPANT, { json: { attributes: { a: "2" } }, headers: key }),
    await org.send("PATCH", ATTRIBUTES, { json: { attributes: { a: 1 } } }),
    await org.send("POST", "/api/v2/mock/things", { json: { tier: "gold" } }),
    await org.send("POST", "/api/v2/integrations/actions/a1/execute", { json: {} }),
    await org.send("GET", "/api/v2/users/me", { auth: "invalid" }),
    await org.send("POST", "/oauth/token", { text: "grant_type=client_credentials&client_id=a" }),
    await org.send("GET", "/nope"),
    await org.send("GET", `/api/v2/conversations/${CONVERSATION}`),
  ];
  return replies.map(({ status, headers, text }) => ({ status, headers, text }));
}

const POLICY = {
  extends: "forum-lore",
  churn: { every: "40ms", jitter: "20ms" },
  latency: { base: "30ms", jitter: "30ms" },
} as const;

async function played(seed: number): Promise<readonly unknown[]> {
  const org = await startOrg(POLICY, { seed });
  const replies = await play(org);
  await org.close();
  return replies;
}

describe("a run is deterministic for a seed", () => {
  test("the same requests under the same policy and seed get the same answers, byte for byte", async () => {
    expect(await played(7)).toEqual(await played(7));
  });

  test("another seed gives other ids, tokens and correlation IDs", async () => {
    const [one, two] = [await played(7), await played(8)];
    expect(one.map((reply) => JSON.stringify(reply))).not.toEqual(two.map((reply) => JSON.stringify(reply)));
  });

  test("a reset starts the world, its ids and its keys anew; the clock goes on and the trace is empty", async () => {
    const org = await startOrg({ extends: "forum-lore" }, { seed: 7 });
    const first = await org.send("POST", "/api/v2/mock/things", {
      json: {},
      headers: { "Idempotency-Key": "k" },
    });
    await org.clock.advance(5_000);
    await org.mock.reset({ seed: 7, world: null });
    expect(org.mock.trace()).toEqual([]);
    expect((await org.send("GET", "/api/v2/mock/things")).json.total).toBe(0);
    expect(org.clock.nowMs()).toBe(5_000);
    await org.mock.reset({ seed: 7, world: null });
    const again = await org.send("POST", "/api/v2/mock/things", {
      json: {},
      headers: { "Idempotency-Key": "k" },
    });
    expect(again.json).toEqual(first.json);
    expect(again.headers["inin-correlation-id"]).toBe(first.headers["inin-correlation-id"]);
    expect(org.last().cause).toBeNull();
    await org.close();
  });

  test("a reset can bring a world, and takes an armed fault away", async () => {
    const org = await startOrg("documented");
    org.mock.arm({ kind: "5xx-before" });
    const world = {
      principals: {},
      conversations: [],
      things: [{ id: "1", tier: "none" }],
      users: [],
      actions: [],
    };
    await org.mock.reset({ seed: 1, world });
    expect((await org.send("GET", THING)).json).toEqual({ id: "1", tier: "none" });
    await org.close();
  });

  test("a policy can be changed while the mock serves", async () => {
    const org = await startOrg("documented");
    expect((await org.send("POST", "/api/charges", { json: { amount: 1 } })).status).toBe(404);
    await org.mock.setPolicy(presetPolicy("forum-lore"));
    const headers = { "Idempotency-Key": "k" };
    expect((await org.send("POST", "/api/charges", { json: { amount: 1 }, headers })).status).toBe(201);
    expect(org.mock.policy().name).toBe("forum-lore");
    await org.close();
  });
});
