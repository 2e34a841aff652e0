import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ask, askForToken, type Client, logIn } from "./asking.js";
import { addCall, addQueue, addUser } from "./org.js";
import { CLIENT, type StandIn, startStandIn } from "./stand-in.js";

const NARROW = { id: "narrow", secret: "s", permissions: ["directory:user:edit"] };

let standIn: StandIn;
let client: Client;

beforeAll(async () => {
  standIn = await startStandIn({ clients: [CLIENT, NARROW] });
});

afterAll(() => standIn.close());

beforeEach(async () => {
  Object.assign(standIn.behaviour, {
    lifeSeconds: 86_400,
    uses: Number.POSITIVE_INFINITY,
    allowed: 300,
    windowSeconds: 60,
    staleVersion: 409,
    refuseAllTokens: false,
    clockSkewMs: 0,
    saysBack: false,
    redirects: {},
  });
  client = await logIn(standIn);
});

describe("the login", () => {
  test("hands out a bearer token that lives for a day", async () => {
    const { status, json } = await askForToken(standIn);
    expect(status).toBe(200);
    expect(json).toEqual({ access_token: expect.any(String), token_type: "bearer", expires_in: 86_400 });
    expect(standIn.tokens()).toContain(json.access_token);
  });

  test("tells an unknown client from a wrong secret, in two shapes", async () => {
    const unknown = await askForToken(standIn, { id: "nobody", secret: "x" });
    expect([unknown.status, unknown.json]).toEqual([
      400,
      { error: "invalid_client", description: "client not found", error_description: "client not found" },
    ]);
    const wrong = await askForToken(standIn, { id: CLIENT.id, secret: "x" });
    expect([wrong.status, wrong.json]).toEqual([
      401,
      {
        error: "invalid_client",
        description: "authentication failed",
        error_description: "authentication failed",
      },
    ]);
  });

  test("is at a host of its own: the API has no login, and the login no API", async () => {
    expect(standIn.loginPort).not.toBe(standIn.apiPort);
    expect((await ask(standIn, "login", "GET /api/v2/tokens/me")).status).toBe(404);
    expect((await ask(standIn, "api", "POST /oauth/token")).status).toBe(401);
  });
});

describe("tokens", () => {
  const me = "/api/v2/tokens/me";

  test("name the organisation and the client", async () => {
    const { json } = await client.api("GET", me);
    expect(json).toMatchObject({ organization: { name: "A stand-in" }, OAuthClient: { id: CLIENT.id } });
  });

  test("none, one that nobody issued and a revoked one are each a 401 with its own code", async () => {
    const none = await ask(standIn, "api", `GET ${me}`);
    expect([none.status, none.json.code]).toEqual([401, "authentication.required"]);
    const made = await client.api("GET", me, { headers: { authorization: "Bearer made-up" } });
    expect([made.status, made.json.code]).toEqual([401, "bad.credentials"]);
    standIn.revokeTokens();
    expect((await client.api("GET", me)).status).toBe(401);
  });

  test("end after a number of uses, and a new one works", async () => {
    standIn.behaviour.uses = 2;
    const short = await logIn(standIn);
    const statuses = [];
    for (let use = 0; use < 3; use += 1) statuses.push((await short.api("GET", me)).status);
    expect(statuses).toEqual([200, 200, 401]);
    expect((await (await logIn(standIn)).api("GET", me)).status).toBe(200);
  });

  test("are all refused where the platform refuses for ever", async () => {
    standIn.behaviour.refuseAllTokens = true;
    expect((await (await logIn(standIn)).api("GET", me)).status).toBe(401);
  });
});

describe("every answer of the API", () => {
  test("has a correlation ID of its own, and errors say it again", async () => {
    const one = await client.api("GET", "/api/v2/nothing");
    const other = await client.api("GET", "/api/v2/nothing");
    expect(one.json).toEqual({
      message: "The requested resource was not found.",
      code: "not.found",
      status: 404,
      contextId: one.headers["inin-correlation-id"],
      details: [],
      errors: [],
    });
    expect(other.headers["inin-correlation-id"]).not.toBe(one.headers["inin-correlation-id"]);
    expect(standIn.handled.at(-1)?.correlationId).toBe(other.headers["inin-correlation-id"]);
  });

  test("counts against the token's limit, and says when to come again", async () => {
    standIn.behaviour.allowed = 2;
    const answers = [];
    for (let nth = 0; nth < 3; nth += 1) answers.push(await client.api("GET", "/api/v2/organizations/me"));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers[0]?.headers).toMatchObject({
      "inin-ratelimit-count": "1",
      "inin-ratelimit-allowed": "2",
      "inin-ratelimit-reset": "60",
    });
    const seconds = answers[2]?.headers["retry-after"];
    expect(answers[2]?.json).toMatchObject({
      code: "too.many.requests.retry.after",
      message: `Rate limit exceeded the maximum. Retry the request in [${seconds}] seconds`,
    });
  });

  test("carries the platform's own idea of the time", async () => {
    standIn.behaviour.clockSkewMs = 3_600_000;
    const { headers } = await client.api("GET", "/api/v2/organizations/me");
    expect(Date.parse(headers.date ?? "") - Date.now()).toBeGreaterThan(3_500_000);
  });
});

describe("what a client may", () => {
  test("without a permission it is refused with the permission's name", async () => {
    const narrow = await logIn(standIn, NARROW);
    const call = addCall(standIn.org);
    const refused = await narrow.api("GET", `/api/v2/conversations/${call.id}`);
    expect([refused.status, refused.json.code]).toEqual([403, "missing.permissions"]);
    expect(refused.json.message).toContain("conversation:communication:view");
    const one = await narrow.api("POST", "/api/v2/integrations/actions/a1/execute", { json: {} });
    expect([one.status, one.json.code]).toEqual([403, "missing.any.permissions"]);
  });

  test("client credentials are no user: a call's participant and users/me say so", async () => {
    const call = addCall(standIn.org);
    const path = `/api/v2/conversations/calls/${call.id}/participants/${call.participants[0]?.id}`;
    const held = await client.api("PATCH", path, { json: { held: true } });
    expect([held.status, held.json.code]).toEqual([400, "not.a.user"]);
    const me = await client.api("GET", "/api/v2/users/me");
    expect([me.status, me.json.code]).toEqual([400, "not.a.user"]);
  });
});

describe("conversations", () => {
  test("attributes merge, and the answer is 202 without a body", async () => {
    const call = addCall(standIn.org);
    const [customer] = call.participants;
    const path = `/api/v2/conversations/${call.id}/participants/${customer?.id}/attributes`;
    for (const attributes of [{ a: "1", b: "1" }, { b: "2" }]) {
      const { status, text } = await client.api("PATCH", path, { json: { attributes } });
      expect([status, text]).toEqual([202, ""]);
    }
    const { json, headers } = await client.api("GET", `/api/v2/conversations/${call.id}`);
    expect(json).toMatchObject({ participants: [{ id: customer?.id, attributes: { a: "1", b: "2" } }, {}] });
    expect(headers.etag).toBeUndefined();
    expect((await client.api("PATCH", path, { json: { attributes: { a: 1 } } })).status).toBe(400);
  });

  test("a callback is made on a queue, changed, and ended", async () => {
    const queue = addQueue(standIn.org, "Nobody");
    const made = await client.api("POST", "/api/v2/conversations/callbacks", {
      json: { queueId: queue.id, callbackNumbers: ["+15550100"], data: { tier: "none" } },
    });
    const { conversation, callbackIdentifiers } = made.json as {
      conversation: { id: string };
      callbackIdentifiers: { type: string; id: string }[];
    };
    const customer = callbackIdentifiers.find(({ type }) => type === "EXTERNAL")?.id;
    const path = `/api/v2/conversations/callbacks/${conversation.id}`;
    const read = await client.api("GET", path);
    expect(read.json).toMatchObject({
      participants: [
        { id: customer, purpose: "customer", state: "scheduled", attributes: { tier: "none" } },
        {},
      ],
    });
    const end = { json: { state: "disconnected" } };
    expect((await client.api("PATCH", `${path}/participants/${customer}`, end)).status).toBe(202);
    expect((await client.api("PATCH", `${path}/participants/${customer}`, end)).status).toBe(400);
    expect(standIn.org.conversations.get(conversation.id)?.participants[0]?.state).toBe("disconnected");
    const bulk = { callbackDisconnectIdentifiers: [{ conversationId: conversation.id, callbackId: "x" }] };
    const ended = await client.api("POST", "/api/v2/conversations/callbacks/bulk/disconnect", { json: bulk });
    expect(ended.status).toBe(202);
    const states = standIn.org.conversations.get(conversation.id)?.participants.map(({ state }) => state);
    expect(states).toEqual(["disconnected", "disconnected"]);
  });

  test("a callback more than 30 days ahead is refused", async () => {
    const queueId = addQueue(standIn.org, "Nobody").id;
    const due = async (callbackScheduledTime: string): Promise<number> => {
      const json = { queueId, callbackNumbers: ["+15550100"], callbackScheduledTime };
      return (await client.api("POST", "/api/v2/conversations/callbacks", { json })).status;
    };
    const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
    expect([await due(inDays(29)), await due(inDays(31)), await due("soon")]).toEqual([200, 400, 400]);
  });

  test("a callback on a queue that is not there is refused", async () => {
    const sent = { queueId: "nowhere", callbackNumbers: ["+15550100"] };
    const { status, json } = await client.api("POST", "/api/v2/conversations/callbacks", { json: sent });
    expect([status, json.code]).toEqual([400, "invalid.value"]);
  });

  test("secure attributes have a version, which PUT looks at and PATCH does not", async () => {
    const path = `/api/v2/conversations/${addCall(standIn.org).id}/secureattributes`;
    expect((await client.api("PUT", path, { json: { attributes: { a: "1" }, version: 1 } })).status).toBe(
      200,
    );
    const stale = await client.api("PUT", path, { json: { attributes: { a: "2" }, version: 1 } });
    expect([stale.status, stale.json.code]).toEqual([409, "general.conflict"]);
    const merged = await client.api("PATCH", path, { json: { attributes: { b: "1" }, version: 1 } });
    expect(merged.json).toEqual({ attributes: { a: "1", b: "1" }, version: 3 });
  });
});

describe("users", () => {
  test("are changed with their version; an outdated one is 409 or 400, as has been seen", async () => {
    const path = `/api/v2/users/${addUser(standIn.org, "Ada").id}`;
    const change = { json: { title: "Agent", version: 1 } };
    expect((await client.api("PATCH", path, change)).json).toMatchObject({ title: "Agent", version: 2 });
    const conflict = await client.api("PATCH", path, change);
    expect([conflict.status, conflict.json.code]).toEqual([409, "general.conflict"]);
    standIn.behaviour.staleVersion = 400;
    const other = await client.api("PATCH", path, change);
    expect(other.status).toBe(400);
    expect(other.json.message).toContain("does not match the current version");
    expect((await client.api("PATCH", path, { json: { title: "x" } })).status).toBe(400);
  });

  test("by SCIM have an ETag; an outdated If-Match is 400 invalidVers", async () => {
    const path = `/api/v2/scim/v2/users/${addUser(standIn.org, "Bea").id}`;
    const { headers } = await client.api("GET", path);
    expect(headers.etag).toBe('"1"');
    const put = (ifMatch: string) =>
      client.api("PUT", path, { headers: { "if-match": ifMatch }, json: { title: "Boss" } });
    expect((await put('"1"')).headers.etag).toBe('"2"');
    const stale = await put('"1"');
    expect([stale.status, stale.json.scimType]).toEqual([400, "invalidVers"]);
    expect((await client.api("GET", path, { headers: { "if-none-match": '"2"' } })).status).toBe(304);
  });

  test("with an address that is taken are a conflict", async () => {
    const user = addUser(standIn.org, "Cleo");
    const { status, json } = await client.api("POST", "/api/v2/users", {
      json: { name: "Cleo", email: user.email },
    });
    expect([status, json.code]).toEqual([409, "general.conflict"]);
  });
});

test("a command that is started with the stand-in's environment finds its hosts by name, and no other", async () => {
  const script = `
    const https = require("node:https");
    const get = (url) => new Promise((resolve) =>
      https.get(url, { agent: false }, (response) => resolve(response.statusCode)).on("error", (error) => resolve(error.code)));
    Promise.all(process.argv.slice(1).map(get)).then((seen) => console.log(seen.join()));`;
  const urls = [standIn.apiHost, standIn.loginHost, "example.com"].map((host) => `https://${host}/`);
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script, ...urls], {
    env: { ...standIn.env, NODE_EXTRA_CA_CERTS: standIn.authorityFile },
  });
  expect(stdout).toBe("401,404,ENOTFOUND\n");
});

test("neither the stand-in nor the servers beside it know anything of gcidem's own code", () => {
  const files = ["test/stand-in", "test/servers"].flatMap((folder) =>
    readdirSync(folder).map((name) => `${folder}/${name}`),
  );
  expect(files).toContain("test/stand-in/stand-in.ts");
  expect(files.filter((file) => /from "[^"]*\/src\//.test(readFileSync(file, "utf8")))).toEqual([]);
});
