import { describe, expect, test } from "vitest";
import { THING, USER, withOrg } from "./an-org.js";

const READ = `/api/v2/users/${USER}`;

describe("users: a version in the body", () => {
  test("a user has the vendor's members and a version", () =>
    withOrg("documented", async ({ send }) => {
      const { status, json } = await send("GET", READ);
      expect(status).toBe(200);
      expect(json).toMatchObject({ id: USER, state: "active", version: 1, selfUri: READ });
    }));

  test("PATCH with the current version moves it; members that the vendor's type lacks are passed over", () =>
    withOrg("documented", async ({ send }) => {
      const write = await send("PATCH", READ, { json: { title: "Agent", shoeSize: 43, version: 1 } });
      expect(write.json).toMatchObject({ title: "Agent", version: 2 });
      expect(write.json).not.toHaveProperty("shoeSize");
      expect((await send("GET", READ)).json).toEqual(write.json);
    }));

  test("an outdated version is the documented 409", () =>
    withOrg("documented", async ({ send, last }) => {
      await send("PATCH", READ, { json: { title: "Agent", version: 1 } });
      const stale = await send("PATCH", READ, { json: { title: "Boss", version: 1 } });
      expect(stale.status).toBe(409);
      expect(stale.json).toMatchObject({ code: "general.conflict", status: 409, details: [], errors: [] });
      expect(stale.json.message).toMatch(/^The version supplied does not match the current version of the/);
      expect(last()).toMatchObject({ cause: "stale-version", movedBy: "own-write" });
    }));

  test("a missing version is a 400, and so is one that is no number", () =>
    withOrg("documented", async ({ send, last }) => {
      expect((await send("PATCH", READ, { json: { title: "Agent" } })).status).toBe(400);
      expect(last().cause).toBe("precondition-missing");
      expect((await send("PATCH", READ, { json: { title: "Agent", version: "1" } })).status).toBe(400);
      expect(last().cause).toBe("invalid-request");
    }));

  test("users/me is the caller, and always the same one", () =>
    withOrg("documented", async ({ send }) => {
      const me = await send("GET", "/api/v2/users/me");
      expect(me.json).toMatchObject({ name: "default", version: 1 });
      expect((await send("GET", `/api/v2/users/${String(me.json.id)}`)).json).toEqual(me.json);
    }));

  test("a world's users have what it says of them", () =>
    withOrg(
      "documented",
      async ({ send }) => {
        expect((await send("GET", "/api/v2/users/ada")).json).toMatchObject({ id: "ada", name: "Ada" });
        expect((await send("GET", READ)).status).toBe(404);
      },
      {
        world: {
          principals: {},
          conversations: [],
          things: [],
          users: [{ id: "ada", name: "Ada" }],
          actions: [],
        },
      },
    ));
});

describe("things: gcidem's own collection, by RFC 9110", () => {
  test("POST creates with 201, Location, a strong ETag and an id of the server's", () =>
    withOrg("documented", async ({ send }) => {
      const made = await send("POST", "/api/v2/mock/things", { json: { tier: "gold" } });
      expect(made.status).toBe(201);
      expect(made.headers.location).toBe(`/api/v2/mock/things/${String(made.json.id)}`);
      expect(made.headers.etag).toMatch(/^"[^"]+"$/);
      const read = await send("GET", String(made.headers.location));
      expect(read.json).toEqual({ id: made.json.id, tier: "gold" });
      expect(read.headers.etag).toBe(made.headers.etag);
    }));

  test("an id that the client chose and that is taken is a 409", () =>
    withOrg("documented", async ({ send, last }) => {
      await send("POST", "/api/v2/mock/things", { json: { id: "1" } });
      expect((await send("POST", "/api/v2/mock/things", { json: { id: "1" } })).status).toBe(409);
      expect(last()).toMatchObject({ cause: "duplicate-entity", executed: false });
    }));

  test("PUT to a free id creates with 201, to a taken one replaces with 200", () =>
    withOrg("documented", async ({ send }) => {
      expect((await send("PUT", THING, { json: { a: 1 } })).status).toBe(201);
      const replaced = await send("PUT", THING, { json: { b: 2 } });
      expect([replaced.status, replaced.json]).toEqual([200, { id: "1", b: 2 }]);
    }));

  test("PATCH merges, DELETE answers 204, and then there is nothing", () =>
    withOrg("documented", async ({ send }) => {
      await send("PUT", THING, { json: { a: 1 } });
      expect((await send("PATCH", THING, { json: { b: 2 } })).json).toEqual({ id: "1", a: 1, b: 2 });
      const deleted = await send("DELETE", THING);
      expect([deleted.status, deleted.text]).toEqual([204, ""]);
      expect((await send("GET", THING)).status).toBe(404);
      expect((await send("DELETE", THING)).status).toBe(404);
    }));

  test("the list shows all, or those that a query names: so a client counts effects", () =>
    withOrg("documented", async ({ send }) => {
      await send("PUT", "/api/v2/mock/things/1", { json: { ref: "k1" } });
      await send("PUT", "/api/v2/mock/things/2", { json: { ref: "k2" } });
      expect((await send("GET", "/api/v2/mock/things")).json).toEqual({
        entities: [
          { id: "1", ref: "k1" },
          { id: "2", ref: "k2" },
        ],
        total: 2,
      });
      expect((await send("GET", "/api/v2/mock/things?ref=k2")).json).toMatchObject({ total: 1 });
    }));

  test("what is read can be sent back: neither id nor version is content", () =>
    withOrg("couchdb-like", async ({ send }) => {
      await send("PUT", THING, { json: { tier: "none" } });
      const read = await send("GET", THING);
      const written = await send("PUT", THING, { json: { ...read.json, tier: "gold" } });
      expect(written.status).toBe(200);
      expect(Object.keys(written.json)).toEqual(["id", "tier", "_rev"]);
    }));

  test("an id in the body that is not the path's is a 400", () =>
    withOrg("documented", async ({ send }) => {
      const refused = await send("PUT", THING, { json: { id: "2" } });
      expect(refused.status).toBe(400);
      expect(refused.json).toMatchObject({ details: [{ fieldName: "id" }] });
    }));
});
