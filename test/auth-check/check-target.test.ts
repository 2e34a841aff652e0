import { describe, expect, test } from "vitest";
import { checkTarget } from "../../src/auth-check/check-target.js";
import { startApi } from "../session/org.js";
import { client, granted, loginServer, refusal } from "../transport/login-server.js";
import { apiThatSays, NO_USER, optionsOf, type Said, TOKEN } from "./checking.js";

const ME = "/api/v2/authorization/subjects/me";
const PEOPLE = { "/api/v2/tokens/me": TOKEN, "/api/v2/users/me": NO_USER };
const CONVERSATION = { method: "GET", path: "/api/v2/conversations/c-1" };
const SECURE = { method: "GET", path: "/api/v2/conversations/c-1/secureattributes" };
const EDIT_USER = { method: "PATCH", path: "/api/v2/users/u-1" };
const NOBODY = "00000000-0000-4000-8000-000000000000";

function found(check: Awaited<ReturnType<typeof checkTarget>>): readonly string[] {
  return check.findings.map(({ level, code }) => `${level} ${code}`);
}

describe("what a token stands for", () => {
  test("is a client alone, of an organization", async () => {
    const api = await apiThatSays({
      ...PEOPLE,
      "/api/v2/organizations/me": { status: 200, json: { id: "o-1", name: "Acme Ltd" } },
    });
    const { caller } = await checkTarget(optionsOf(api.url));
    expect(caller).toEqual({
      organization: { id: "o-1", name: "Acme Ltd" },
      client: { id: "k-1", name: "Night watch" },
      user: null,
      isClientAlone: true,
      scopes: ["conversations"],
    });
  });

  test("is a user where the platform shows one; the token's own organization stands in for the page of it", async () => {
    const api = await apiThatSays({
      "/api/v2/tokens/me": { status: 200, json: { organization: { id: "o-1", name: "Acme" } } },
      "/api/v2/users/me": { status: 200, json: { id: "u-1", name: "Kim" } },
      "/api/v2/organizations/me": { status: 403, json: { code: "missing.permissions" } },
    });
    const { caller } = await checkTarget(optionsOf(api.url));
    expect(caller).toMatchObject({
      user: "Kim",
      isClientAlone: false,
      organization: { id: "o-1", name: "Acme" },
    });
  });

  test("is asked with GETs alone, and the token is in no word of the outcome though it is said back", async () => {
    const echo: Said = {
      status: 200,
      json: { ...(TOKEN.json as object), organization: { id: "o", name: "canary-token_1" } },
    };
    const api = await apiThatSays({ ...PEOPLE, "/api/v2/tokens/me": echo });
    const check = await checkTarget(optionsOf(api.url));
    expect(new Set(api.arrived.map(({ line }) => line.split(" ")[0]))).toEqual(new Set(["GET"]));
    expect(api.arrived.every(({ headers }) => headers.authorization === "Bearer canary-token_1")).toBe(true);
    expect(check.caller?.organization?.name).toMatch(/^<secret:\d+>$/);
    expect(JSON.stringify(check)).not.toContain("canary-token_1");
  });

  test.each([
    [401, ["problem token-refused"]],
    [429, ["warning rate-limited"]],
  ])("is not known where the API answers %d", async (status, findings) => {
    const api = await apiThatSays({ "/api/v2/tokens/me": { status, json: { code: "bad.credentials" } } });
    const check = await checkTarget(optionsOf(api.url, { operations: [] }));
    expect(found(check)).toEqual(["note tls-added-authority", ...findings]);
  });
});

describe("permissions", () => {
  const policy = { domain: "conversation", entityName: "communication" };
  const role = { id: "r-1", name: "Clerk" };

  test("stand in the caller's roles", async () => {
    const grants = [
      { role: { ...role, policies: [{ ...policy, actions: ["view"] }] }, division: { name: "Home" } },
    ];
    const api = await apiThatSays({ ...PEOPLE, [ME]: { status: 200, json: { grants } } });
    const { permissions } = await checkTarget(
      optionsOf(api.url, { operations: [CONVERSATION, SECURE, EDIT_USER] }),
    );
    expect(permissions.map(({ state, because }) => [state, because])).toEqual([
      ["held", "role Clerk, division Home"],
      ["missing", ""],
      ["missing", ""],
    ]);
    expect(api.arrived.some(({ line }) => line.includes(NOBODY))).toBe(false);
  });

  test("are looked up at a role's own page where the caller's list names roles alone", async () => {
    const api = await apiThatSays({
      ...PEOPLE,
      [ME]: { status: 200, json: { grants: [{ role }] } },
      "/api/v2/authorization/roles/r-1": {
        status: 200,
        json: { permissionPolicies: [{ ...policy, actionSet: ["*"] }] },
      },
    });
    const { permissions } = await checkTarget(optionsOf(api.url, { operations: [CONVERSATION, EDIT_USER] }));
    expect(permissions.map(({ state }) => state)).toEqual(["held", "missing"]);
  });

  test("of reads are tried on something that is not there, where no page tells; those of writes stay open", async () => {
    const message = "You are missing conversation:participant:attributesview";
    const api = await apiThatSays({
      ...PEOPLE,
      [ME]: { status: 200, json: { grants: [{ role }] } },
      "/api/v2/authorization/roles/r-1": { status: 403, json: { code: "missing.permissions" } },
      [`/api/v2/conversations/${NOBODY}/secureattributes`]: {
        status: 403,
        json: { code: "missing.permissions", message },
      },
    });
    const check = await checkTarget(optionsOf(api.url, { operations: [CONVERSATION, SECURE, EDIT_USER] }));
    expect(check.permissions.map(({ state, because }) => [state, because])).toEqual([
      ["likely", "a read of something that is not there was answered 404, not 403"],
      ["missing", `a read was answered 403 (${message})`],
      ["unknown", ""],
    ]);
    expect(found(check)).toEqual([
      "note tls-added-authority",
      "problem missing-permission",
      "note permissions-unknown",
    ]);
    expect(api.arrived.every(({ line }) => line.startsWith("GET "))).toBe(true);
  });
});

describe("the way", () => {
  test.each([
    ["1.1 squid.corp (squid/6)", ["warning intermediary"]],
    ["1.1 abc.cloudfront.net (CloudFront)", []],
    ["1.1 abc.cloudfront.net (CloudFront), 1.1 squid.corp", ["warning intermediary"]],
  ])("through %s is told", async (via, findings) => {
    const api = await apiThatSays({ "/api/v2/tokens/me": { ...TOKEN, headers: { via } } });
    const check = await checkTarget(optionsOf(api.url, { operations: [] }));
    expect(found(check)).toEqual(["note tls-added-authority", ...findings]);
  });

  test("of an answer without the platform's correlation ID is doubtful", async () => {
    const bare = await startApi((_request, response) => response.end("<html>Please log in</html>"));
    const check = await checkTarget(optionsOf(bare.url, { operations: [] }));
    expect(check.findings.find(({ code }) => code === "intermediary")?.message).toMatch(
      /answered 200 without ININ-Correlation-Id, which the platform always sends$/,
    );
  });

  test("is not gone where the certificate is not trusted: no request is sent", async () => {
    const api = await apiThatSays(PEOPLE);
    const check = await checkTarget(optionsOf(api.url, { profile: { ca: null } }));
    expect(found(check)).toEqual(["problem tls-untrusted"]);
    expect([check.tried, api.arrived]).toEqual([[], []]);
  });

  test("to a host that is down is a problem of reaching it", async () => {
    const check = await checkTarget(optionsOf("https://localhost:1"));
    expect(check.findings).toMatchObject([{ code: "unreachable", reason: "unreachable" }]);
    expect(check.tried).toMatchObject([{ what: "token", status: null }]);
  });

  test("is not gone with credentials over plain HTTP to another machine", async () => {
    const check = await checkTarget(optionsOf("http://api.example.com"));
    expect(check.findings).toMatchObject([{ code: "plain-http", level: "problem", reason: "usage" }]);
    expect(check.tried).toEqual([]);
  });

  test("by a redirect is not followed", async () => {
    const moved = { status: 302, headers: { location: "https://elsewhere.example/?x=1" } };
    const api = await apiThatSays({ "/api/v2/tokens/me": moved });
    const check = await checkTarget(optionsOf(api.url, { operations: [] }));
    expect(found(check)).toContain("warning redirected");
  });
});

describe("a login", () => {
  const UNKNOWN = refusal(400, "invalid_client", "client not found");

  async function loggedIn(answer: Parameters<typeof loginServer>[0]) {
    const login = await loginServer(answer);
    const api = await apiThatSays(PEOPLE);
    const credentials = { value: client(login.tokenUrl), source: "gcidem.config.yaml:4:5" };
    const check = await checkTarget(optionsOf(api.url, { profile: { credentials }, operations: [] }));
    return { check, api, login };
  }

  test("gives a token, whose life is told", async () => {
    const { check, login } = await loggedIn(() => granted("canary-token_2", 3_600));
    expect(check.token).toEqual({ lifeMs: 3_600_000 });
    expect(login.arrived).toHaveLength(1);
    expect(check.tried.map(({ what }) => what)).toEqual(["login", "token", "organization", "user", "roles"]);
    expect(JSON.stringify(check)).not.toMatch(/canary-token_2|s3cret-of-client-1/);
  });

  test("with a short-lived token is warned of", async () => {
    const { check } = await loggedIn(() => granted("canary-token_3", 60));
    expect(check.findings.find(({ code }) => code === "token-short")?.message).toBe(
      "the token lives for 1 min only",
    );
  });

  test.each([
    [UNKNOWN, "unknown-client", "login"],
    [refusal(401, "invalid_client", "authentication failed"), "login-refused", "login"],
    [{ status: 503, body: "" }, "login-refused", "login"],
    [{ status: 200, body: "<html>" }, "login-refused", "login"],
    [{ status: 407, body: "" }, "proxy-refused", "unreachable"],
  ])("that is answered %j is: %s", async (answer, code, reason) => {
    const { check, api } = await loggedIn(() => answer);
    const problems = check.findings.filter(({ level }) => level === "problem");
    expect(problems).toMatchObject([{ code, reason }]);
    expect(api.arrived).toEqual([]);
  });

  test("behind a gateway of one's own is looked for in no region", async () => {
    const login = await loginServer(() => UNKNOWN);
    const credentials = { value: client(login.tokenUrl), source: "environment" };
    const options = optionsOf(login.tokenUrl.replace("/oauth/token", ""), { profile: { credentials } });
    const check = await checkTarget({ ...options, tryRegions: true });
    expect(login.arrived).toHaveLength(1);
    expect(check.findings.at(-1)).toMatchObject({ code: "region-found", level: "warning" });
  });
});

describe("another API", () => {
  const http = { kind: "http" } as const;

  test.each([
    [200, []],
    [404, ["note nothing-to-check"]],
    [401, ["problem token-refused"]],
    [403, ["problem token-refused"]],
  ])("that answers its base URL with %d: %j", async (status, findings) => {
    const api = await apiThatSays({ "/": { status } });
    const check = await checkTarget(optionsOf(api.url, { profile: http }));
    expect(found(check)).toEqual(["note tls-added-authority", ...findings]);
    expect(api.arrived.map(({ line }) => line)).toEqual(["GET /"]);
  });

  test("gets the headers of -H, which outrank the profile's credentials", async () => {
    const api = await apiThatSays({ "/": { status: 200 } });
    const headers = [["Authorization", "Bearer of-the-flag"]] as const;
    await checkTarget(optionsOf(api.url, { profile: http, headers }));
    expect(api.arrived[0]?.headers.authorization).toBe("Bearer of-the-flag");
  });
});

test("an interrupt ends a check", async () => {
  const stop = new AbortController();
  const api = await startApi(() => stop.abort());
  await expect(checkTarget(optionsOf(api.url, { signal: stop.signal }))).rejects.toMatchObject({
    code: "interrupted",
  });
});

test("a mock has nothing to check", async () => {
  const check = await checkTarget({ ...optionsOf(""), name: "mock", target: { kind: "mock" } });
  expect(check).toMatchObject({
    kind: "mock",
    tried: [],
    findings: [{ code: "nothing-to-check", level: "note" }],
  });
});
