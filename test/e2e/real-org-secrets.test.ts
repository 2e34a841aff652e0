import { chmodSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { REPORTERS } from "../../src/cli/render-report.js";
import { startConnectProxy } from "../servers/connect-proxy.js";
import { CLIENT, type StandIn, startStandIn } from "../stand-in/stand-in.js";
import { expectHidden } from "./canaries.js";
import { behaveWell, onOrg } from "./real-org.js";
import { atEnd, filesBelow, folderWith, gcidem } from "./run-gcidem.js";
import { httpServer } from "./servers.js";

/** Has what each way of writing spells differently. */
const PASSWORD = 'canary/Pass+word_8d1f?&="\\%x';
/** What a bearer token may be made of. */
const TOKEN = "canary-token_3f9a/+~.==";
const OWNER = { id: "owner", secret: PASSWORD, permissions: null };

/** Expectations that fail, so that reports show all that they have. */
const FAILING = `steps:
  - id: one
    request: GET /api/v2/organizations/me
    expect: { status: 409, json: { $.name: other } }
  - id: two
    request: GET /api/v2/nothing?x=1
    expect: { status: 200 }
`;
const EVERY_REPORTER = REPORTERS.flatMap((name) => ["--reporter", `${name}=out.${name}`]);
const REPLAY = ["replay", "it.yaml", "--verbose", ...EVERY_REPORTER];
const files = { "it.yaml": FAILING };

let standIn: StandIn;

beforeAll(async () => {
  standIn = await startStandIn({ clients: [CLIENT, OWNER] });
});

afterAll(() => standIn.close());

beforeEach(() => {
  behaveWell(standIn);
  standIn.behaviour.saysBack = true;
});

describe("credentials for an org are nowhere, though the platform says them back:", () => {
  const PROD = [...REPLAY, "--target", "gc:prod"];
  const gc = { client_credentials: OWNER.id, client_secret: OWNER.secret };

  test("a secret of the gc tool, and the token that it was given", async () => {
    const ran = await onOrg(standIn, PROD, { gc, files });
    expect(ran.code).toBe(1);
    expect(ran.arrived.map(({ status }) => status)).toEqual([200, 200, 404]);
    await expectHidden(ran, { secrets: [PASSWORD, ...standIn.tokens()], except: [".gc/config.toml"] });
  });

  test("both tokens of a run in which the first one ended", async () => {
    standIn.behaviour.uses = 1;
    const before = standIn.tokens().length;
    const ran = await onOrg(standIn, PROD, { gc, files });
    expect(standIn.tokens().length - before).toBe(2);
    await expectHidden(ran, { secrets: [PASSWORD, ...standIn.tokens()], except: [".gc/config.toml"] });
  });

  test("a secret that the login refuses", async () => {
    const wrong = `${PASSWORD}-wrong`;
    const ran = await onOrg(standIn, PROD, { gc: { ...gc, client_secret: wrong }, files });
    expect(ran.code).toBe(5);
    await expectHidden(ran, { secrets: [PASSWORD], except: [".gc/config.toml"] });
  });

  test.each([
    ["that works", {}, 0],
    ["that is refused", { client_secret: `${PASSWORD}-wrong` }, 5],
  ])("auth check of a login %s", async (_what, settings, code) => {
    const args = ["auth", "check", "--target", "gc:prod", "--verbose", "--reporter", "terminal"];
    const ran = await onOrg(standIn, [...args, "--reporter", "json=out.json"], {
      gc: { ...gc, ...settings },
    });
    expect(ran.code, ran.stdout + ran.stderr).toBe(code);
    await expectHidden(ran, { secrets: [PASSWORD, ...standIn.tokens()], except: [".gc/config.toml"] });
  });

  test("a secret on its way to a login host that is down", async () => {
    const env = { STAND_IN_NAMES: `${standIn.loginHost}=1,${standIn.apiHost}=1` };
    const ran = await onOrg(standIn, PROD, { gc, files, env });
    expect(ran.code).toBe(4);
    await expectHidden(ran, { secrets: [PASSWORD], except: [".gc/config.toml"] });
  });

  test("a token that the gc tool keeps", async () => {
    const kept = { client_credentials: "", client_secret: "", access_token: TOKEN };
    const ran = await onOrg(standIn, PROD, { gc: kept, files });
    expect(ran.code).toBe(5);
    expect(ran.arrived[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    await expectHidden(ran, { secrets: [TOKEN], except: [".gc/config.toml"] });
  });

  test("the variables of gc and Terraform: secret and proxy password, then a token", async () => {
    const ports = { [standIn.loginHost]: standIn.loginPort, [standIn.apiHost]: standIn.apiPort };
    const proxy = await startConnectProxy(ports, { username: "clerk", password: PASSWORD });
    atEnd(() => proxy.close());
    const target = [...REPLAY, "--target", `https://${standIn.apiHost}`];
    const env = {
      GENESYSCLOUD_REGION: "us-west-2",
      GENESYSCLOUD_OAUTHCLIENT_ID: OWNER.id,
      GENESYSCLOUD_OAUTHCLIENT_SECRET: OWNER.secret,
      GENESYSCLOUD_PROXY_PROTOCOL: "http",
      GENESYSCLOUD_PROXY_HOST: "127.0.0.1",
      GENESYSCLOUD_PROXY_PORT: String(proxy.port),
      GENESYSCLOUD_PROXY_AUTH_USERNAME: "clerk",
      GENESYSCLOUD_PROXY_AUTH_PASSWORD: PASSWORD,
    };
    const ran = await onOrg(standIn, target, { env, files });
    expect(ran.code, ran.stderr).toBe(1);
    expect(proxy.asked.every(({ opened }) => opened)).toBe(true);
    await expectHidden(ran, { secrets: [PASSWORD, ...standIn.tokens()] });
    const withToken = await onOrg(standIn, target, { env: { GENESYSCLOUD_ACCESS_TOKEN: TOKEN }, files });
    expect(withToken.code).toBe(5);
    await expectHidden(withToken, { secrets: [TOKEN] });
  });

  test("a token given by -H", async () => {
    const ran = await onOrg(standIn, [...PROD, "-H", `Authorization: Bearer ${TOKEN}`], { files });
    expect(ran.arrived.every(({ headers }) => headers.authorization === `Bearer ${TOKEN}`)).toBe(true);
    await expectHidden(ran, { secrets: [TOKEN, CLIENT.secret], except: [".gc/config.toml"] });
  });

  test("a proxy that refuses the password", async () => {
    const proxy = await startConnectProxy({}, { username: "clerk", password: "another" });
    atEnd(() => proxy.close());
    const through = { proxy_protocol: "http", proxy_host: "127.0.0.1", proxy_port: String(proxy.port) };
    const ran = await onOrg(standIn, PROD, {
      gc: { ...gc, ...through, proxy_username: "clerk", proxy_password: PASSWORD },
      files,
    });
    expect(ran.code).toBe(4);
    await expectHidden(ran, { secrets: [PASSWORD], except: [".gc/config.toml"] });
  });

  test("--token-cache keeps the token in a file that only its user can read, and nowhere else", async () => {
    const ran = await onOrg(standIn, [...PROD, "--token-cache"], { gc, files });
    const token = standIn.tokens().at(-1) ?? "";
    const holding = filesBelow(ran.cwd).filter((file) => readFileSync(file, "utf8").includes(token));
    expect(holding.map((file) => statSync(file).mode & 0o777)).toEqual([0o600]);
    await expectHidden(ran, { secrets: [PASSWORD, token], except: [".gc/config.toml", ...holding] });
    const flags = [...PROD, "--token-cache", "--cacert", standIn.authorityFile];
    const again = await gcidem(flags, { cwd: ran.cwd, env: standIn.env });
    expect(again.code).toBe(1);
    expect(standIn.tokens().at(-1)).toBe(token);
  });
});

describe("credentials go to no other host", () => {
  test.each([
    ["the login", { login: "/oauth/token" }, 5],
    ["the API", { api: "/api/v2/organizations/me" }, 1],
  ])("though %s sends requests on there", async (_what, paths, code) => {
    const other = await startStandIn({ domain: "other.example" });
    atEnd(() => other.close());
    const redirects = Object.entries(paths).map(([host, path]) => [
      host,
      `https://${host}.other.example${path}`,
    ]);
    standIn.behaviour.redirects = Object.fromEntries(redirects);
    const names = `${standIn.env.STAND_IN_NAMES},${other.env.STAND_IN_NAMES}`;
    const ran = await onOrg(standIn, [...REPLAY, "--target", "gc:prod"], {
      files,
      env: { STAND_IN_NAMES: names },
    });
    expect(ran.code, ran.stdout + ran.stderr).toBe(code);
    expect(ran.arrived.at(-1)?.status).toBe(307);
    expect(other.handled).toEqual([]);
  });

  test.each([
    "https://api.other.example/api/v2/organizations/me",
    "//api.other.example/api/v2/organizations/me",
  ])("though a scenario asks for %s", async (url) => {
    const asking = { "it.yaml": `steps:\n  - request: GET ${url}\n` };
    const ran = await onOrg(standIn, [...REPLAY, "--target", "gc:prod"], { files: asking });
    expect([2, 3]).toContain(ran.code);
    expect(ran.arrived).toEqual([]);
  });
});

test("the search finds a secret in each way of writing it down, also inside longer base64", async () => {
  const leaks = [
    PASSWORD,
    JSON.stringify({ p: PASSWORD }),
    JSON.stringify(JSON.stringify({ p: PASSWORD })),
    encodeURIComponent(PASSWORD),
    ...["", "a:", "ab:", "abc:"].map((user) => Buffer.from(`${user}${PASSWORD}`).toString("base64")),
    Buffer.from(`ab:${PASSWORD}`).toString("base64url"),
  ];
  for (const leak of leaks) {
    const cwd = folderWith({ "log.txt": `<${leak}>` });
    const looked = expectHidden({ code: 0, stdout: "", stderr: "", cwd }, { secrets: [PASSWORD] });
    await expect(looked, leak).rejects.toThrow("to deeply equal []");
  }
});

/** An API that says back where and with what it was asked, in every part of its answer. */
function echoing() {
  return httpServer((request, response) => {
    response.writeHead(409, { "x-echo": request.headers.authorization ?? "none" });
    const { url, headers, body, rawHeaders } = request;
    response.end(JSON.stringify({ code: "echo", url, headers, body, rawHeaders }));
  });
}

/** A config file with one profile, `api`. */
function profile(baseUrl: string, credentials: string): string {
  return `profiles:\n  api:\n    kind: http\n    baseUrl: ${baseUrl}\n    credentials:\n      ${credentials}\n`;
}

describe("credentials of a profile for any API are nowhere:", () => {
  const API = [...REPLAY, "--target", "api", "--config", "own.yaml"];

  test.each([
    ["a bearer token from the environment", "bearer: { secretFrom: { env: CANARY } }", TOKEN],
    [
      "a password from a file",
      "basic: { username: clerk, password: { secretFrom: { file: secret.txt } } }",
      PASSWORD,
    ],
    [
      "a header of the API's own from a command",
      "header: { name: X-Api-Key, value: { secretFrom: { command: [cat, secret.txt] } } }",
      PASSWORD,
    ],
  ])("%s", async (_what, credentials, secret) => {
    const api = await echoing();
    const cwd = folderWith({
      ...files,
      "own.yaml": profile(api.url, credentials),
      "secret.txt": `${secret}\n`,
    });
    chmodSync(join(cwd, "secret.txt"), 0o600);
    const ran = await gcidem(API, { cwd, env: { CANARY: secret } });
    expect(ran.code, ran.stderr).toBe(1);
    expect(JSON.stringify(api.seen[0]?.headers)).toMatch(/canary|Basic/);
    const pair = Buffer.from(`clerk:${secret}`).toString("base64");
    await expectHidden({ ...ran, cwd }, { secrets: [secret, pair], except: ["secret.txt"] });
  });

  test("a client secret, and the token that its token URL gave", async () => {
    const api = await httpServer((request, response) => {
      const login = { access_token: TOKEN, token_type: "Bearer", expires_in: 600, scope: request.body };
      const echo = { headers: request.headers, token: TOKEN };
      const isLogin = request.url === "/token";
      response.writeHead(isLogin ? 200 : 409, { "content-type": "application/json" });
      response.end(JSON.stringify(isLogin ? login : echo));
    });
    const client = `client: { clientId: me, clientSecret: { secretFrom: { env: CANARY } }, tokenUrl: "${api.url}/token" }`;
    const cwd = folderWith({ ...files, "own.yaml": profile(api.url, client) });
    const ran = await gcidem(API, { cwd, env: { CANARY: PASSWORD } });
    expect(ran.code, ran.stderr).toBe(1);
    expect(api.seen.map(({ url }) => url)[0]).toBe("/token");
    expect(api.seen[1]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    await expectHidden({ ...ran, cwd }, { secrets: [PASSWORD, TOKEN] });
  });

  test("a password in the URL of a proxy, in the environment and in a config file", async () => {
    const ports = { "api.example": 1 };
    const proxy = await startConnectProxy(ports, { username: "clerk", password: "another" });
    atEnd(() => proxy.close());
    const safe = encodeURIComponent(PASSWORD);
    const cwd = folderWith(files);
    const ran = await gcidem([...REPLAY, "--target", "https://api.example"], {
      cwd,
      env: { HTTPS_PROXY: `http://clerk:${safe}@127.0.0.1:${proxy.port}` },
    });
    expect(ran.code).toBe(4);
    await expectHidden({ ...ran, cwd }, { secrets: [PASSWORD] });
    const config = `profiles:\n  api:\n    kind: http\n    baseUrl: https://api.example\n    proxy: { url: "http://127.0.0.1:${proxy.port}", username: clerk, password: { secretFrom: { env: CANARY } } }\n`;
    const own = folderWith({ ...files, "own.yaml": config });
    const byConfig = await gcidem(API, { cwd: own, env: { CANARY: PASSWORD } });
    expect(byConfig.code, byConfig.stderr).toBe(4);
    await expectHidden({ ...byConfig, cwd: own }, { secrets: [PASSWORD] });
  });
});
