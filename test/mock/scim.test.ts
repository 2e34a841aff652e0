import { describe, expect, test } from "vitest";
import { type Org, USER, withOrg } from "./an-org.js";

const SCIM = `/api/v2/scim/v2/users/${USER}`;
const OLDER = `/api/v2/scim/users/${USER}`;
const PLAIN = `/api/v2/users/${USER}`;
const USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User";
const ERROR_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:Error";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const EMAIL = "5a1f7c52@example.com";

function patchOp(...operations: readonly unknown[]): unknown {
  return { schemas: [PATCH_OP], Operations: operations };
}

function patch(send: Org["send"], ...operations: readonly unknown[]): ReturnType<Org["send"]> {
  return send("PATCH", SCIM, { json: patchOp(...operations) });
}

describe("a user by SCIM", () => {
  test("has the attributes of RFC 7643 and the vendor's mapping: userName is the address", () =>
    withOrg("documented", async ({ send }) => {
      const { status, headers, json } = await send("GET", SCIM);
      expect(status).toBe(200);
      expect(json).toEqual({
        schemas: [USER_SCHEMA],
        id: USER,
        userName: EMAIL,
        displayName: "User 5a1f7c52",
        active: true,
        emails: [{ value: EMAIL, type: "other", primary: true }],
        meta: {
          resourceType: "User",
          lastModified: "2026-11-21T00:00:00.000Z",
          location: SCIM,
          version: "1",
        },
      });
      expect(headers.etag).toBe('"1"');
    }));

  test("is the same user at the older path, with the same token", () =>
    withOrg("documented", async ({ send }) => {
      const { headers, json } = await send("GET", OLDER);
      expect(headers.etag).toBe('"1"');
      expect(json).toMatchObject({ id: USER, meta: { location: OLDER, version: "1" } });
    }));

  test("that nobody knows is SCIM's 404", () =>
    withOrg("documented", async ({ send, last }) => {
      const { status, json } = await send("GET", "/api/v2/scim/v2/users/nobody");
      expect(status).toBe(404);
      expect(json).toEqual({
        schemas: [ERROR_SCHEMA],
        status: "404",
        detail: "The requested resource was not found.",
      });
      expect(last().cause).toBe("invalid-request");
    }));
});

describe("one resource, two views", () => {
  test("a write by the plain path moves the ETag by one, and shows in SCIM", () =>
    withOrg("documented", async ({ send }) => {
      await send("PATCH", PLAIN, { json: { name: "Ada", title: "Agent", version: 1 } });
      const { headers, json } = await send("GET", SCIM);
      expect(headers.etag).toBe('"2"');
      expect(json).toMatchObject({ displayName: "Ada", title: "Agent", meta: { version: "2" } });
    }));

  test("a write by SCIM moves the version, and shows in the plain path", () =>
    withOrg("documented", async ({ send, clock }) => {
      await send("GET", SCIM);
      await clock.advance(5_000);
      const written = await patch(send, { op: "replace", path: "active", value: false });
      expect(written.headers.etag).toBe('"2"');
      expect(written.json.meta).toMatchObject({ version: "2", lastModified: "2026-11-21T00:00:05.000Z" });
      expect((await send("GET", PLAIN)).json).toMatchObject({ state: "inactive", version: 2 });
      const stale = await send("PATCH", PLAIN, { json: { title: "Boss", version: 1 } });
      expect(stale.status).toBe(409);
    }));

  test("what only SCIM shows stays out of the plain view", () =>
    withOrg("documented", async ({ send }) => {
      await patch(send, { op: "add", path: "externalId", value: "e-7" });
      const { json } = await send("GET", PLAIN);
      expect(json).not.toHaveProperty("externalId");
      expect(json).not.toHaveProperty("scim");
      expect(json.version).toBe(2);
    }));

  test("with ETags made of the content, both views change with either's write", () =>
    withOrg(
      { concurrency: { validator: "etag-strong", meaning: "content-hash", readFrom: ["if-match"] } },
      async ({ send }) => {
        const before = await send("GET", PLAIN);
        expect((await send("GET", SCIM)).headers.etag).toBe(before.headers.etag);
        await patch(send, { op: "add", path: "externalId", value: "e-7" });
        const after = await send("GET", PLAIN);
        expect(after.headers.etag).not.toBe(before.headers.etag);
        expect((await send("GET", SCIM)).headers.etag).toBe(after.headers.etag);
      },
    ));
});

describe("If-Match and If-None-Match", () => {
  test("meta.version in double quotes is the current token", () =>
    withOrg("documented", async ({ send }) => {
      const read = await send("GET", SCIM);
      const { version } = read.json.meta as { readonly version: string };
      const headers = { "If-Match": `"${version}"` };
      const written = await send("PUT", SCIM, { headers, json: { displayName: "Ada" } });
      expect([written.status, written.headers.etag]).toEqual([200, '"2"']);
    }));

  test.each(["PUT", "PATCH"])("%s with an outdated one is the documented 400 invalidVers", (method) =>
    withOrg("documented", async ({ send, last }) => {
      await send("PATCH", PLAIN, { json: { title: "Agent", version: 1 } });
      const json = method === "PUT" ? { displayName: "Ada" } : patchOp({ op: "remove", path: "title" });
      const refused = await send(method, SCIM, { headers: { "If-Match": '"1"' }, json });
      expect(refused.status).toBe(400);
      expect(refused.json).toEqual({
        schemas: [ERROR_SCHEMA],
        status: "400",
        scimType: "invalidVers",
        detail: "The version supplied does not match the current version of the user",
      });
      expect(last()).toMatchObject({ cause: "stale-etag", movedBy: "own-write", executed: false });
      expect((await send("GET", SCIM)).json).toMatchObject({ title: "Agent" });
    }),
  );

  test("without quotes it is a 400 as well", () =>
    withOrg("documented", async ({ send, last }) => {
      await send("GET", SCIM);
      const refused = await send("PUT", SCIM, { headers: { "If-Match": "1" }, json: {} });
      expect([refused.status, refused.json.scimType]).toEqual([400, "invalidVers"]);
      expect(last().cause).toBe("etag-malformed");
    }));

  test("a write without one is accepted", () =>
    withOrg("documented", async ({ send }) => {
      expect((await send("PUT", SCIM, { json: { displayName: "Ada" } })).status).toBe(200);
    }));

  test("a read with the current ETag is a 304, with an outdated one the user", () =>
    withOrg("documented", async ({ send }) => {
      await send("GET", SCIM);
      const same = await send("GET", SCIM, { headers: { "If-None-Match": '"1"' } });
      expect([same.status, same.text, same.headers.etag]).toEqual([304, "", '"1"']);
      await send("PATCH", PLAIN, { json: { title: "Agent", version: 1 } });
      const changed = await send("GET", SCIM, { headers: { "If-None-Match": '"1"' } });
      expect([changed.status, changed.headers.etag]).toEqual([200, '"2"']);
    }));
});

describe("PUT replaces", () => {
  test("what the body leaves out is gone, but for what no user is without", () =>
    withOrg("documented", async ({ send }) => {
      await patch(send, {
        op: "add",
        value: { title: "Agent", externalId: "e-7", phoneNumbers: [{ value: "+1", type: "work" }] },
      });
      const { json } = await send("PUT", SCIM, { json: { displayName: "Ada" } });
      expect(json).toMatchObject({ displayName: "Ada", userName: EMAIL, active: true });
      expect(json).not.toHaveProperty("title");
      expect(json).not.toHaveProperty("externalId");
      expect(json).not.toHaveProperty("phoneNumbers");
    }));

  test("what was read can be sent back: it changes nothing but the token", () =>
    withOrg("documented", async ({ send }) => {
      await patch(send, { op: "add", path: "emails", value: [{ value: "ada@work.example", type: "work" }] });
      const { meta: before, ...read } = (await send("GET", SCIM)).json;
      const { meta: after, ...written } = (await send("PUT", SCIM, { json: { ...read, meta: before } })).json;
      expect(written).toEqual(read);
      expect([before, after]).toMatchObject([{ version: "2" }, { version: "3" }]);
    }));

  test("the userName is the address; unknown members and the password are passed over", () =>
    withOrg("documented", async ({ send }) => {
      const json = { userName: "ada@example.com", password: "pass-word", shoeSize: 43 };
      const written = await send("PUT", SCIM, { json });
      expect(written.json.userName).toBe("ada@example.com");
      expect(written.text).not.toMatch(/shoeSize|pass-word/);
      expect((await send("GET", PLAIN)).json).toMatchObject({ email: "ada@example.com" });
    }));

  test("a value of the wrong type is invalidValue, a body that is no object invalidSyntax", () =>
    withOrg("documented", async ({ send }) => {
      const wrong = await send("PUT", SCIM, { json: { active: "yes" } });
      expect([wrong.status, wrong.json]).toEqual([
        400,
        {
          schemas: [ERROR_SCHEMA],
          status: "400",
          scimType: "invalidValue",
          detail: "active must be a boolean.",
        },
      ]);
      expect((await send("PUT", SCIM, { json: [] })).json.scimType).toBe("invalidSyntax");
      expect((await send("PUT", SCIM, { text: "{" })).json.scimType).toBe("invalidSyntax");
    }));
});

describe("PATCH applies operations", () => {
  test("replace, add and remove, by the attribute's name in any case, with or without its schema", () =>
    withOrg("documented", async ({ send }) => {
      const written = await patch(
        send,
        { op: "Replace", path: "displayname", value: "Ada" },
        { op: "add", path: `${USER_SCHEMA}:title`, value: "Agent" },
        { op: "replace", value: { externalId: "e-7", shoeSize: 43 } },
      );
      expect(written.json).toMatchObject({ displayName: "Ada", title: "Agent", externalId: "e-7" });
      const removed = await patch(
        send,
        { op: "remove", path: "title" },
        { op: "replace", path: "externalId", value: null },
      );
      expect(removed.json).not.toHaveProperty("title");
      expect(removed.json).not.toHaveProperty("externalId");
    }));

  test("add puts values into a list that are not there yet, replace puts them in its place", () =>
    withOrg("documented", async ({ send }) => {
      const home = { value: "+1 2", type: "home" };
      const work = { value: "+1 3", type: "work" };
      await patch(send, { op: "add", path: "phoneNumbers", value: [home] });
      const added = await patch(send, { op: "add", path: "phoneNumbers", value: [work, home] });
      expect(added.json.phoneNumbers).toEqual([home, work]);
      const replaced = await patch(send, { op: "replace", path: "phoneNumbers", value: [work] });
      expect(replaced.json.phoneNumbers).toEqual([work]);
    }));

  test.each([
    ["an unknown path", [{ op: "replace", path: "nickName", value: "A" }], "invalidPath"],
    ["a filter", [{ op: "replace", path: 'emails[type eq "work"].value', value: "a" }], "invalidPath"],
    ["a path that is no text", [{ op: "replace", path: 7, value: "A" }], "invalidPath"],
    ["an unknown operation", [{ op: "move", path: "title", value: "A" }], "invalidSyntax"],
    ["an operation that is no object", ["replace"], "invalidSyntax"],
    ["no operations", [], "invalidSyntax"],
    ["remove without a path", [{ op: "remove" }], "noTarget"],
    ["a value without a path that is no object", [{ op: "add", value: "A" }], "invalidValue"],
    ["a value of the wrong type", [{ op: "replace", path: "emails", value: ["a"] }], "invalidValue"],
    ["a read-only attribute", [{ op: "replace", path: "id", value: "x" }], "mutability"],
    ["the removal of what no user is without", [{ op: "remove", path: "userName" }], "mutability"],
  ])("%s is a 400", async (_what, operations, scimType) =>
    withOrg("documented", async ({ send, last }) => {
      const refused = await patch(send, ...operations);
      expect([refused.status, refused.json.scimType]).toEqual([400, scimType]);
      expect(last().cause).toBe("invalid-request");
    }),
  );

  test("a body that does not say that it is a PatchOp is a 400", () =>
    withOrg("documented", async ({ send }) => {
      const json = { Operations: [{ op: "remove", path: "title" }] };
      expect((await send("PATCH", SCIM, { json })).json.scimType).toBe("invalidSyntax");
    }));

  test("one operation that cannot be carried out undoes the ones before it", () =>
    withOrg("documented", async ({ send }) => {
      await patch(send, { op: "add", path: "title", value: "Agent" }, { op: "remove", path: "userName" });
      const { json } = await send("GET", SCIM);
      expect(json).not.toHaveProperty("title");
      expect(json.meta).toMatchObject({ version: "1" });
    }));
});

describe("a userName in use", () => {
  test("is a 409 uniqueness, whatever the case of its letters", () =>
    withOrg("documented", async ({ send, last }) => {
      await send("POST", "/api/v2/users", { json: { name: "Ada", email: "Ada@Example.com" } });
      const refused = await patch(send, { op: "replace", path: "userName", value: "ada@example.com" });
      expect(refused.status).toBe(409);
      expect(refused.json).toMatchObject({ schemas: [ERROR_SCHEMA], status: "409", scimType: "uniqueness" });
      expect(last()).toMatchObject({ cause: "duplicate-entity", executed: false });
    }));

  test("is no obstacle to a write that leaves it alone, nor to the user's own", () =>
    withOrg("documented", async ({ send }) => {
      expect((await patch(send, { op: "add", path: "title", value: "Agent" })).status).toBe(200);
      expect((await send("PUT", SCIM, { json: { userName: EMAIL } })).status).toBe(200);
    }));
});

describe("how SCIM's refusals look", () => {
  test("what the platform's gateway says before SCIM is asked has the platform's form", () =>
    withOrg("documented", async ({ send }) => {
      const { status, headers, json } = await send("GET", SCIM, { auth: "none" });
      expect(status).toBe(401);
      expect(json).toMatchObject({
        code: "authentication.required",
        contextId: headers["inin-correlation-id"],
      });
    }));

  test("in another style of errors, SCIM has no form of its own", () =>
    withOrg({ errors: "problem+json" }, async ({ send }) => {
      const refused = await patch(send, { op: "remove" });
      expect(refused.headers["content-type"]).toBe("application/problem+json");
      expect(refused.json).toMatchObject({ type: "urn:problem-type:noTarget", status: 400 });
    }));

  test("a scope of its own covers it", () =>
    withOrg(
      "documented",
      async ({ send }) => {
        expect((await send("GET", SCIM, { as: "reader" })).status).toBe(200);
        expect((await send("PUT", SCIM, { as: "reader", json: {} })).status).toBe(403);
      },
      {
        world: {
          principals: { reader: { account: "a", scopes: ["scim:readonly"], tokenLifeMs: 60_000 } },
          conversations: [],
          things: [],
          users: [{ id: USER }],
          groups: [],
          actions: [],
        },
      },
    ));
});
