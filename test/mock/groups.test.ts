import { describe, expect, test } from "vitest";
import type { World } from "../../src/core/world.js";
import { USER, withOrg } from "./an-org.js";

const GROUP_ID = "6b2f8d63-9f4e-4ba1-8b62-1f7f1d6e2c33";
const GROUP = `/api/v2/groups/${GROUP_ID}`;
const MEMBERS = `${GROUP}/members`;
const OTHER_USER = "7c308e74-a05f-4cb2-9c73-208a2e7f3d44";

const NEW_GROUP = { name: "Support", type: "official", rulesVisible: true, visibility: "public" };

const WORLD: World = {
  principals: {},
  conversations: [],
  things: [],
  users: [
    { id: "ada", name: "Ada" },
    { id: "bob", name: "Bob" },
  ],
  groups: [{ id: "g1", name: "Tier 2", memberIds: ["ada"] }],
  actions: [],
};

describe("groups", () => {
  test("a group has the vendor's members, a count of its users and a version", () =>
    withOrg("documented", async ({ send }) => {
      const { status, json } = await send("GET", GROUP);
      expect(status).toBe(200);
      expect(json).toEqual({
        id: GROUP_ID,
        state: "active",
        name: "Group 6b2f8d63",
        type: "official",
        rulesVisible: true,
        visibility: "public",
        memberCount: 0,
        selfUri: GROUP,
        version: 1,
      });
    }));

  test("a world's groups have what it says of them; without a world's leave there is none", () =>
    withOrg(
      "documented",
      async ({ send }) => {
        const listed = await send("GET", "/api/v2/groups/g1");
        expect(listed.json).toMatchObject({ id: "g1", name: "Tier 2", memberCount: 1, version: 1 });
        const unknown = await send("GET", GROUP);
        expect(unknown.status).toBe(404);
        expect(unknown.json).toMatchObject({ code: "not.found", status: 404, details: [], errors: [] });
        expect((await send("PUT", GROUP, { json: { version: 1 } })).status).toBe(404);
        expect((await send("GET", MEMBERS)).status).toBe(404);
        expect((await send("POST", MEMBERS, { json: { memberIds: [] } })).status).toBe(404);
        expect((await send("DELETE", GROUP)).status).toBe(404);
      },
      { world: WORLD },
    ));

  test("POST makes a group with an id of the server's, whose owners are users", () =>
    withOrg("documented", async ({ send, last }) => {
      const json = { ...NEW_GROUP, description: "Second line", ownerIds: [USER], shoeSize: 43 };
      const made = await send("POST", "/api/v2/groups", { json });
      expect(made.status).toBe(200);
      expect(made.json).toEqual({
        ...NEW_GROUP,
        id: made.json.id,
        description: "Second line",
        state: "active",
        owners: [{ id: USER, selfUri: `/api/v2/users/${USER}` }],
        memberCount: 0,
        selfUri: `/api/v2/groups/${String(made.json.id)}`,
        version: 1,
      });
      expect(last()).toMatchObject({ cause: null, executed: true });
      expect((await send("GET", String(made.json.selfUri))).json).toEqual(made.json);
    }));

  test("each required member that is missing, and each of the wrong type, is named in the 400", () =>
    withOrg("documented", async ({ send, last }) => {
      const refused = await send("POST", "/api/v2/groups", {
        json: { name: "Support", rulesVisible: "yes" },
      });
      expect(refused.status).toBe(400);
      expect(refused.json).toMatchObject({
        code: "bad.request",
        details: [
          { errorCode: "missing.value", fieldName: "type" },
          { errorCode: "missing.value", fieldName: "visibility" },
          { errorCode: "invalid.value", fieldName: "rulesVisible" },
        ],
      });
      expect(last()).toMatchObject({ cause: "invalid-request", executed: false });
    }));

  test("PUT with the current version changes what it names, and nothing else", () =>
    withOrg("documented", async ({ send }) => {
      const json = { description: "Second line", type: "social", version: 1 };
      const written = await send("PUT", GROUP, { json });
      expect(written.json).toMatchObject({
        name: "Group 6b2f8d63",
        description: "Second line",
        type: "official",
        version: 2,
      });
    }));

  test("PUT with an outdated version is a 409, without one a 400", () =>
    withOrg("documented", async ({ send, last }) => {
      await send("PUT", GROUP, { json: { description: "a", version: 1 } });
      const stale = await send("PUT", GROUP, { json: { description: "b", version: 1 } });
      expect(stale.status).toBe(409);
      expect(stale.json).toMatchObject({
        code: "general.conflict",
        message: "The version supplied does not match the current version of the group",
      });
      expect(last()).toMatchObject({ cause: "stale-version", movedBy: "own-write" });
      const absent = await send("PUT", GROUP, { json: { description: "b" } });
      expect([absent.status, absent.json.details]).toEqual([
        400,
        [{ errorCode: "missing.value", fieldName: "version" }],
      ]);
    }));
});

describe("members of a group", () => {
  test("POST adds users once each, answers 202 with an empty object, and moves the group's version", () =>
    withOrg("documented", async ({ send }) => {
      const json = { memberIds: [USER, OTHER_USER, USER], version: 1 };
      const added = await send("POST", MEMBERS, { json });
      expect([added.status, added.json]).toEqual([202, {}]);
      expect((await send("GET", GROUP)).json).toMatchObject({ memberCount: 2, version: 2 });
    }));

  test("GET lists the users, page by page, each with a version", () =>
    withOrg("documented", async ({ send }) => {
      await send("POST", MEMBERS, { json: { memberIds: [USER, OTHER_USER] } });
      await send("PATCH", `/api/v2/users/${OTHER_USER}`, { json: { title: "Agent", version: 1 } });
      const page = await send("GET", `${MEMBERS}?pageSize=1&pageNumber=2`);
      expect(page.json).toMatchObject({
        pageSize: 1,
        pageNumber: 2,
        total: 2,
        pageCount: 2,
        selfUri: MEMBERS,
      });
      expect(page.json.entities).toEqual([(await send("GET", `/api/v2/users/${OTHER_USER}`)).json]);
      const all = await send("GET", `${MEMBERS}?pageSize=none`);
      expect(all.json).toMatchObject({ pageSize: 25, entities: [{ id: USER, version: 1 }, { version: 2 }] });
    }));

  test("an outdated version of the group is a 409 in the vendor's words, which speak of a user", () =>
    withOrg("documented", async ({ send, last }) => {
      await send("POST", MEMBERS, { json: { memberIds: [USER], version: 1 } });
      const stale = await send("POST", MEMBERS, { json: { memberIds: [OTHER_USER], version: 1 } });
      expect(stale.status).toBe(409);
      expect(stale.json).toMatchObject({
        code: "general.conflict",
        message: "The version supplied does not match the current version of the user",
      });
      expect(last()).toMatchObject({ cause: "stale-version", executed: false });
      expect((await send("GET", GROUP)).json).toMatchObject({ memberCount: 1 });
    }));

  test("only users can be members: others, and what is no text, are named in the 400", () =>
    withOrg(
      "documented",
      async ({ send }) => {
        const members = "/api/v2/groups/g1/members";
        const refused = await send("POST", members, { json: { memberIds: ["bob", "eve", 7] } });
        expect([refused.status, refused.json.details]).toEqual([
          400,
          [
            { errorCode: "invalid.value", fieldName: "memberIds[1]" },
            { errorCode: "invalid.value", fieldName: "memberIds[2]" },
          ],
        ]);
        const missing = await send("POST", members, { json: { version: 1 } });
        expect(missing.json.details).toEqual([{ errorCode: "missing.value", fieldName: "memberIds" }]);
        expect((await send("GET", members)).json).toMatchObject({ total: 1, entities: [{ id: "ada" }] });
      },
      { world: WORLD },
    ));

  test("DELETE takes out those whose ids it names, and needs no version", () =>
    withOrg("documented", async ({ send }) => {
      await send("POST", MEMBERS, { json: { memberIds: [USER, OTHER_USER] } });
      const removed = await send("DELETE", `${MEMBERS}?ids=${USER},nobody`);
      expect([removed.status, removed.json]).toEqual([202, {}]);
      expect((await send("GET", MEMBERS)).json).toMatchObject({ total: 1, entities: [{ id: OTHER_USER }] });
      expect((await send("GET", GROUP)).json).toMatchObject({ version: 3 });
    }));

  test("DELETE without ids, or with more than fifty, is a 400", () =>
    withOrg("documented", async ({ send }) => {
      const none = await send("DELETE", MEMBERS);
      expect([none.status, none.json.details]).toEqual([
        400,
        [{ errorCode: "missing.value", fieldName: "ids" }],
      ]);
      const many = await send("DELETE", `${MEMBERS}?ids=${Array.from({ length: 51 }, () => "a").join(",")}`);
      expect([many.status, many.json.details]).toEqual([
        400,
        [{ errorCode: "invalid.value", fieldName: "ids" }],
      ]);
    }));
});

describe("DELETE of a group", () => {
  test("is a 409 while it has members, and goes through once it has none", () =>
    withOrg("documented", async ({ send, last }) => {
      await send("POST", MEMBERS, { json: { memberIds: [USER] } });
      const refused = await send("DELETE", GROUP);
      expect(refused.status).toBe(409);
      expect(refused.json).toMatchObject({
        code: "general.conflict",
        message: "The request conflicts with the current state of the target resource.",
      });
      expect(last()).toMatchObject({
        cause: "referenced-entity",
        reason: `groups/${GROUP_ID} has members: 1`,
        executed: false,
      });
      await send("DELETE", `${MEMBERS}?ids=${USER}`);
      const deleted = await send("DELETE", GROUP);
      expect([deleted.status, deleted.text]).toEqual([200, ""]);
    }));

  test("leaves nothing behind where a world says what there is", () =>
    withOrg(
      { references: [] },
      async ({ send }) => {
        expect((await send("DELETE", "/api/v2/groups/g1")).status).toBe(200);
        expect((await send("GET", "/api/v2/groups/g1")).status).toBe(404);
      },
      { world: WORLD },
    ));

  test("asks nobody where the policy has no such rule", () =>
    withOrg({}, async ({ send }) => {
      await send("POST", MEMBERS, { json: { memberIds: [USER] } });
      expect((await send("DELETE", GROUP)).status).toBe(200);
    }));

  test("frees the key of the request that made it, where keys die with what they made", () =>
    withOrg({ idempotency: { support: "honoured", keyOutlivesResource: false } }, async ({ send }) => {
      const sending = { json: NEW_GROUP, headers: { "Idempotency-Key": "k1" } };
      const first = await send("POST", "/api/v2/groups", sending);
      expect((await send("POST", "/api/v2/groups", sending)).json).toEqual(first.json);
      await send("DELETE", String(first.json.selfUri));
      expect((await send("POST", "/api/v2/groups", sending)).json.id).not.toBe(first.json.id);
    }));
});
