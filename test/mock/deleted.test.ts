import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/core/random.js";
import { createPlatformLife } from "../../src/mock/churn.js";
import type { Mock } from "../../src/mock/mock.js";
import { addItem, createOrg } from "../../src/mock/org.js";
import { startMock } from "../../src/mock/start-mock.js";
import { bury, MOST_TOMBSTONES } from "../../src/mock/tombstones.js";
import { type Org, PARTICIPANT, policyOf, type Reply, sendTo, THING, withOrg } from "./an-org.js";

const THINGS = "/api/v2/mock/things";
const GROUP = `/api/v2/groups/${PARTICIPANT}`;
const DRAFT = "/api/v2/integrations/actions/a1/draft";
const ETAG = { validator: "etag-strong", readFrom: ["if-match"], stale: { status: 412 } } as const;
const HOUR_MS = 3_600_000;
const LAGGING = { extends: "none", concurrency: { ...ETAG, readLag: "1h" } } as const;

const etagOf = ({ headers }: Reply): string => String(headers.etag);
const idsIn = ({ json }: Reply): readonly unknown[] =>
  (json.entities as readonly { readonly id: unknown }[]).map(({ id }) => id);
const write = (mock: Mock, method: string): Promise<Reply> => {
  const headers = { Authorization: `Bearer ${String(mock.token(null, "valid"))}` };
  const body = method === "PUT" ? "{}" : undefined;
  return sendTo(mock.url, undefined, { method, path: THING, headers, body });
};
const put = ({ send }: Org, json: unknown, ifMatch?: string): Promise<Reply> =>
  send("PUT", THING, { json, headers: ifMatch === undefined ? {} : { "If-Match": ifMatch } });

describe("the token of what was deleted", () => {
  test("does not come back with what is made there later", () =>
    withOrg({ extends: "none", concurrency: ETAG }, async (org) => {
      const first = await put(org, { a: 1 });
      await org.send("DELETE", THING);
      const second = await put(org, { a: 1 });
      expect([second.status, etagOf(second)]).not.toEqual([201, etagOf(first)]);
      expect((await put(org, { a: 2 }, etagOf(first))).status).toBe(412);
    }));

  test("does not come back either where a write of what is there moves nothing", () =>
    withOrg({ extends: "none", concurrency: { ...ETAG, noOpWrite: "keep" } }, async (org) => {
      const first = await put(org, { a: 1 });
      await org.send("DELETE", THING);
      expect(etagOf(await put(org, { a: 1 }))).not.toBe(etagOf(first));
    }));

  test("is no more in force for single members than for the whole", () =>
    withOrg({ extends: "none", concurrency: { ...ETAG, granularity: "field" } }, async (org) => {
      const first = await put(org, { a: 1 });
      await org.send("DELETE", THING);
      await put(org, { b: 1 });
      const headers = { "If-Match": etagOf(first) };
      expect((await org.send("PATCH", THING, { json: { c: 1 }, headers })).status).toBe(412);
    }));

  test("is outdated by whoever deleted it, and by nobody who came later", () =>
    withOrg(
      { extends: "none", concurrency: ETAG },
      async (org) => {
        const first = await put(org, { a: 1 });
        await org.send("DELETE", THING, { as: "other" });
        expect((await put(org, { a: 2 }, etagOf(first))).status).toBe(412);
        expect(org.last()).toMatchObject({ cause: "stale-etag", movedBy: "other-writer" });
        await put(org, { a: 2 });
        await put(org, { a: 3 }, etagOf(first));
        expect(org.last()).toMatchObject({ cause: "stale-etag", movedBy: "other-writer" });
      },
      {
        world: {
          principals: { other: { account: "a", scopes: null, tokenLifeMs: 60_000 } },
          conversations: [],
          things: [],
          users: [],
          groups: [],
          actions: [],
        },
      },
    ));

  test("is told from that of another thing, also where nothing is there", () =>
    withOrg({ extends: "none", concurrency: ETAG }, async (org) => {
      const other = await org.send("PUT", `${THINGS}/2`, { json: {} });
      expect((await put(org, {}, etagOf(other))).status).toBe(412);
      expect(org.last().cause).toBe("etag-other-resource");
    }));

  test("is outdated also once the state was saved and another mock goes on from it", async () => {
    const policy = policyOf({ extends: "none", concurrency: ETAG });
    const began = await startMock({ policy });
    const first = etagOf(await write(began, "PUT"));
    await write(began, "DELETE");
    const saved = await began.save();
    await began.close();
    const resumed = await startMock({ policy, saved });
    try {
      expect(etagOf(await write(resumed, "PUT"))).not.toBe(first);
    } finally {
      await resumed.close();
    }
  });

  test("is remembered for the latest of what was deleted, and no longer", () => {
    const instant = { nowMs: 0, epochMs: 0 };
    const parts = { random: seededRandom(1, "test"), life: createPlatformLife(1), world: null };
    const org = createOrg(parts, instant);
    for (let id = 0; id <= MOST_TOMBSTONES; id++) {
      bury({ org }, "things", addItem(org, "things", { fields: { id }, instant }));
    }
    const [oldest] = org.tombstones.keys();
    expect([org.things.size, org.tombstones.size, oldest]).toEqual([0, MOST_TOMBSTONES, "things/1"]);
  });
});

describe("reads trail a delete as any other write", () => {
  test("what was deleted is shown and listed for that long", () =>
    withOrg(LAGGING, async (org) => {
      const { send, clock } = org;
      await put(org, { a: 1 });
      await clock.advance(2 * HOUR_MS);
      await send("DELETE", THING);
      const read = await send("GET", THING);
      expect([read.status, read.json, idsIn(await send("GET", THINGS))]).toEqual([
        200,
        { id: "1", a: 1 },
        ["1"],
      ]);
      await clock.advance(HOUR_MS);
      expect([(await send("GET", THING)).status, idsIn(await send("GET", THINGS))]).toEqual([404, []]);
    }));

  test("what is made there later is shown when its own time has come", () =>
    withOrg(LAGGING, async (org) => {
      const { send, clock } = org;
      const shown = async (): Promise<unknown> => {
        const { status, json } = await send("GET", THING);
        return status === 404 ? null : json.a;
      };
      await put(org, { a: 1 });
      await clock.advance(2 * HOUR_MS);
      await send("DELETE", THING);
      await clock.advance(HOUR_MS / 2);
      await put(org, { a: 2 });
      expect(await shown()).toBe(1);
      await clock.advance(HOUR_MS / 2);
      expect(await shown()).toBeNull();
      await clock.advance(HOUR_MS / 2);
      expect(await shown()).toBe(2);
    }));

  test("a write meets what is there now", () =>
    withOrg(LAGGING, async (org) => {
      await put(org, { a: 1 });
      await org.send("DELETE", THING);
      expect((await org.send("PATCH", THING, { json: {} })).status).toBe(404);
    }));

  test("groups and drafts too", () =>
    withOrg({ extends: "documented", concurrency: { readLag: "1h" } }, async ({ send, clock }) => {
      await send("GET", GROUP);
      await send("POST", DRAFT, { json: {} });
      await clock.advance(2 * HOUR_MS);
      await send("DELETE", GROUP);
      await send("DELETE", DRAFT);
      const seen = async (): Promise<readonly number[]> => [
        (await send("GET", GROUP)).status,
        (await send("GET", `${GROUP}/members`)).status,
        (await send("GET", DRAFT)).status,
      ];
      expect(await seen()).toEqual([200, 200, 200]);
      await clock.advance(HOUR_MS);
      expect(await seen()).toEqual([404, 404, 404]);
    }));
});

test("a group that was deleted does not come into being a second time at first sight", () =>
  withOrg("documented", async ({ send }) => {
    expect((await send("GET", GROUP)).status).toBe(200);
    expect((await send("DELETE", GROUP)).status).toBeLessThan(300);
    expect((await send("GET", GROUP)).status).toBe(404);
  }));

test("the version of a draft goes on where the last draft of that action ended", () =>
  withOrg("documented", async ({ send }) => {
    const first = await send("POST", DRAFT, { json: {} });
    await send("DELETE", DRAFT);
    const second = await send("POST", DRAFT, { json: {} });
    expect([first.json.version, second.json.version]).toEqual([1, 2]);
  }));
