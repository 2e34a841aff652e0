import { describe, expect, test } from "vitest";
import { virtualClock } from "../../src/core/clock.js";
import { startMock } from "../../src/mock/start-mock.js";
import { ATTRIBUTES, CONVERSATION, PARTICIPANT, policyOf, startOrg, THING, withOrg } from "./an-org.js";

const READ = `/api/v2/conversations/${CONVERSATION}`;
const SECURE = `${READ}/secureattributes`;
const VOICE = `/api/v2/conversations/voice/${CONVERSATION}`;

describe("churn: the platform's own writes", () => {
  const policy = { extends: "forum-lore", churn: { every: "40ms", jitter: "0ms" } } as const;

  test("a conversation's token moves at each interval of the mock's clock, and at no other time", () =>
    withOrg(policy, async ({ send, clock }) => {
      const version = async () => (await send("GET", READ)).json.version;
      expect([await version(), await version()]).toEqual([1, 1]);
      await clock.advance(39);
      expect(await version()).toBe(1);
      await clock.advance(1);
      expect(await version()).toBe(2);
      await clock.advance(400);
      expect(await version()).toBe(12);
    }));

  test("so a careful writer is stale through no fault of its own: not ours", () =>
    withOrg(policy, async ({ send, clock, last }) => {
      const read = await send("GET", READ);
      await clock.advance(50);
      const json = { participants: [{ id: PARTICIPANT, attributes: { a: "1" } }] };
      const stale = await send("PATCH", VOICE, { json, headers: { "If-Match": String(read.headers.etag) } });
      expect(stale.status).toBe(409);
      expect(last()).toMatchObject({ cause: "stale-etag", movedBy: "not-ours" });
    }));

  test("the first write that the reader missed is named, whoever wrote last", () =>
    withOrg(policy, async ({ send, clock, last }) => {
      const json = { participants: [{ id: PARTICIPANT, attributes: { a: "1" } }] };
      const read = await send("GET", READ);
      await send("PATCH", VOICE, { json });
      await clock.advance(50);
      await send("PATCH", VOICE, { json, headers: { "If-Match": String(read.headers.etag) } });
      expect(last().movedBy).toBe("own-write");
    }));

  test("a hash of the content moves as well: something happened, though no view shows it", () =>
    withOrg({ ...policy, concurrency: { meaning: "content-hash" } }, async ({ send, clock }) => {
      const before = await send("GET", READ);
      await clock.advance(40);
      expect((await send("GET", READ)).headers.etag).not.toBe(before.headers.etag);
    }));

  test("jitter is drawn from the seed", async () => {
    const versions = async (seed: number) => {
      const org = await startOrg({ ...policy, churn: { every: "40ms", jitter: "20ms" } }, { seed });
      const seen: unknown[] = [];
      for (let count = 0; count < 20; count++) {
        seen.push((await org.send("GET", READ)).json.version);
        await org.clock.advance(30);
      }
      await org.close();
      return seen;
    };
    const seen = await versions(1);
    expect(await versions(1)).toEqual(seen);
    expect(await versions(2)).not.toEqual(seen);
  });

  test("a day of it costs next to nothing", () =>
    withOrg(policy, async ({ send, clock }) => {
      await send("GET", READ);
      await clock.advance(24 * 3_600_000);
      expect((await send("GET", READ)).json.version).toBe(1 + (24 * 3_600_000) / 40);
    }));
});

describe("locks and terminal states", () => {
  const world = (state: string) => ({
    world: {
      principals: {},
      conversations: [{ id: CONVERSATION, state, participants: [PARTICIPANT] }],
      things: [],
      users: [],
      actions: [],
    },
  });
  const write = { json: { attributes: { a: "1" } } };

  test("a write is refused while the state is locked, and clears by itself after the lock's time", () =>
    withOrg(
      {
        extends: "documented",
        locks: { states: ["dialing", "alerting"], status: 409, code: "locked", for: "3s" },
      },
      async ({ send, clock, last }) => {
        const refused = await send("PATCH", ATTRIBUTES, write);
        expect([refused.status, refused.json.code]).toEqual([409, "locked"]);
        expect(last()).toMatchObject({ cause: "state-locked", executed: false });
        expect((await send("GET", READ)).status).toBe(200);
        await clock.advance(3_000);
        expect((await send("PATCH", ATTRIBUTES, write)).status).toBe(202);
      },
      world("alerting"),
    ));

  test("a lock without a time lasts until the state changes, and a write of the state may pass", () =>
    withOrg(
      { extends: "documented", locks: { states: ["dialing"], status: 423 } },
      async ({ send, clock }) => {
        await clock.advance(60_000);
        expect((await send("PATCH", ATTRIBUTES, write)).status).toBe(423);
        const participant = ATTRIBUTES.replace("/attributes", "");
        expect((await send("PATCH", participant, { json: { state: "connected" } })).status).toBe(202);
        expect((await send("PATCH", ATTRIBUTES, write)).status).toBe(202);
      },
      world("dialing"),
    ));

  test("a thing is locked from the moment its state began, however long the mock has run", () =>
    withOrg({ extends: "documented", locks: { states: ["dialing"], for: "3s" } }, async ({ send, clock }) => {
      const put = (json: unknown) => send("PUT", THING, { json });
      await clock.advance(3_600_000);
      expect((await put({ state: "dialing" })).status).toBe(201);
      expect((await put({ state: "dialing", tier: "gold" })).status).toBe(409);
      expect((await send("DELETE", THING)).status).toBe(409);
      await clock.advance(3_000);
      expect((await put({ state: "connected" })).status).toBe(200);
      await clock.advance(1_000);
      expect((await put({ state: "dialing" })).status).toBe(200);
      await clock.advance(2_000);
      expect((await send("PATCH", THING, { json: { tier: "gold" } })).json.code).toBe("locked");
      await clock.advance(1_000);
      expect((await send("PATCH", THING, { json: { tier: "gold" } })).status).toBe(200);
    }));

  test("a thing leaves a locked state by a write of another state, and by no other", () =>
    withOrg({ extends: "documented", locks: { states: ["dialing"], status: 423 } }, async ({ send }) => {
      const put = (json: unknown) => send("PUT", THING, { json });
      await put({ state: "dialing" });
      expect((await put({ state: "dialing" })).status).toBe(423);
      expect((await put({})).status).toBe(423);
      expect((await put({ state: "connected" })).status).toBe(200);
      expect((await put({ tier: "gold" })).status).toBe(200);
    }));

  test("a terminal state never clears, not even by a write of the state", () =>
    withOrg(
      { extends: "documented", terminal: { states: ["disconnected"], status: 409 } },
      async ({ send, clock, last }) => {
        expect((await send("PUT", SECURE, { json: { attributes: {}, version: 1 } })).status).toBe(409);
        await clock.advance(24 * 3_600_000);
        const participant = ATTRIBUTES.replace("/attributes", "");
        expect((await send("PATCH", participant, { json: { state: "connected" } })).status).toBe(409);
        expect(last().cause).toBe("state-terminal");
      },
      world("disconnected"),
    ));
});

describe("latency", () => {
  test("each request moves a virtual clock by the policy's latency, within its jitter", () =>
    withOrg({ latency: { base: "100ms", jitter: "50ms" } }, async ({ send, clock }) => {
      for (let count = 0; count < 10; count++) {
        const before = clock.nowMs();
        await send("GET", "/api/v2/users/me");
        const tookMs = clock.nowMs() - before;
        expect(tookMs).toBeGreaterThanOrEqual(100);
        expect(tookMs).toBeLessThan(150);
      }
    }));

  test("it is spent behind the key's claim: a second request with the key meets the first one still running", async () => {
    let finish: () => void = () => {};
    const working = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const clock = { ...virtualClock(), sleep: () => working };
    const policy = policyOf({ extends: "forum-lore", latency: { base: "100ms" } });
    const mock = await startMock({ policy, clock });
    const run = () =>
      fetch(`${mock.url}/api/v2/integrations/actions/a1/execute`, {
        method: "POST",
        body: "{}",
        headers: { Authorization: `Bearer ${mock.token(null, "valid")}`, "Idempotency-Key": "k1" },
      });
    const both = [run(), run()];
    expect((await Promise.race(both)).status).toBe(409);
    expect(mock.trace()).toMatchObject([{ cause: "key-in-flight" }]);
    finish();
    expect((await Promise.all(both)).map((response) => response.status).toSorted()).toEqual([200, 409]);
    await mock.close();
  });
});
