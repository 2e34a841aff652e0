import { describe, expect, test } from "vitest";
import { ATTRIBUTES, CONVERSATION, sendTo, startOrg, USER, withOrg } from "./an-org.js";

const READER = { account: "a1", scopes: ["conversations:readonly", "users"], tokenLifeMs: 600_000 };
const WORLD = { principals: { reader: READER }, conversations: [], things: [], users: [], actions: [] };
const ME = "/api/v2/users/me";

async function login(url: string, clientId: string, secret: string, grant = "client_credentials") {
  const basic = Buffer.from(`${clientId}:${secret}`).toString("base64");
  const headers = {
    Authorization: `Basic ${basic}`,
    "Content-Type": "application/x-www-form-urlencoded",
  };
  return sendTo(url, undefined, {
    method: "POST",
    path: "/oauth/token",
    headers,
    body: `grant_type=${grant}`,
  });
}

describe("logging in with client credentials", () => {
  test("any client gets a bearer token for 24 hours, which lets it in", () =>
    withOrg("documented", async ({ mock }) => {
      const { status, json } = await login(mock.url, "cid", "csecret");
      expect(status).toBe(200);
      expect(json).toMatchObject({ token_type: "bearer", expires_in: 86_400 });
      const headers = { Authorization: `bearer ${String(json.access_token)}` };
      const me = await sendTo(mock.url, undefined, { method: "GET", path: ME, headers, body: undefined });
      expect(me.status).toBe(200);
    }));

  test("a client that is a principal of the world logs in as that one", () =>
    withOrg(
      "documented",
      async ({ mock }) => {
        const { json } = await login(mock.url, "reader", "any");
        expect(json.expires_in).toBe(600);
        const headers = { Authorization: `Bearer ${String(json.access_token)}` };
        const me = await sendTo(mock.url, undefined, { method: "GET", path: ME, headers, body: undefined });
        expect(me.json.name).toBe("reader");
      },
      { world: WORLD },
    ));

  test("the client `unknown` is not found: 400 in OAuth's form, not ErrorBody", () =>
    withOrg("documented", async ({ mock }) => {
      const { status, json } = await login(mock.url, "unknown", "x");
      expect(status).toBe(400);
      expect(json).toEqual({
        error: "invalid_client",
        description: "client not found",
        error_description: "client not found",
      });
    }));

  test("the secret `wrong` is wrong for every client: 401", () =>
    withOrg("documented", async ({ mock }) => {
      const { status, json } = await login(mock.url, "cid", "wrong");
      expect(status).toBe(401);
      expect(json).toMatchObject({ error: "invalid_client", error_description: "authentication failed" });
    }));

  test("no other grant is offered", () =>
    withOrg("documented", async ({ mock }) => {
      const { status, json } = await login(mock.url, "cid", "s", "password");
      expect([status, json.error]).toEqual([400, "unsupported_grant_type"]);
    }));
});

describe("bearer tokens", () => {
  test.each([
    ["none", "authentication.required", "token-invalid"],
    ["invalid", "bad.credentials", "token-invalid"],
    ["expired", "credentials.expired", "token-expired"],
  ] as const)("%s: 401 %s", (auth, code, cause) =>
    withOrg("documented", async ({ send, last }) => {
      const refused = await send("GET", ME, { auth });
      expect(refused.status).toBe(401);
      expect(refused.json).toMatchObject({ code, status: 401 });
      expect(refused.json.contextId).toBe(refused.headers["inin-correlation-id"]);
      expect(last()).toMatchObject({ cause, executed: false });
    }),
  );

  test("the vendor's own words for a missing and a bad token", () =>
    withOrg("documented", async ({ send }) => {
      const missing = await send("GET", ME, { auth: "none" });
      expect(missing.json.message).toBe("No authentication bearer token specified in authorization header.");
      const bad = await send("GET", ME, { auth: "invalid" });
      expect(bad.json.message).toBe("Invalid login credentials.");
    }));

  test("a principal's token expires on the mock's clock; the client that was told so logs in again", async () => {
    const { send, clock, close } = await startOrg("documented", { world: WORLD });
    expect((await send("GET", ME, { as: "reader" })).status).toBe(200);
    await clock.advance(601_000);
    expect((await send("GET", ME, { as: "reader" })).json.code).toBe("credentials.expired");
    expect((await send("GET", ME, { as: "reader" })).status).toBe(200);
    await close();
  });

  test("the default principal's token is always fresh, so that waiting a day refuses nobody", async () => {
    const { send, clock, close } = await startOrg("documented");
    expect((await send("GET", ME)).status).toBe(200);
    await clock.advance(25 * 3_600_000);
    expect((await send("GET", ME)).status).toBe(200);
    await close();
  });
});

describe("scopes", () => {
  test("a read-only scope reads and does not write: 403 that names the permission", () =>
    withOrg(
      { extends: "documented" },
      async ({ send, last }) => {
        const world = `/api/v2/conversations/${CONVERSATION}`;
        expect((await send("GET", world, { as: "reader" })).status).toBe(200);
        const secure = await send("PUT", `${world}/secureattributes`, {
          as: "reader",
          json: { attributes: {} },
        });
        expect(secure.status).toBe(403);
        expect(secure.json).toMatchObject({ code: "missing.permissions" });
        expect(secure.json.message).toContain("conversation:participant:attributesedit");
        expect(last().cause).toBe("permission-missing");
      },
      { world: { ...WORLD, conversations: [{ id: CONVERSATION, state: "connected", participants: [] }] } },
    ));

  test("the masquerade: the same refusal as a 409 that says nothing of permissions", () =>
    withOrg(
      { extends: "documented", permissions: { missingScope: 409 } },
      async ({ send, last }) => {
        const refused = await send("PATCH", ATTRIBUTES, { as: "reader", json: { attributes: {} } });
        expect(refused.status).toBe(409);
        expect(refused.json.code).toBe("general.conflict");
        expect(refused.text).not.toContain("permission");
        expect(last().cause).toBe("permission-shown-as-409");
      },
      { world: WORLD },
    ));

  test("the default principal may do everything", () =>
    withOrg("documented", async ({ send }) => {
      expect((await send("GET", `/api/v2/users/${USER}`)).status).toBe(200);
      expect((await send("PATCH", ATTRIBUTES, { json: { attributes: {} } })).status).toBe(202);
    }));
});
