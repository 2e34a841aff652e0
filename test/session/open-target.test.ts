import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TargetProfile } from "../../src/config/config.js";
import type { Credentials } from "../../src/core/credentials.js";
import type { SessionOptions } from "../../src/session/session.js";
import { client, granted, loginServer } from "../transport/login-server.js";
import { fixture } from "../transport/tls-fixture.js";
import { type Api, loggingIn, run, startApi } from "./org.js";

let runsFolder: string;
beforeAll(() => {
  runsFolder = mkdtempSync(join(tmpdir(), "gcidem-target-"));
});
afterAll(() => rmSync(runsFolder, { recursive: true, force: true }));

const ca = fixture("authority.pem");
const READ = "steps: [{ id: read, request: GET /orders/1 }]";

function having(value: Credentials): Partial<TargetProfile> {
  return { ca, credentials: { value, source: "environment" } };
}

async function plainApi(): Promise<Api> {
  return startApi((_request, response) => response.end("{}"));
}

describe("credentials of a profile", () => {
  const key: Credentials = { kind: "header", name: "X-Team-Key", value: "canary-team-key" };
  const basic: Credentials = { kind: "basic", username: "ann", password: "canary-pässword" };
  const encoded = Buffer.from("ann:canary-pässword").toString("base64");

  test.each<[string, Credentials, Record<string, string>]>([
    ["a bearer token", { kind: "bearer", token: "canary-bearer" }, { authorization: "Bearer canary-bearer" }],
    ["user and password", basic, { authorization: `Basic ${encoded}` }],
    ["a key in a header of its own", key, { "x-team-key": "canary-team-key" }],
  ])("that are %s are sent, and are in no record", async (_what, value, headers) => {
    const api = await plainApi();
    const done = await run(READ, { baseUrl: api.url, profile: having(value), runsFolder });
    expect(api.arrived[0]?.headers).toMatchObject(headers);
    expect(JSON.stringify(done.records)).not.toMatch(/canary/);
  });

  test.each<[string, Credentials, string]>([
    ["authorization", { kind: "bearer", token: "t" }, "Bearer gcidem-invalid-token"],
    ["authorization", basic, `Basic ${Buffer.from("gcidem-invalid:gcidem-invalid").toString("base64")}`],
    ["x-team-key", key, "gcidem-invalid"],
  ])("in %s can be left out or made invalid by a step", async (name, value, invalid) => {
    const api = await plainApi();
    const text = "steps:\n  - { request: GET /a, auth: none }\n  - { request: GET /b, auth: invalid }";
    await run(text, { baseUrl: api.url, profile: having(value), runsFolder });
    expect(api.arrived.map(({ headers }) => headers[name])).toEqual([undefined, invalid]);
  });

  test("give way to an Authorization of -H", async () => {
    const api = await plainApi();
    const options = { headers: [["Authorization", "Bearer of-the-flag"]] as const };
    const profile = having({ kind: "bearer", token: "of-the-profile" });
    await run(READ, { baseUrl: api.url, profile, runsFolder, options });
    expect(api.arrived[0]?.headers.authorization).toBe("Bearer of-the-flag");
  });

  test("do not follow a redirect", async () => {
    const elsewhere = await plainApi();
    const api = await startApi((_request, response) => {
      response.writeHead(307, { location: `${elsewhere.url}/stolen` }).end();
    });
    const profile = having({ kind: "bearer", token: "t" });
    const done = await run(READ, { baseUrl: api.url, profile, runsFolder });
    expect(done.exchanges[0]?.response?.status).toBe(307);
    expect(elsewhere.arrived).toEqual([]);
  });
});

describe("credentials are refused, and nothing is sent,", () => {
  const bearer = having({ kind: "bearer", token: "t" });
  const flag: Partial<SessionOptions> = { headers: [["Authorization", "Bearer t"]] };

  test.each<[string, string, Partial<TargetProfile>, Partial<SessionOptions>, string]>([
    ["over plain HTTP", "http://api.example.com", bearer, {}, "over plain HTTP, which is not loopback"],
    [
      "of -H over plain HTTP",
      "http://api.example.com",
      {},
      flag,
      "the credentials of -H would go to api.example.com",
    ],
    ["to a compose service", "http://api:8080", bearer, {}, "api:8080 over plain HTTP"],
    [
      "where the login is plain HTTP",
      "https://api.example.com",
      loggingIn("http://login.example.com/oauth/token"),
      {},
      "the client id and secret of the login would go to login.example.com",
    ],
    [
      "where TLS is not verified",
      "https://api.example.com",
      bearer,
      { env: { NODE_TLS_REJECT_UNAUTHORIZED: "0" } },
      "NODE_TLS_REJECT_UNAUTHORIZED=0 is set",
    ],
    [
      "of -H where TLS is not verified",
      "https://api.example.com",
      {},
      { ...flag, env: { NODE_TLS_REJECT_UNAUTHORIZED: "0" } },
      "the credentials of -H are in play",
    ],
  ])("%s", async (_what, baseUrl, profile, options, words) => {
    const refused = run(READ, { baseUrl, profile, runsFolder, options });
    await expect(refused).rejects.toMatchObject({ code: "usage", message: expect.stringContaining(words) });
  });

  test.each<[Credentials, string]>([
    [{ kind: "bearer", token: "canary\n" }, "the access token holds a space, a line break or the like"],
    [{ kind: "bearer", token: "" }, "the access token holds"],
    [
      { kind: "header", name: "X-Key", value: "canary\r\nX-Evil: 1" },
      "the value of X-Key holds a line break",
    ],
    [{ kind: "basic", username: "a:b", password: "canary" }, "the user name holds a colon"],
    [client("https://localhost/token", { clientSecret: "" }), "the client id or its secret is empty"],
  ])("where no header can carry them: %j", async (value, words) => {
    const refused = run(READ, { baseUrl: "https://api.example.com", profile: having(value), runsFolder });
    await expect(refused).rejects.toMatchObject({ code: "usage", message: expect.stringContaining(words) });
    await expect(refused).rejects.toMatchObject({ message: expect.not.stringContaining("canary") });
    await expect(refused).rejects.toMatchObject({ message: expect.stringContaining("(from environment)") });
  });

  test("by a scenario over plain HTTP, once its header is made", async () => {
    const text =
      'steps: [{ id: one, request: GET /x, headers: { Authorization: "Bearer $(env.GCIDEM_VAR_T)" } }]';
    const options = { env: { GCIDEM_VAR_T: "canary-of-env" } };
    const done = await run(text, { baseUrl: "http://api.example.com", profile: {}, runsFolder, options });
    expect(done.exchanges[0]?.error).toMatchObject({ code: "ERR_PLAIN_CREDENTIALS", phase: "refused" });
    expect(done.signals).toContain("refused");
    expect(JSON.stringify(done.records)).not.toContain("canary-of-env");
  });

  test("but not within this machine", async () => {
    const api = await startApi((_request, response) => response.end("{}"), { tls: false });
    const login = await loginServer(() => granted("t"), { tls: false });
    const done = await run(READ, { baseUrl: api.url, profile: loggingIn(login.tokenUrl), runsFolder });
    expect(done.exchanges[0]?.response?.status).toBe(200);
  });
});

describe("a profile says what headers are called:", () => {
  const names = { idempotencyKey: { header: "X-Once", syntax: "quoted" }, validator: "X-Revision" } as const;
  const profile: Partial<TargetProfile> = {
    ca,
    headers: [
      ["X-Team", "crm"],
      ["X-Trace", "of-the-profile"],
    ],
    names: { ...names, correlationId: ["x-call", "x-trace-id"], sentCorrelationId: "X-Asked-By" },
  };

  test("the key, its syntax, the lines of every request, an ID of gcidem's own", async () => {
    const api = await plainApi();
    const text = `
steps:
  - { id: one, request: POST /a, idempotencyKey: k-1, headers: { X-Trace: mine }, json: {} }
  - { id: two, repeat: one }
  - { id: bare, request: POST /a, idempotencyKey: { value: k-1, syntax: bare, header: X-Other }, json: {} }
`;
    const done = await run(text, { baseUrl: api.url, profile, runsFolder });
    const sent = api.arrived.map(({ headers }) => headers);
    expect(sent.map((headers) => headers["x-once"])).toEqual(['"k-1"', '"k-1"', undefined]);
    expect(sent[2]?.["x-other"]).toBe("k-1");
    expect(done.exchanges.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['"k-1"', '"k-1"', "k-1"]);
    expect(sent.map((headers) => [headers["x-team"], headers["x-trace"]])).toEqual([
      ["crm", "mine"],
      ["crm", "mine"],
      ["crm", "of-the-profile"],
    ]);
    expect(new Set(sent.map((headers) => headers["x-asked-by"])).size).toBe(3);
  });

  test("the correlation ID and the validator of answers, in the journal and when it is read again", async () => {
    const api = await startApi((_request, response) => {
      response.writeHead(200, { "X-Trace-Id": "corr-7", "X-Revision": "rev-3", ETag: '"other"' }).end("{}");
    });
    const done = await run(READ, { baseUrl: api.url, profile, runsFolder });
    expect(done.exchanges[0]).toMatchObject({ correlationId: "corr-7", etag: "rev-3" });
    expect(done.byId[0]).toMatchObject({ correlationId: "corr-7", etag: "rev-3" });
  });
});

describe("IDs that differ each time are no difference:", () => {
  test("neither the one that gcidem sends nor the one that the server answers, whatever they are called", async () => {
    const api = await startApi((_request, response, nth) =>
      response.setHeader("X-Call", `call-${nth}`).end("{}"),
    );
    const names = {
      idempotencyKey: { header: "Idempotency-Key", syntax: "bare" },
      correlationId: ["X-Call"],
      sentCorrelationId: "X-Asked-By",
      validator: "ETag",
    } as const;
    const text = "steps:\n  - { id: one, request: PUT /a, json: {} }\n  - { id: two, repeat: one }";
    const { section } = await run(text, { baseUrl: api.url, profile: { ca, names }, runsFolder });
    expect(section.diffs).toHaveLength(1);
    expect(section.diffs[0]?.request).toMatchObject({ headers: [], body: [] });
    expect(section.diffs[0]?.response).toMatchObject({ headers: [], body: [] });
    expect(section.diffs[0]?.correlationIdDiffers).toBe(true);
  });

  test("and a step captures it by the profile's name", async () => {
    const api = await startApi((_request, response) => response.setHeader("X-Call", "call-7").end("{}"));
    const names = { correlationId: ["X-Call"], sentCorrelationId: null, validator: "ETag" } as const;
    const idempotencyKey = { header: "Idempotency-Key", syntax: "bare" } as const;
    const text =
      "steps:\n  - { id: one, request: GET /a, capture: { id: correlationId } }\n  - { request: GET /calls/$(one.id) }";
    const profile = { ca, names: { ...names, idempotencyKey } };
    await run(text, { baseUrl: api.url, profile, runsFolder });
    expect(api.arrived[1]?.line).toBe("GET /calls/call-7");
  });
});

describe("another host that the profile allows", () => {
  const text = (other: string, more = ""): string =>
    `steps:\n  - { id: away, request: "GET ${other}/x"${more} }\n  - { id: home, request: GET /x }`;

  test("gets nothing of what is the target's: no credential, no line, none of -H", async () => {
    const [api, other] = [await plainApi(), await plainApi()];
    const profile = {
      ...having({ kind: "bearer", token: "canary" }),
      headers: [["X-Team", "crm"]] as const,
      allowedOrigins: [other.url],
    };
    const options = {
      headers: [["X-Api-Key", "canary"]] as const,
    };
    await run(text(other.url), { baseUrl: api.url, profile, runsFolder, options });
    expect(JSON.stringify(other.arrived)).not.toMatch(/canary|crm/);
    expect(other.arrived).toHaveLength(1);
    expect(api.arrived[0]?.headers).toMatchObject({ authorization: "Bearer canary", "x-api-key": "canary" });
  });

  test("gets no credential of the scenario either: the request is refused", async () => {
    const [api, other] = [await plainApi(), await plainApi()];
    const more = ', headers: { Authorization: "Bearer $(env.GCIDEM_VAR_T)" }';
    const options = { env: { GCIDEM_VAR_T: "t-of-env" } };
    const profile = { ca, allowedOrigins: [other.url] };
    const done = await run(text(other.url, more), { baseUrl: api.url, profile, runsFolder, options });
    expect(done.exchanges[0]?.error).toMatchObject({
      code: expect.stringMatching(/ELSEWHERE/),
      phase: "refused",
    });
    expect(other.arrived).toEqual([]);
  });
});

describe("how fast", () => {
  test("a race of more writers than a minute allows is refused before anything is sent", async () => {
    const api = await plainApi();
    const race =
      "steps: [{ id: rivals, race: { writers: 5, steps: [{ id: w, request: PUT /x, json: {} }] } }]";
    const refused = run(race, { baseUrl: api.url, profile: { ca }, runsFolder, options: { maxRate: 4 } });
    await expect(refused).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining("5 writers send at once, and 4 requests a minute are allowed"),
    });
    expect(api.arrived).toEqual([]);
  });

  test("is said once where the platform's documented limit is kept to", async () => {
    const api = await plainApi();
    const profile = { ...having({ kind: "bearer", token: "t" }), kind: "genesys" } as const;
    const said = async (
      more: Partial<TargetProfile>,
      options: Partial<SessionOptions>,
    ): Promise<readonly string[]> =>
      (await run(READ, { baseUrl: api.url, profile: { ...profile, ...more }, runsFolder, options })).warnings;
    expect(await said({}, {})).toEqual([
      "prod: at most 300 requests a minute are sent, the platform's documented limit for a token; a production app with the same token or client shares it: give it room with --max-rate",
    ]);
    expect(await said({ maxRatePerMinute: 100 }, {})).toEqual([]);
    expect(await said({}, { maxRate: 100 })).toEqual([]);
  });

  test("a server's used-up limit holds the next request back until it is reset", async () => {
    const api = await startApi((_request, response, nth) => {
      const used = nth === 0 ? 300 : 1;
      const headers = {
        "inin-ratelimit-count": used,
        "inin-ratelimit-allowed": 300,
        "inin-ratelimit-reset": 1,
      };
      response.writeHead(200, headers).end("{}");
    });
    const done = await run("steps: [{ request: GET /a, times: 2 }]", {
      baseUrl: api.url,
      profile: { ca },
      runsFolder,
    });
    const [first, second] = done.exchanges;
    const heldMs = (second?.timings.startMs ?? 0) - (first?.timings.endMs ?? 0);
    expect(heldMs).toBeGreaterThan(900);
    expect(done.warnings).toEqual([
      "waiting 1 s: the server says that its limit is used up until then (inin-ratelimit-reset)",
    ]);
  });

  test("--max-rate also holds at a plain address, and an interrupt ends the waiting", async () => {
    const api = await startApi((_request, response) => response.end("{}"), { tls: false });
    const controller = new AbortController();
    const warnings: string[] = [];
    const onWarning = (message: string): void => {
      warnings.push(message);
      controller.abort();
    };
    const target = { kind: "http", baseUrl: api.url } as const;
    const observer = { onStep: () => undefined, onWarning };
    const options = { target, maxRate: 2, interrupt: controller.signal, observer };
    const done = await run("steps: [{ request: GET /a, times: 5 }]", {
      baseUrl: api.url,
      profile: {},
      runsFolder,
      options,
    });
    expect(api.arrived).toHaveLength(2);
    expect(warnings).toEqual(["waiting 60 s: no more than 2 requests a minute are sent (--max-rate)"]);
    expect(done.signals).toContain("interrupted");
  });
});

test("a profile's proxy outranks those of the environment, and gets no credential of the target", async () => {
  const asked: string[] = [];
  const proxy = await startApi(
    (request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end("{}");
    },
    { tls: false },
  );
  const value = proxy.url.replace("http://", "http://ann:canary-proxy@");
  const options = { env: { HTTP_PROXY: "http://localhost:1", NO_PROXY: "*" } };
  const profile = { proxy: { value, source: "gcidem.config.yaml:3:3" } };
  const done = await run(READ, { baseUrl: "http://api.example.com", profile, runsFolder, options });
  expect(asked).toEqual(["GET http://api.example.com/orders/1"]);
  expect(proxy.arrived[0]?.headers["proxy-authorization"]).toBe(
    `Basic ${Buffer.from("ann:canary-proxy").toString("base64")}`,
  );
  expect(done.exchanges[0]?.response?.status).toBe(200);
  expect(JSON.stringify(done.records)).not.toContain("canary-proxy");
});
