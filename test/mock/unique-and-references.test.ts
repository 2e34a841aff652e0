import { describe, expect, test } from "vitest";
import type { PolicyFile } from "../../src/policy/policy-file.js";
import { type Org, type Reply, sendTo, sleepTogether, USER, withOrg } from "./an-org.js";

const USERS = "/api/v2/users";
const GROUPS = "/api/v2/groups";
const THINGS = "/api/v2/mock/things";
const ADA = { name: "Ada", email: "ada@example.com" };
const NEW_GROUP = { name: "Support", type: "official", rulesVisible: true, visibility: "public" };

const UNIQUE_THINGS: PolicyFile = { unique: [{ on: "things.name" }] };
const KEPT_THINGS: PolicyFile = { references: [{ on: "things" }] };

/** Sends requests at once, each on its own connection, and lets all of them wait at the same place. */
function together(
  { mock, clock }: Org,
  requests: readonly (readonly [method: string, path: string, json: unknown])[],
): Promise<readonly Reply[]> {
  sleepTogether(clock, requests.length);
  return Promise.all(
    requests.map(([method, path, json]) => {
      const headers = {
        Authorization: `Bearer ${mock.token(null, "valid")}`,
        "Content-Type": "application/json",
      };
      return sendTo(mock.url, undefined, { method, path, headers, body: JSON.stringify(json) });
    }),
  );
}

describe("a new user", () => {
  test("has the vendor's members, an id of the server's and version 1; the password is shown nowhere", () =>
    withOrg("documented", async ({ send }) => {
      const json = { ...ADA, title: "Agent", divisionId: "d-1", password: "pass-word", shoeSize: 43 };
      const made = await send("POST", USERS, { json });
      expect(made.status).toBe(200);
      expect(made.json).toEqual({
        ...ADA,
        id: made.json.id,
        division: { id: "d-1", selfUri: "/api/v2/authorization/divisions/d-1" },
        title: "Agent",
        state: "active",
        username: ADA.email,
        selfUri: `${USERS}/${String(made.json.id)}`,
        version: 1,
      });
      expect((await send("GET", String(made.json.selfUri))).json).toEqual(made.json);
      const updated = await send("PATCH", String(made.json.selfUri), { json: { title: "Boss", version: 1 } });
      expect(updated.json).toMatchObject({ title: "Boss", version: 2 });
    }));

  test("needs a name and an address: what is missing or of the wrong type is named in the 400", () =>
    withOrg("documented", async ({ send, last }) => {
      const refused = await send("POST", USERS, { json: { title: 7 } });
      expect(refused.status).toBe(400);
      expect(refused.json.details).toEqual([
        { errorCode: "missing.value", fieldName: "name" },
        { errorCode: "missing.value", fieldName: "email" },
        { errorCode: "invalid.value", fieldName: "title" },
      ]);
      expect(last()).toMatchObject({ cause: "invalid-request", executed: false });
      const empty = await send("POST", USERS, { json: { name: "", email: "" } });
      expect(empty.json.details).toEqual([
        { errorCode: "invalid.value", fieldName: "name" },
        { errorCode: "invalid.value", fieldName: "email" },
      ]);
      expect((await send("POST", USERS, { json: [] })).status).toBe(400);
    }));

  test("with a key, a replay by the state of now shows the user as it is", () =>
    withOrg(
      { idempotency: { support: "honoured", replay: { content: "current-state" } } },
      async ({ send }) => {
        const sending = { json: ADA, headers: { "Idempotency-Key": "k1" } };
        const made = await send("POST", USERS, sending);
        await send("PATCH", String(made.json.selfUri), { json: { title: "Boss" } });
        const again = await send("POST", USERS, sending);
        expect(again.json).toMatchObject({ id: made.json.id, title: "Boss" });
      },
    ));
});

describe("an address in use", () => {
  test("is a 409 for a new user, whatever the case of its letters", () =>
    withOrg("documented", async ({ send, last }) => {
      const first = await send("POST", USERS, { json: ADA });
      const refused = await send("POST", USERS, { json: { name: "Eve", email: "ADA@example.com" } });
      expect(refused.status).toBe(409);
      expect(refused.json).toMatchObject({
        code: "general.conflict",
        message: "The request conflicts with the current state of the target resource.",
        status: 409,
      });
      expect(last()).toMatchObject({
        cause: "duplicate-entity",
        movedBy: null,
        reason: `users/${String(first.json.id)} has the email "ada@example.com"`,
        executed: false,
      });
    }));

  test("is a 409 for a change too, and the user's own address is not", () =>
    withOrg("documented", async ({ send, last }) => {
      await send("POST", USERS, { json: ADA });
      const refused = await send("PATCH", `${USERS}/${USER}`, { json: { email: ADA.email, version: 1 } });
      expect(refused.status).toBe(409);
      expect(last()).toMatchObject({ cause: "duplicate-entity", executed: false });
      const own = await send("PATCH", `${USERS}/${USER}`, {
        json: { email: "5A1F7C52@example.com", version: 1 },
      });
      expect(own.json).toMatchObject({ email: "5A1F7C52@example.com", version: 2 });
    }));

  test("is free again once its user has another one", () =>
    withOrg("documented", async ({ send }) => {
      const first = await send("POST", USERS, { json: ADA });
      await send("PATCH", String(first.json.selfUri), { json: { email: "a@example.com", version: 1 } });
      expect((await send("POST", USERS, { json: ADA })).status).toBe(200);
    }));

  test("is nobody's business without such a rule", () =>
    withOrg({}, async ({ send }) => {
      expect((await send("POST", USERS, { json: ADA })).status).toBe(200);
      expect((await send("POST", USERS, { json: ADA })).status).toBe(200);
    }));
});

describe("a name that must be unique", () => {
  test("of things: 409 for a new one, a put, a patch and a put to a free id", () =>
    withOrg(UNIQUE_THINGS, async ({ send, last }) => {
      await send("POST", THINGS, { json: { id: "1", name: "a" } });
      await send("POST", THINGS, { json: { id: "2", name: "b" } });
      for (const [method, path] of [
        ["POST", THINGS],
        ["PUT", `${THINGS}/2`],
        ["PATCH", `${THINGS}/2`],
        ["PUT", `${THINGS}/3`],
      ] as const) {
        const refused = await send(method, path, { json: { name: "a" } });
        expect([method, path, refused.status, last().cause]).toEqual([method, path, 409, "duplicate-entity"]);
      }
      expect((await send("GET", THINGS)).json).toMatchObject({ total: 2 });
    }));

  test("of things: case counts, an own name is no obstacle, and no name is no name", () =>
    withOrg(UNIQUE_THINGS, async ({ send }) => {
      await send("POST", THINGS, { json: { id: "1", name: "a" } });
      expect((await send("POST", THINGS, { json: { name: "A" } })).status).toBe(200);
      expect((await send("PUT", `${THINGS}/1`, { json: { name: "a", tier: "gold" } })).status).toBe(200);
      for (const json of [{}, {}, { name: 1 }, { name: 1 }]) {
        expect((await send("POST", THINGS, { json })).status).toBe(200);
      }
    }));

  test("of things: a deleted one's name is free", () =>
    withOrg(UNIQUE_THINGS, async ({ send }) => {
      await send("POST", THINGS, { json: { id: "1", name: "a" } });
      await send("DELETE", `${THINGS}/1`);
      expect((await send("POST", THINGS, { json: { name: "a" } })).status).toBe(200);
    }));

  test("of groups: for a new group and for a change", () =>
    withOrg({ unique: [{ on: "groups.name", status: 400, code: "duplicate.name" }] }, async ({ send }) => {
      await send("POST", GROUPS, { json: NEW_GROUP });
      const refused = await send("POST", GROUPS, { json: NEW_GROUP });
      expect(refused.json).toMatchObject({
        code: "duplicate.name",
        status: 400,
        message: "The name is in use.",
      });
      const other = await send("POST", GROUPS, { json: { ...NEW_GROUP, name: "Sales" } });
      const path = String(other.json.selfUri);
      expect((await send("PUT", path, { json: { name: "Support" } })).status).toBe(400);
      expect((await send("PUT", path, { json: { name: "Sales" } })).status).toBe(200);
    }));

  test("holds on the routes whose policy says so", () =>
    withOrg({ routes: [{ match: `POST ${THINGS}`, unique: [{ on: "things.name" }] }] }, async ({ send }) => {
      await send("POST", THINGS, { json: { id: "1", name: "a" } });
      expect((await send("POST", THINGS, { json: { name: "a" } })).status).toBe(409);
      expect((await send("PUT", `${THINGS}/2`, { json: { name: "a" } })).status).toBe(201);
    }));

  test("of two at once one wins, also where the work takes time", () =>
    withOrg({ ...UNIQUE_THINGS, latency: { base: "5ms" } }, async (org) => {
      const json = { name: "a" };
      const replies = await together(org, [
        ["POST", THINGS, json],
        ["POST", THINGS, json],
      ]);
      expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
    }));

  test("of two at once both win on a server that checks first and sets later", () =>
    withOrg({ ...UNIQUE_THINGS, concurrency: { check: "check-then-set" } }, async (org) => {
      const json = { name: "a" };
      const replies = await together(org, [
        ["POST", THINGS, json],
        ["POST", THINGS, json],
      ]);
      expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    }));
});

describe("a thing to which another one refers", () => {
  test("is not deleted: 409 until nothing refers to it", () =>
    withOrg(KEPT_THINGS, async ({ send, last }) => {
      await send("POST", THINGS, { json: { id: "1" } });
      await send("POST", THINGS, { json: { id: "2", parentId: "1" } });
      const refused = await send("DELETE", `${THINGS}/1`);
      expect(refused.status).toBe(409);
      expect(last()).toMatchObject({
        cause: "referenced-entity",
        reason: "things/2 has it as its parentId",
        executed: false,
      });
      await send("PATCH", `${THINGS}/2`, { json: { parentId: null } });
      expect((await send("DELETE", `${THINGS}/1`)).status).toBe(200);
    }));

  test("may go before its children where nothing has to stay", () =>
    withOrg({}, async ({ send }) => {
      await send("POST", THINGS, { json: { id: "1" } });
      await send("POST", THINGS, { json: { id: "2", parentId: "1" } });
      expect((await send("DELETE", `${THINGS}/1`)).status).toBe(200);
    }));

  test("may refer to itself", () =>
    withOrg(KEPT_THINGS, async ({ send }) => {
      await send("POST", THINGS, { json: { id: "1", parentId: "1" } });
      expect((await send("DELETE", `${THINGS}/1`)).status).toBe(200);
    }));

  test("is refused with the status of the rule", () =>
    withOrg({ references: [{ on: "things", status: 422 }] }, async ({ send }) => {
      await send("POST", THINGS, { json: { id: "1" } });
      await send("PUT", `${THINGS}/2`, { json: { parentId: "1" } });
      expect((await send("DELETE", `${THINGS}/1`)).status).toBe(422);
    }));

  test("a rule on groups says nothing of things", () =>
    withOrg({ references: [{ on: "groups" }] }, async ({ send }) => {
      await send("POST", THINGS, { json: { id: "1" } });
      await send("POST", THINGS, { json: { id: "2", parentId: "1" } });
      expect((await send("DELETE", `${THINGS}/1`)).status).toBe(200);
    }));
});
