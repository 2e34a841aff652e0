import { describe, expect, test } from "vitest";
import { type Org, type Reply, THING, withOrg } from "./an-org.js";

const EXECUTE = "/api/v2/integrations/actions/a1/execute";
const THINGS = "/api/v2/mock/things";
const HONOURED = { support: "honoured", methods: ["POST", "PUT", "PATCH", "DELETE"] } as const;
const ETAG = { validator: "etag-strong", readFrom: ["if-match"], stale: { status: 412 } } as const;

const key = (value: string): Record<string, string> => ({ "Idempotency-Key": value });
const execute = ({ send }: Org, json: unknown, headers = key("k1")): Promise<Reply> =>
  send("POST", EXECUTE, { json, headers });
const executions = async ({ send }: Org): Promise<unknown> =>
  (await send("GET", "/api/v2/mock/executions")).json.total;

describe("what a key remembers", () => {
  test("mismatchKeeps dropped, where a mismatch gets the first answer: the key is free again", () =>
    withOrg(
      {
        extends: "none",
        idempotency: { ...HONOURED, mismatch: { outcome: "replay-first" }, mismatchKeeps: "dropped" },
      },
      async (org) => {
        await execute(org, { a: 1 });
        await execute(org, { a: 2 });
        await execute(org, { a: 1 });
        expect(await executions(org)).toBe(2);
      },
    ));

  test("a dead key that is refused stays dead, also where its life counts from the last use", () =>
    withOrg(
      {
        extends: "none",
        idempotency: { ...HONOURED, ttl: "1m", ttlFrom: "last-use", afterExpiry: { status: 412 } },
      },
      async (org) => {
        await execute(org, { a: 1 });
        await org.clock.advance(60_001);
        expect((await execute(org, { a: 1 })).status).toBe(412);
        expect((await execute(org, { a: 2 })).status).toBe(412);
      },
    ));

  test("a key whose first answer was to be forgotten has no life that could be over", () =>
    withOrg(
      {
        extends: "none",
        idempotency: { ...HONOURED, ttl: "5s", afterExpiry: { status: 412 }, outcomes: { "2xx": "forget" } },
      },
      async (org) => {
        await execute(org, { a: 1 });
        await org.clock.advance(5_001);
        expect((await execute(org, { a: 1 })).status).toBe(200);
      },
    ));

  test("a refusal that is told in a 200 is remembered as the refusal that it is", () =>
    withOrg(
      {
        extends: "none",
        errors: "graphql",
        idempotency: { ...HONOURED, outcomes: { validation: "forget" } },
      },
      async ({ send, last }) => {
        const patch = { json: { a: 1 }, headers: key("k1") };
        await send("PATCH", THING, patch);
        await send("PUT", THING, { json: {} });
        await send("PATCH", THING, patch);
        expect(last().executed).toBe(true);
      },
    ));

  test("an outdated version that is told in a 200 is remembered as a refusal too", () =>
    withOrg(
      {
        extends: "none",
        concurrency: { ...ETAG, stale: "200-with-error" },
        idempotency: { ...HONOURED, outcomes: { "2xx": "replay", "4xx": "forget" } },
      },
      async ({ send, last }) => {
        await send("PUT", THING, { json: { a: 1 } });
        const old = { ...key("k1"), "If-Match": '"never"' };
        expect((await send("PUT", THING, { json: { a: 2 }, headers: old })).status).toBe(200);
        await send("PUT", THING, { json: { a: 2 }, headers: key("k1") });
        expect(last().executed).toBe(true);
      },
    ));

  test("a key that went with its thing does not come back when another request makes one of that id", () =>
    withOrg(
      { extends: "none", idempotency: { ...HONOURED, keyOutlivesResource: false } },
      async ({ send, last }) => {
        const make = { json: { id: "1" }, headers: key("k1") };
        await send("POST", THINGS, make);
        await send("DELETE", THING);
        await send("PUT", THING, { json: {} });
        await send("POST", THINGS, make);
        expect(last().cause).toBe("duplicate-entity");
      },
    ));
});

describe("what a replay shows", () => {
  const current = { ...HONOURED, replay: { content: "current-state" } } as const;

  test("the state of now is that of what the first request was for, whatever path is asked", () =>
    withOrg(
      {
        extends: "none",
        idempotency: { ...current, scope: [], fingerprint: { path: false, method: false } },
      },
      async ({ send }) => {
        await send("PUT", THING, { json: { a: 1 }, headers: key("k1") });
        await send("PUT", `${THINGS}/2`, { json: { b: 1 } });
        const replay = await send("PUT", `${THINGS}/2`, { json: { a: 1 }, headers: key("k1") });
        expect(replay.json).toEqual({ id: "1", a: 1 });
      },
    ));

  test("of a refusal it shows the refusal", () =>
    withOrg(
      { extends: "none", idempotency: { ...current, outcomes: { "4xx": "replay" } }, concurrency: ETAG },
      async ({ send }) => {
        await send("PUT", THING, { json: { a: 1 } });
        const old = { ...key("k1"), "If-Match": '"never"' };
        const refused = await send("PUT", THING, { json: { a: 2 }, headers: old });
        const again = await send("PUT", THING, { json: { a: 2 }, headers: old });
        expect([again.status, again.text]).toEqual([412, refused.text]);
      },
    ));

  test("it shows a token only where a write's answer does", () =>
    withOrg(
      { extends: "none", idempotency: current, concurrency: { ...ETAG, tokenInWriteResponse: false } },
      async ({ send }) => {
        await send("PUT", THING, { json: { a: 1 }, headers: key("k1") });
        const replay = await send("PUT", THING, { json: { a: 1 }, headers: key("k1") });
        expect(replay.headers.etag).toBeUndefined();
      },
    ));

  test("the key comes back on every answer, the refusal of the key itself included", () =>
    withOrg({ extends: "none", idempotency: { ...HONOURED, maxLength: 3, echo: true } }, async (org) => {
      const refused = await execute(org, {}, key("longer"));
      expect([refused.status, refused.headers["idempotency-key"]]).toEqual([400, "longer"]);
    }));
});

describe("what the trace says of a key's effects", () => {
  test("two effects under one key, though a mismatch between them dropped its record", () =>
    withOrg({ extends: "none", idempotency: { ...HONOURED, mismatchKeeps: "dropped" } }, async (org) => {
      await execute(org, { a: 1 });
      await execute(org, { a: 2 });
      expect((await execute(org, { a: 1 })).status).toBe(200);
      expect(org.last().cause).toBe("executed-twice");
    }));

  test("two effects of one request that is carried out in spite of a mismatch", () =>
    withOrg(
      {
        extends: "none",
        idempotency: {
          ...HONOURED,
          mismatch: { outcome: "execute-again" },
          outcomes: { validation: "replay" },
        },
      },
      async ({ send, last }) => {
        await send("PATCH", THING, { json: { a: 1 }, headers: key("k1") });
        await send("PUT", THING, { json: {} });
        await send("PATCH", THING, { json: { a: 2 }, headers: key("k1") });
        await send("PATCH", THING, { json: { a: 2 }, headers: key("k1") });
        expect(last().cause).toBe("executed-twice");
      },
    ));

  test("two effects under one key, though an attempt between them failed without one", () =>
    withOrg(
      {
        extends: "none",
        idempotency: { ...HONOURED, outcomes: { "2xx": "forget", "5xx": "forget" } },
        faults: [{ on: { route: `POST ${EXECUTE}`, nth: 2 }, kind: "5xx-before" }],
      },
      async (org) => {
        await execute(org, { a: 1 });
        expect((await execute(org, { a: 1 })).status).toBe(503);
        await execute(org, { a: 1 });
        expect(org.last().cause).toBe("executed-twice");
      },
    ));

  test("a key in the query that no rule reads, and its second effect", () =>
    withOrg(
      { extends: "none", idempotency: { support: "ignored", carrier: "query requestId" } },
      async ({ send, last }) => {
        await send("POST", `${EXECUTE}?requestId=k1`, { json: {} });
        await send("POST", `${EXECUTE}?requestId=k1`, { json: {} });
        expect(last()).toMatchObject({ key: "k1", cause: "executed-twice" });
      },
    ));

  test("a key in the body that no rule reads, and its second effect", () =>
    withOrg(
      { extends: "none", idempotency: { support: "ignored", carrier: "body requestId" } },
      async ({ send, last }) => {
        await send("POST", EXECUTE, { json: { requestId: "k1", a: 1 } });
        await send("POST", EXECUTE, { json: { requestId: "k1", a: 2 } });
        expect(last()).toMatchObject({ key: "k1", cause: "executed-other-body" });
      },
    ));

  test("an answer to another body, though the record was overwritten by that one's repeat", () =>
    withOrg({ extends: "none", idempotency: { ...HONOURED, mismatchKeeps: "overwritten" } }, async (org) => {
      await execute(org, { a: 1 });
      await execute(org, { a: 2 });
      expect((await execute(org, { a: 2 })).json.executions).toBe(1);
      expect(org.last().cause).toBe("replay-of-other-body");
    }));
});
