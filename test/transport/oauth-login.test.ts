import { describe, expect, test } from "vitest";
import { realClock } from "../../src/core/clock.js";
import { GcidemError } from "../../src/core/errors.js";
import type { LoginOptions } from "../../src/transport/oauth/oauth.js";
import { requestToken } from "../../src/transport/oauth/request-token.js";
import { type Answer, client, granted, loginBy, loginServer, refusal, watch } from "./login-server.js";

const clock = realClock();

async function refusedBy(
  answer: Answer,
  more: Partial<LoginOptions> = {},
): Promise<{ readonly error: GcidemError; readonly host: string }> {
  const server = await loginServer(() => answer);
  const { host } = new URL(server.tokenUrl);
  const error = await requestToken(loginBy(client(server.tokenUrl), clock, more), watch()).catch(
    (caught: unknown) => caught,
  );
  if (!(error instanceof GcidemError)) throw new Error(`expected a refusal, got ${JSON.stringify(error)}`);
  return { error, host };
}

describe("a login", () => {
  test("is one POST with the client in Basic and the grant in a form, and gives a token with its life", async () => {
    const server = await loginServer(() => granted("token-1", 86_400));
    const heard = watch();
    const token = await requestToken(loginBy(client(server.tokenUrl), clock), heard);
    expect(token).toMatchObject({ value: "token-1", lifeMs: 86_400_000 });
    expect(server.arrived).toEqual([
      {
        path: "/oauth/token",
        authorization: `Basic ${Buffer.from("client-1:s3cret-of-client-1").toString("base64")}`,
        contentType: "application/x-www-form-urlencoded",
        form: { grant_type: "client_credentials" },
      },
    ]);
    expect(heard.logins).toHaveLength(1);
    expect(heard.logins[0]).toMatchObject({ url: server.tokenUrl, readable: true });
    expect(heard.logins[0]?.secrets).toEqual(expect.arrayContaining(["token-1", "s3cret-of-client-1"]));
  });

  test("asks for a scope where the profile names one", async () => {
    const server = await loginServer(() => granted("t"));
    await requestToken(loginBy(client(server.tokenUrl, { scope: "orders:write a" }), clock), watch());
    expect(server.arrived[0]?.form).toEqual({ grant_type: "client_credentials", scope: "orders:write a" });
  });

  test.each([
    ["http", "id%2Fa:s%2Bcr%3At+x"],
    ["genesys", "id/a:s+cr:t x"],
  ] as const)("to %s spells id and secret as %s", async (kind, spelled) => {
    const server = await loginServer(() => granted("t"));
    const odd = client(server.tokenUrl, { clientId: "id/a", clientSecret: "s+cr:t x" });
    await requestToken(loginBy(odd, clock, { kind }), watch());
    const basic = server.arrived[0]?.authorization.slice("Basic ".length) ?? "";
    expect(Buffer.from(basic, "base64").toString()).toBe(spelled);
  });

  test.each([
    ["3600", 3_600_000],
    [null, null],
    ["soon", null],
    [-5, null],
    [0, 0],
  ])("with expires_in %j has a life of %j ms", async (expiresIn, lifeMs) => {
    const server = await loginServer(() => granted("t", expiresIn));
    const token = await requestToken(loginBy(client(server.tokenUrl), clock), watch());
    expect(token.lifeMs).toBe(lifeMs);
  });
});

describe("a refused login says in a plain sentence", () => {
  test("that the platform knows no such client, and that its region may be another", async () => {
    const { error, host } = await refusedBy(refusal(400, "invalid_client", "client not found"));
    expect(error.code).toBe("login");
    expect(error.message).toBe(
      `the login host ${host} knows no OAuth client client-1: its id is wrong, or the client lives in another region (400 invalid_client: client not found)`,
    );
    expect(error.hint).toContain("region");
  });

  test("that the client is known and the secret is wrong", async () => {
    const { error, host } = await refusedBy(refusal(401, "invalid_client", "authentication failed"));
    expect(error.code).toBe("login");
    expect(error.message).toContain(
      `the login host ${host} knows the OAuth client client-1 and refused its secret`,
    );
    expect(error.hint).toContain("the secret is wrong");
  });

  test("nothing of a region where the server is not the platform", async () => {
    const { error } = await refusedBy(refusal(400, "invalid_client", "client not found"), { kind: "http" });
    expect(`${error.message} ${error.hint}`).not.toContain("region");
  });

  test.each([
    [refusal(401, "invalid_client", ""), "its id or its secret is wrong"],
    [refusal(400, "invalid_scope", "x"), "does not grant the scope"],
    [refusal(400, "unauthorized_client", "x"), "does not let it log in by client credentials"],
    [refusal(400, "unsupported_grant_type", "x"), "takes no logins by client credentials"],
    [refusal(400, "invalid_request", "x"), "could not read the login"],
    [refusal(400, "constructor", "x"), "answered 400"],
    [{ status: 429, body: "", headers: { "retry-after": "42" } }, "too many logins; it asks to wait 42 s"],
    [{ status: 404, body: "<h1>Not Found</h1>" }, "answered 404: there is no login at this address"],
    [{ status: 503, body: "down" }, "answered 503: it is there and does not work"],
    [{ status: 403, body: "[]" }, "answered 403"],
  ])("%j", async (answer, words) => {
    const { error } = await refusedBy(answer);
    expect(error.code).toBe("login");
    expect(error.message).toContain(words);
    expect(error.hint).not.toBe("");
  });

  test("the words of the server without controls, in one line, and without the secret that it says back", async () => {
    const { error } = await refusedBy(
      refusal(401, "invalid_client", `\u001b[31m\nno: s3cret-of-client-1 ${"x".repeat(1_000)}`),
    );
    expect(error.message).not.toMatch(/[\u0000-\u001f]/);
    expect(error.message).not.toContain("s3cret-of-client-1");
    expect(error.message.length).toBeLessThan(500);
  });
});

describe("an answer that is no token", () => {
  test.each([
    ["nothing", "", "not a JSON object"],
    ["a page", "<html>login</html>", "not a JSON object"],
    ["a list", "[]", "not a JSON object"],
    ["half an answer", '{"access_token":"half-a-tok', "not a JSON object"],
    ["no token", '{"token_type":"bearer"}', 'without an "access_token"'],
    ["an empty token", '{"access_token":""}', 'without an "access_token"'],
    ["a number", '{"access_token":7}', 'without an "access_token"'],
    ["a line break", '{"access_token":"a\\r\\nX-Evil: 1"}', "characters which no header may carry"],
    ["letters beyond ASCII", '{"access_token":"tökén"}', "characters which no header may carry"],
    ["another type", '{"access_token":"a","token_type":"mac"}', '"token_type" other than bearer'],
  ])("with %s in it is refused, and its body is kept from the journal", async (_what, body, words) => {
    const server = await loginServer(() => ({ status: 200, body }));
    const heard = watch();
    const login = requestToken(loginBy(client(server.tokenUrl), clock), heard);
    await expect(login).rejects.toMatchObject({ code: "login", message: expect.stringContaining(words) });
    expect(heard.logins[0]?.readable).toBe(false);
  });

  test("is a redirect, which credentials do not follow", async () => {
    const elsewhere = await loginServer(() => granted("stolen"));
    const { error } = await refusedBy({ status: 307, body: "", headers: { location: elsewhere.tokenUrl } });
    expect(error.message).toContain("a redirect, and credentials never follow one");
    expect(elsewhere.arrived).toEqual([]);
  });
});

describe("a login host that does not answer", () => {
  test("is unreachable and no refusal: nothing listens there", async () => {
    const login = requestToken(loginBy(client("https://localhost:1/oauth/token"), clock), watch());
    await expect(login).rejects.toMatchObject({
      code: "unreachable",
      message: expect.stringContaining("no login at localhost:1: localhost:1 refused the connection"),
    });
  });

  test("is given no longer than a request is", async () => {
    const server = await loginServer(() => new Promise<never>(() => undefined));
    const login = loginBy(client(server.tokenUrl), clock, { timeoutMs: 50 });
    await expect(requestToken(login, watch())).rejects.toMatchObject({
      code: "unreachable",
      message: expect.stringContaining("no whole answer within 50ms"),
    });
  });

  test("is unreachable where its certificate is not trusted; no credential leaves", async () => {
    const server = await loginServer(() => granted("t"));
    const { transport } = await import("./raw-server.js");
    const login = requestToken(
      loginBy(client(server.tokenUrl), clock, { transport: transport({ clock }) }),
      watch(),
    );
    await expect(login).rejects.toMatchObject({
      code: "unreachable",
      message: expect.stringContaining("is not trusted"),
    });
    expect(server.arrived).toEqual([]);
  });

  test("can be interrupted", async () => {
    const server = await loginServer(() => new Promise(() => undefined));
    const controller = new AbortController();
    const login = requestToken(loginBy(client(server.tokenUrl), clock), watch(controller.signal));
    while (server.arrived.length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    await expect(login).rejects.toMatchObject({ code: "interrupted" });
  });
});
