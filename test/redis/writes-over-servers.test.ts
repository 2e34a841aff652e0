import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { World } from "../../src/core/world.js";
import { ATTRIBUTES, CONVERSATION, type Reply, THING } from "../mock/an-org.js";
import { type PrivateRedis, startRedis } from "./private-redis.js";
import { EXECUTE, holdSleeps, type Server, withServers } from "./servers.js";

let redis: PrivateRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.kill());

const READ_CONVERSATION = `/api/v2/conversations/${CONVERSATION}`;
const THINGS = "/api/v2/mock/things";
const EMPTY: World = { principals: {}, conversations: [], users: [], actions: [], groups: [], things: [] };

async function statusesOf(replies: readonly Promise<Reply>[]): Promise<readonly number[]> {
  return (await Promise.all(replies)).map(({ status }) => status).sort();
}

function put({ send }: Server, json: unknown, etag: unknown): Promise<Reply> {
  return send("PUT", THING, { json, headers: { "If-Match": String(etag) } });
}

describe("writers of one resource at two servers", () => {
  test("with the same token: exactly one wins, in each of 50 rounds", () =>
    withServers(redis, {}, async (a, b) => {
      let { etag } = (await a.send("PUT", THING, { json: {} })).headers;
      for (let round = 0; round < 50; round++) {
        const writers = [a, b, a, b].map((server, writer) => put(server, { round, writer }, etag));
        expect(await statusesOf(writers)).toEqual([200, 409, 409, 409]);
        ({ etag } = (await b.send("GET", THING)).headers);
      }
    }));

  test("both win on a server that checks first and writes later, and the last one's write stays", () =>
    withServers(
      redis,
      { policy: { concurrency: { check: { kind: "check-then-set", window: "5ms" } } } },
      async (a, b) => {
        const made = a.send("PUT", THING, { json: {} });
        const { etag } = (await made).headers;
        const sleeps = holdSleeps(a, b);
        const both = [put(a, { by: "a" }, etag), put(b, { by: "b" }, etag)];
        await sleeps.until(2);
        sleeps.release();
        expect(await statusesOf(both)).toEqual([200, 200]);
        expect((await a.send("GET", THING)).headers.etag).toBe('"3"');
      },
    ));

  test("without a token, of different members: per-key merge loses none of 40", () =>
    withServers(redis, { policy: { extends: "documented" } }, async (a, b) => {
      const names = Array.from({ length: 40 }, (_, index) => `name-${index}`);
      await Promise.all(
        names.map((name, index) =>
          (index % 2 === 0 ? a : b).send("PATCH", ATTRIBUTES, { json: { attributes: { [name]: "1" } } }),
        ),
      );
      const { participants } = (await b.send("GET", READ_CONVERSATION)).json;
      const [{ attributes }] = participants as [{ attributes: Record<string, string> }];
      expect(Object.keys(attributes).sort()).toEqual(names.sort());
    }));

  test("executions are counted exactly, and listed in the order in which they ran", () =>
    withServers(redis, {}, async (a, b) => {
      const runs = Array.from({ length: 150 }, (_, index) =>
        (index % 2 === 0 ? a : b).send("POST", EXECUTE, { json: {}, key: `k${index}` }),
      );
      const counts = (await Promise.all(runs)).map(({ json }) => json.executions as number);
      const upTo = Array.from({ length: 150 }, (_, index) => index + 1);
      expect(counts.sort((x, y) => x - y)).toEqual(upTo);
      const { entities } = (await b.send("GET", "/api/v2/mock/executions")).json;
      expect((entities as { count: number }[]).map(({ count }) => count)).toEqual(upTo);
    }));

  test("each is told who moved the token: another server's client is nobody's own write", () =>
    withServers(redis, {}, async (a, b) => {
      const { etag } = (await a.send("PUT", THING, { json: {} })).headers;
      await put(b, {}, etag);
      await put(a, {}, etag);
      expect(a.last()).toMatchObject({ cause: "stale-etag", movedBy: "unknown" });
      const { headers } = await a.send("GET", THING);
      await put(a, {}, headers.etag);
      await put(a, {}, headers.etag);
      expect(a.last().movedBy).toBe("own-write");
    }));
});

describe("a collection that two servers share", () => {
  test("is listed in the order in which its members came, whoever changed one since", () =>
    withServers(redis, {}, async (a, b) => {
      const ids = Array.from({ length: 140 }, (_, index) => `id-${(index * 37) % 140}`);
      for (const id of ids) await a.send("PUT", `${THINGS}/${id}`, { json: {} });
      await b.send("PUT", `${THINGS}/${ids[3]}`, { json: { changed: "yes" } });
      const { entities } = (await b.send("GET", THINGS)).json;
      expect((entities as { id: string }[]).map(({ id }) => id)).toEqual(ids);
    }));

  test("never gets one id twice, also after a policy was put", () =>
    withServers(redis, {}, async (a, b) => {
      const make = async ({ send }: Server) => (await send("POST", THINGS, { json: {} })).json.id;
      const ids = [await make(a), await make(b)];
      await a.mock.setPolicy(a.mock.policy());
      ids.push(await make(a), await make(b));
      expect(new Set(ids).size).toBe(4);
    }));

  test("begins with the world, of which what one server removed stays away at the other", () =>
    withServers(
      redis,
      { world: { ...EMPTY, things: [{ id: "1", tier: "none" }, { id: "2" }] } },
      async (a, b) => {
        expect((await b.send("GET", THING)).json).toMatchObject({ id: "1", tier: "none" });
        expect((await a.send("DELETE", THING)).status).toBe(204);
        expect((await b.send("GET", THING)).status).toBe(404);
        expect((await b.send("GET", THINGS)).json).toMatchObject({ total: 1, entities: [{ id: "2" }] });
        expect((await b.send("PUT", THING, { json: { tier: "new" } })).status).toBe(201);
        expect((await a.send("GET", THING)).json).toMatchObject({ tier: "new" });
      },
    ));
});

describe("the platform's own life is the same at both servers", () => {
  const version = async ({ send }: Server): Promise<string> =>
    String((await send("GET", READ_CONVERSATION)).headers.etag);

  test("churn moves a token by the same events, whoever looks", () =>
    withServers(
      redis,
      { policy: { churn: { every: "10m", jitter: "4m", on: "conversations" } } },
      async (a, b) => {
        const seen: (readonly [string, string])[] = [];
        for (let step = 0; step < 30; step++) {
          await a.mock.clock.advance(97_000);
          seen.push([await version(a), await version(b)]);
        }
        expect(seen.filter(([atA, atB]) => atA !== atB)).toEqual([]);
        expect(new Set(seen.map(([atA]) => atA)).size).toBeGreaterThan(4);
      },
    ));

  test("churn that a put policy brings counts from then on", () =>
    withServers(redis, {}, async (a, b) => {
      const before = await version(a);
      await b.mock.clock.advance(3_600_000);
      const churn = { everyMs: 60_000, jitterMs: 0, on: "conversations" as const };
      await b.mock.setPolicy({ ...b.mock.policy(), churn });
      expect([await version(a), await version(b)]).toEqual([before, before]);
      await a.mock.clock.advance(600_000);
      expect(await version(a)).not.toBe(before);
      expect(await version(a)).toBe(await version(b));
    }));

  test("reads trail a write by the read lag at both, and what nobody can see any more is not kept", () =>
    withServers(redis, { policy: { concurrency: { readLag: "1m" } } }, async (a, b) => {
      const tier = async ({ send }: Server) => (await send("GET", THING)).json.tier;
      await a.send("PUT", THING, { json: { tier: "old" } });
      await a.mock.clock.advance(61_000);
      await a.send("PUT", THING, { json: { tier: "new" } });
      expect([await tier(a), await tier(b)]).toEqual(["old", "old"]);
      await b.mock.clock.advance(61_000);
      expect([await tier(a), await tier(b)]).toEqual(["new", "new"]);
      const sizeAfter = async (writes: number): Promise<number> => {
        for (let write = 0; write < writes; write++) {
          await a.send("PUT", THING, { json: { tier: "new" } });
          await b.mock.clock.advance(61_000);
        }
        return Number(await redis.ask("HSTRLEN", String((await thingTable())[0]), "1"));
      };
      const size = await sizeAfter(80);
      expect(await sizeAfter(20)).toBeLessThan(size + 4_000);
    }));

  async function thingTable(): Promise<readonly string[]> {
    return (await redis.ask("KEYS", "gcidem:*:d:things")) as string[];
  }
});
