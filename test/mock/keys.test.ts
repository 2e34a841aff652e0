import { describe, expect, test } from "vitest";
import { CALL_PARTICIPANT, CONVERSATION, THING, withOrg } from "./an-org.js";

const EXECUTE = "/api/v2/integrations/actions/a1/execute";
const EXECUTIONS = "/api/v2/mock/executions";
const key = (value: string) => ({ "Idempotency-Key": value });

describe("executions: effects that a client can count", () => {
  test("each run has an id of the server's and the list shows them all", () =>
    withOrg("documented", async ({ send }) => {
      const first = await send("POST", EXECUTE, { json: { contactId: "c-1" }, headers: key("k1") });
      expect(first.status).toBe(200);
      expect(first.json).toMatchObject({ actionId: "a1", executions: 1 });
      const second = await send("POST", `${EXECUTE}?flatten=false`, { json: {} });
      expect(second.json.executions).toBe(2);
      expect((await send("GET", EXECUTIONS)).json).toEqual({
        entities: [
          { id: first.json.id, operation: "actions/a1", key: "k1", count: 1 },
          { id: second.json.id, operation: "actions/a1", key: null, count: 2 },
        ],
        total: 2,
      });
      expect((await send("GET", `${EXECUTIONS}?key=k1`)).json.total).toBe(1);
    }));

  test("with a world only its actions can run", () =>
    withOrg(
      "documented",
      async ({ send }) => {
        expect((await send("POST", EXECUTE, { json: {} })).status).toBe(404);
        expect((await send("POST", EXECUTE.replace("a1", "a2"), { json: {} })).status).toBe(200);
      },
      { world: { principals: {}, conversations: [], things: [], users: [], actions: [{ id: "a2" }] } },
    ));

  test("where keys are ignored the same key runs twice, and the trace says so", () =>
    withOrg("documented", async ({ send, mock }) => {
      await send("POST", EXECUTE, { json: { a: 1 }, headers: key("k1") });
      await send("POST", EXECUTE, { json: { a: 1 }, headers: key("k1") });
      await send("POST", EXECUTE, { json: { a: 2 }, headers: key("k1") });
      expect((await send("GET", EXECUTIONS)).json.total).toBe(3);
      const causes = mock.trace().map((entry) => entry.cause);
      expect(causes).toEqual([null, "executed-twice", "executed-other-body", null]);
    }));
});

describe("keys, where the policy honours them", () => {
  test("the same key and body: the stored answer, one effect", () =>
    withOrg("forum-lore", async ({ send, last }) => {
      const first = await send("POST", EXECUTE, { json: { a: 1 }, headers: key("k1") });
      const second = await send("POST", EXECUTE, { json: { a: 1 }, headers: key("k1") });
      expect([second.status, second.text]).toEqual([first.status, first.text]);
      expect(second.headers["inin-correlation-id"]).not.toBe(first.headers["inin-correlation-id"]);
      expect(last()).toMatchObject({ cause: "stored-answer-returned", key: "k1", executed: false });
      expect((await send("GET", EXECUTIONS)).json.total).toBe(1);
    }));

  test("the same key, another body: refused, nothing written", () =>
    withOrg("forum-lore", async ({ send, last }) => {
      await send("PATCH", CALL_PARTICIPANT, { json: { attributes: { q: "1" } }, headers: key("k1") });
      const other = await send("PATCH", CALL_PARTICIPANT, {
        json: { attributes: { q: "2" } },
        headers: key("k1"),
      });
      expect(other.status).toBe(409);
      expect(other.json).toMatchObject({
        code: "general.conflict",
        message: "The key was used with another request body.",
      });
      expect(last()).toMatchObject({ cause: "key-reused-body-changed", executed: false });
      const read = await send("GET", `/api/v2/conversations/${CONVERSATION}`);
      expect(read.json).toMatchObject({ participants: [{ attributes: { q: "1" } }] });
    }));

  test("the refusal reveals the first request where the policy says so, and only there", () =>
    withOrg("forum-lore", async ({ send }) => {
      await send("POST", "/api/charges", { json: { amount: 5 }, headers: key("k1") });
      const refused = await send("POST", "/api/charges", { json: { amount: 6 }, headers: key("k1") });
      expect(refused.json.original_request).toMatchObject({ method: "POST", path: "/api/charges" });
      await send("POST", EXECUTE, { json: { a: 1 }, headers: key("k2") });
      const silent = await send("POST", EXECUTE, { json: { a: 2 }, headers: key("k2") });
      expect(silent.json).not.toHaveProperty("original_request");
    }));

  test("a key lives as long as the policy says, on the mock's clock", () =>
    withOrg("forum-lore", async ({ send, clock }) => {
      const run = () => send("POST", EXECUTE, { json: {}, headers: key("k1") });
      const first = await run();
      await clock.advance(23 * 3_600_000);
      expect((await run()).json.id).toBe(first.json.id);
      await clock.advance(3_600_000);
      expect((await run()).json.id).not.toBe(first.json.id);
    }));

  test("a refusal of the body is forgotten: the repaired request runs under the same key", () =>
    withOrg("forum-lore", async ({ send }) => {
      expect((await send("POST", "/api/charges", { json: {}, headers: key("k1") })).status).toBe(400);
      expect((await send("POST", "/api/charges", { json: { amount: 5 }, headers: key("k1") })).status).toBe(
        201,
      );
    }));

  test("a required key that is missing, and a malformed one", () =>
    withOrg("forum-lore", async ({ send, last }) => {
      const missing = await send("POST", "/api/charges", { json: { amount: 5 } });
      expect([missing.status, last().cause]).toEqual([400, "key-missing"]);
      const long = await send("POST", "/api/charges", { json: { amount: 5 }, headers: key("k".repeat(300)) });
      expect([long.status, last().cause]).toEqual([400, "key-malformed"]);
    }));

  test("the quoted key of the IETF draft, 422 for another payload, in problem+json", () =>
    withOrg("ietf-draft", async ({ send, last }) => {
      expect((await send("POST", EXECUTE, { json: {}, headers: key("bare") })).status).toBe(400);
      expect(last().cause).toBe("key-malformed");
      await send("POST", EXECUTE, { json: { a: 1 }, headers: key('"k1"') });
      const refused = await send("POST", EXECUTE, { json: { a: 2 }, headers: key('"k1"') });
      expect(refused.status).toBe(422);
      expect(refused.headers["content-type"]).toBe("application/problem+json");
      expect(refused.json.type).toBe("urn:problem-type:idempotency-key-already-used");
    }));

  test.each([
    ["body key", { key: "k1" }, ""],
    ["query key", {}, "?key=k1"],
  ])("a key carried as %s is marked as one in a header is", (carrier, member, query) =>
    withOrg(
      {
        idempotency: {
          support: "honoured",
          methods: ["POST"],
          carrier,
          replay: { marker: "header Replayed" },
        },
      },
      async ({ send }) => {
        const create = () =>
          send("POST", `/api/v2/mock/things${query}`, { json: { ...member, tier: "gold" } });
        const [first, second] = [await create(), await create()];
        expect([first.status, second.status]).toEqual([200, 200]);
        expect([first.headers.replayed, second.headers.replayed]).toEqual([undefined, "true"]);
      },
    ),
  );

  test.each([
    [{ marker: "header Idempotent-Replayed", where: "replays" }, undefined, "true"],
    [{ marker: "header Idempotent-Replayed", where: "always" }, "true", "true"],
    [{ marker: null }, undefined, undefined],
  ] as const)("the mark of a replay: %j", (replay, onFirst, onReplay) =>
    withOrg({ extends: "forum-lore", idempotency: { replay } }, async ({ send }) => {
      const run = () => send("POST", EXECUTE, { json: {}, headers: key("k1") });
      expect((await run()).headers["idempotent-replayed"]).toBe(onFirst);
      expect((await run()).headers["idempotent-replayed"]).toBe(onReplay);
    }),
  );

  test.each(["new", "original", "both"] as const)("the correlation ID of a replay: %s", (correlationId) =>
    withOrg({ extends: "forum-lore", idempotency: { replay: { correlationId } } }, async ({ send }) => {
      const run = () => send("POST", EXECUTE, { json: {}, headers: key("k1") });
      const first = (await run()).headers["inin-correlation-id"];
      const { headers } = await run();
      expect(headers["inin-correlation-id"] === first).toBe(correlationId === "original");
      expect(headers["x-original-correlation-id"]).toBe(correlationId === "both" ? first : undefined);
    }),
  );

  test("a replay can show the state of now instead of a snapshot", () =>
    withOrg(
      { extends: "forum-lore", idempotency: { replay: { content: "current-state" } } },
      async ({ send }) => {
        const create = () =>
          send("POST", "/api/v2/mock/things", { json: { tier: "none" }, headers: key("k1") });
        const first = await create();
        const path = `/api/v2/mock/things/${String(first.json.id)}`;
        await send("PATCH", path, { json: { tier: "gold" } });
        const again = await create();
        expect([again.status, again.json.tier, again.headers.etag]).toEqual([201, "gold", '"2"']);
      },
    ));

  test("a key can die with the resource that it made", () =>
    withOrg({ extends: "forum-lore", idempotency: { keyOutlivesResource: false } }, async ({ send }) => {
      const create = () => send("PUT", THING, { json: {}, headers: key("k1") });
      await create();
      await send("DELETE", THING);
      expect((await create()).status).toBe(201);
      expect((await send("GET", THING)).status).toBe(200);
    }));

  test("the key comes back on answers where the policy echoes it", () =>
    withOrg({ extends: "forum-lore", idempotency: { echo: true } }, async ({ send }) => {
      const { headers } = await send("POST", EXECUTE, { json: {}, headers: key("k1") });
      expect(headers["idempotency-key"]).toBe("k1");
    }));

  test.each([
    ["query requestId", `${EXECUTE}?requestId=q1`, {}, "q1"],
    ["body requestId", EXECUTE, { requestId: "b1" }, "b1"],
  ])("a key can travel elsewhere: %s", (carrier, path, json, found) =>
    withOrg({ extends: "forum-lore", idempotency: { carrier } }, async ({ send, last }) => {
      const first = await send("POST", path, { json });
      expect((await send("POST", path, { json })).json.id).toBe(first.json.id);
      expect(last()).toMatchObject({ key: found, cause: "stored-answer-returned" });
    }),
  );

  test("a key can be looked up where the policy has a path for it", () =>
    withOrg("forum-lore", async ({ send }) => {
      await send("POST", "/api/charges", { json: { amount: 5 }, headers: key("k1") });
      const found = await send("GET", "/idempotency-keys/k1");
      expect(found.json).toMatchObject({
        idempotency_key: "k1",
        state: "completed",
        request: { method: "POST", path: "/api/charges" },
        status: 201,
        response: { amount: 5 },
      });
      expect((await send("GET", "/idempotency-keys/k2")).status).toBe(404);
    }));

  test("the look-up is not there elsewhere", () =>
    withOrg("documented", async ({ send }) => {
      expect((await send("GET", "/idempotency-keys/k1")).status).toBe(404);
    }));
});
