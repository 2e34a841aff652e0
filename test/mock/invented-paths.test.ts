import { describe, expect, test } from "vitest";
import { CALL_PARTICIPANT, CONVERSATION, PARTICIPANT, withOrg } from "./an-org.js";

const VOICE = `/api/v2/conversations/voice/${CONVERSATION}`;
const ONE = `/api/v2/conversations/${CONVERSATION}/participants/${PARTICIPANT}`;
const READ = `/api/v2/conversations/${CONVERSATION}`;

describe("paths that forum posts made up, under forum-lore alone", () => {
  test("PATCH of a whole voice conversation updates its participants' attributes", () =>
    withOrg("forum-lore", async ({ send }) => {
      const json = { participants: [{ id: PARTICIPANT, attributes: { priorityLevel: "HIGH" } }] };
      const write = await send("PATCH", VOICE, { json, headers: { "If-Match": '"1"' } });
      expect([write.status, write.headers.etag, write.json.version]).toEqual([200, '"2"', 2]);
      const read = await send("GET", READ);
      expect(read.json).toMatchObject({
        participants: [{ attributes: { priorityLevel: "HIGH" } }],
        version: 2,
      });
    }));

  test("a wrong shape is a 400 that names the member", () =>
    withOrg("forum-lore", async ({ send }) => {
      const json = { participants: [{ id: PARTICIPANT, attributes: { a: 1 } }] };
      const refused = await send("PATCH", VOICE, { json });
      expect(refused.json).toMatchObject({
        status: 400,
        details: [{ fieldName: "participants[0].attributes.a" }],
      });
      expect((await send("PATCH", VOICE, { json: {} })).status).toBe(400);
    }));

  test("the smaller endpoint has a token of its own, which the conversation's writes do not move", () =>
    withOrg("forum-lore", async ({ send }) => {
      const participant = `${VOICE}/participants/${PARTICIPANT}`;
      const write = await send("PATCH", participant, { json: { attributes: { tier: "gold" } } });
      const again = await send("PATCH", participant, {
        json: { attributes: { tier: "silver" } },
        headers: { "If-Match": String(write.headers.etag) },
      });
      expect(again.status).toBe(200);
    }));

  test("attributes in a media request count here", () =>
    withOrg("forum-lore", async ({ send }) => {
      const write = await send("PATCH", CALL_PARTICIPANT, { json: { attributes: { q: "support-tier-2" } } });
      expect(write.json).toMatchObject({ id: PARTICIPANT, attributes: { q: "support-tier-2" } });
    }));

  test("GET a participant, then PUT it with its version; the same without, and with an old one", () =>
    withOrg("forum-lore", async ({ send, last }) => {
      const read = await send("GET", ONE);
      expect(read.json).toMatchObject({ id: PARTICIPANT, version: 1 });
      const body = { externalContactId: "ext-123", attributes: { priority: "high" } };
      const write = await send("PUT", ONE, { json: { ...body, version: 1 } });
      expect(write.json).toMatchObject({ ...body, version: 2 });
      expect((await send("PUT", ONE, { json: { ...body, version: 1 } })).status).toBe(409);
      expect(last().cause).toBe("stale-version");
      expect((await send("PUT", ONE, { json: body })).json.version).toBe(3);
    }));

  test("invoking a data action: status, output and a request id", () =>
    withOrg("forum-lore", async ({ send }) => {
      const path = "/api/v2/dataactions/actions/a1/invoke";
      const { json } = await send("POST", path, { json: { input: { contactId: "c-1" } } });
      expect(json).toMatchObject({ status: "completed", output: { contactId: "c-1" } });
      expect(json.id).not.toBe(json.requestId);
    }));

  test("a charge: 201 with an id, 200 for its repeat", () =>
    withOrg("forum-lore", async ({ send }) => {
      const pay = () =>
        send("POST", "/api/charges", {
          json: { amount: 5, currency: "eur" },
          headers: { "Idempotency-Key": "k" },
        });
      const first = await pay();
      expect(first.status).toBe(201);
      expect(first.json).toMatchObject({ amount: 5, currency: "eur" });
      expect(first.json.id).toMatch(/^ch_[0-9a-f]{32}$/);
      const second = await pay();
      expect([second.status, second.json.id]).toEqual([200, first.json.id]);
    }));

  test.each([
    ["PATCH", VOICE],
    ["PATCH", `${VOICE}/participants/${PARTICIPANT}`],
    ["GET", ONE],
    ["PUT", ONE],
    ["POST", "/api/v2/dataactions/actions/a1/invoke"],
    ["POST", "/api/charges"],
  ])("%s %s is no operation of the platform", (method, path) =>
    withOrg("documented", async ({ send, last }) => {
      expect((await send(method, path, { json: {} })).status).toBe(404);
      expect(last().cause).toBe("no-such-operation");
    }),
  );
});
