import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { describe, expect, test } from "vitest";
import { REPORTERS } from "../../src/cli/render-report.js";
import { expectHidden } from "./canaries.js";
import { atEnd, filesBelow, folderWith, gcidem, type RunOptions, start } from "./run-gcidem.js";
import { httpServer } from "./servers.js";

/** Each has what some way of writing spells differently, as far as its position allows it. */
const TOKEN = "canary-token_3f9a/+~.==";
const API_KEY = 'canary/Key+8d1f?&="%x';
const COOKIE = "canary-cookie/5+5";
const SET_COOKIE = "canary-set/6+6";
const PROXY = "canary-proxy/7+7=";
const FROM_ENV = 'canary/Env_9b2c?& ü"\\x';
const ALL = [TOKEN, API_KEY, COOKIE, SET_COOKIE, PROXY, FROM_ENV];

const EVERY_REPORTER = REPORTERS.flatMap((name) => ["--reporter", `${name}=out.${name}`]);
const LOUD = [...EVERY_REPORTER, "--verbose", "--allow-writes", "--yes"];

/** Says back what it was told, in each part of its answer, and sets a cookie. */
function careless() {
  return httpServer((request, response) => {
    const { url, headers, rawHeaders, body, method } = request;
    response.writeHead(409, {
      "content-type": "application/json",
      "set-cookie": `session=${SET_COOKIE}; Path=/; HttpOnly`,
      "x-echo": encodeURIComponent(headers.authorization ?? ""),
      "x-url": url,
    });
    const basic = Buffer.from(`ab${headers["x-api-key"]}`).toString("base64");
    response.end(JSON.stringify({ code: "echo", method, url, headers, rawHeaders, body, basic, SET_COOKIE }));
  });
}

/** Expectations that fail, so that each report shows all that it has. */
const SCENARIO = `name: Everything fails
vars: { v: $(env.GCIDEM_VAR_S) }
steps:
  - id: a
    request: POST /p/$(v)?q=$(v)
    idempotencyKey: $(uuid())
    headers: { X-S: "$(sha256(v))" }
    json: { s: $(v), list: [$(v)] }
    capture: { whole: $, cookie: { from: header Set-Cookie, regex: "session=([^;]+)" } }
    expect: { status: 201, headers: { X-Url: /nothing/ }, json: { $.body: other, $.url: other } }
  - id: b
    repeat: a
    mutate: [{ patch: [{ op: replace, path: /s, value: other }] }]
    expect: { status: 200 }
  - id: c
    request: GET /c
    headers: { Cookie: "session=$(a.cookie)" }
    expect: { json: { $.headers.cookie: nothing } }
  - id: d
    request: POST /d
    form: { s: $(v) }
  - compare: [a, c]
`;

const HEADERS = [
  ...["-H", `Authorization: Bearer ${TOKEN}`],
  ...["-H", `X-Api-Key: ${API_KEY}`],
  ...["-H", `Cookie: sid=${COOKIE}`],
  ...["-H", `Proxy-Authorization: Basic ${PROXY}`],
];

test("all positions at once, said back by a careless server: in no report, file or output", async () => {
  const server = await careless();
  const cwd = folderWith({ "it.yaml": SCENARIO });
  const args = ["replay", "it.yaml", "--target", server.url, ...HEADERS, ...LOUD];
  const ran = await gcidem(args, { cwd, env: { GCIDEM_VAR_S: FROM_ENV } });
  expect(ran.code, ran.stderr).toBe(1);
  expect(server.seen[0]?.headers).toMatchObject({
    authorization: `Bearer ${TOKEN}`,
    "x-api-key": API_KEY,
    cookie: `sid=${COOKIE}`,
  });
  expect(JSON.parse(server.seen[0]?.body ?? "").s).toBe(FROM_ENV);
  for (const name of REPORTERS) expect(existsSync(join(cwd, `out.${name}`)), name).toBe(true);
  await expectHidden({ ...ran, cwd }, { secrets: ALL });
  for (const again of [
    ["diagnose", "last"],
    ["diagnose", "out.har"],
    ["diff", "last", "out.har"],
  ]) {
    const shown = await gcidem([...again, "--verbose"], { cwd });
    expect(shown.stdout.length).toBeGreaterThan(100);
    await expectHidden({ ...shown, cwd }, { secrets: ALL });
  }
});

test("in a dry run, in what is read before a question, and in a run that ends before it began", async () => {
  const server = await careless();
  const env = { GCIDEM_VAR_S: FROM_ENV };
  for (const [flags, code] of [
    [["--dry-run"], 0],
    [["--read-only"], 0],
    [[], 2],
    [["--max-requests", "1", "--allow-writes", "--yes"], 1],
  ] as const) {
    const cwd = folderWith({ "it.yaml": SCENARIO });
    const args = ["replay", "it.yaml", "--target", server.url, ...HEADERS, ...flags, "--verbose"];
    const ran = await gcidem(args, { cwd, env });
    expect(ran.code, ran.stderr).toBe(code);
    await expectHidden({ ...ran, cwd }, { secrets: ALL });
  }
});

test("lists of processes show no argument of a run that is under way", async () => {
  const server = await httpServer(() => undefined);
  const cwd = folderWith({ "it.yaml": "steps: [{ request: GET /a }]\n" });
  const { child, ended } = start(["replay", "it.yaml", "--target", server.url, ...HEADERS], { cwd });
  await expect.poll(() => server.seen.length, { timeout: 20_000 }).toBe(1);
  const shown = ["cmdline", "comm", "stat"].map((name) => readFileSync(`/proc/${child.pid}/${name}`, "utf8"));
  child.kill("SIGINT");
  const ran = await ended;
  expect(ran.code).toBe(130);
  expect(shown[0]).toContain("gcidem");
  expect(shown.join("\n")).not.toContain("canary");
  await expectHidden({ ...ran, cwd }, { secrets: ALL });
});

/** Lines of a PEM file's inside: what a leak of the key would show. */
function linesOf(pem: string): readonly string[] {
  return pem.split("\n").filter((line) => line.length > 20 && !line.includes("-----"));
}

describe("the key of a client certificate", () => {
  const fixture = (name: string): string => readFileSync(`test/fixtures/tls/${name}`, "utf8");
  const KEY = fixture("server.key");
  const OTHER_KEY = generateKeyPairSync("ec", { namedCurve: "P-256" })
    .privateKey.export({ type: "pkcs8", format: "pem" })
    .toString();
  const CONFIG = (url: string): string =>
    `profiles:\n  api: { kind: http, baseUrl: "${url}", ca: ca.pem, clientCertificate: { cert: me.pem, key: me.key } }\n`;

  async function withKey(
    url: string,
    { key, mode }: { readonly key: string; readonly mode: number },
  ): ReturnType<typeof gcidem> {
    const cwd = folderWith({
      "it.yaml": "steps: [{ id: a, request: GET /a, expect: { status: 409, json: { $.shown: 1 } } }]\n",
      "own.yaml": CONFIG(url),
      "ca.pem": fixture("authority.pem"),
      "me.pem": fixture("server.pem"),
      "me.key": key,
    });
    chmodSync(join(cwd, "me.key"), mode);
    const ran = await gcidem(["replay", "it.yaml", "--target", "api", "--config", "own.yaml", ...LOUD], {
      cwd,
    });
    await expectHidden({ ...ran, cwd }, { secrets: linesOf(key), except: ["me.key"] });
    return ran;
  }

  test("is used, and is nowhere", async () => {
    const tls = { key: KEY, cert: fixture("server.pem"), requestCert: true, rejectUnauthorized: false };
    const server = createServer(tls, (request, response) => {
      const certificate = (request.socket as TLSSocket).getPeerX509Certificate();
      response.end(JSON.stringify({ shown: certificate?.subject ?? null }));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    atEnd(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const ran = await withKey(`https://localhost:${port}`, { key: KEY, mode: 0o600 });
    expect(ran.code, ran.stderr).toBe(1);
  });

  test.each([
    ["that others can read", KEY, 0o644, "mode 0644"],
    [
      "that is no key",
      `-----BEGIN PRIVATE KEY-----\n${"canary".repeat(10)}\n-----END PRIVATE KEY-----\n`,
      0o600,
      "key",
    ],
    ["of another certificate", OTHER_KEY, 0o600, "key"],
  ])("%s is refused without a word of it", async (_what, key, mode, words) => {
    const ran = await withKey("https://localhost:9", { key, mode });
    expect(ran.code, ran.stderr).toBe(2);
    expect(ran.stderr).toContain(words);
    expect(ran.stderr).toContain("nothing was sent");
  });
});

const ME = "steps: [{ request: GET /a }]\n";
const BROKEN_GC = `[prod]\nenvironment = "mypurecloud.de"\nclient_secret = "${TOKEN}\n`;
const BROKEN_CONFIG = `profiles:\n  api: { kind: http, credentials: { bearer: "${TOKEN}" \n  b: {}\n`;
const ADDRESS = `profiles:\n  api: { kind: http, baseUrl: "https://clerk:${PROXY}@api.example" }\n`;
const COMMAND = `profiles:\n  api:\n    kind: http\n    baseUrl: http://127.0.0.1:9\n    credentials: { bearer: { secretFrom: { command: [sh, -c, 'echo ${TOKEN}; echo ${TOKEN} >&2; exit 3'] } } }\n`;

describe("an error has no secret, neither in its words nor in a stack trace:", () => {
  test.each<[string, readonly string[], RunOptions["env"], Readonly<Record<string, string>>]>([
    ["a password in the target's URL", ["--target", `https://clerk:${PROXY}@api.example`], {}, {}],
    ["a password in a target without a scheme", ["--target", `clerk:${PROXY}@api.example`], {}, {}],
    ["a header without a colon", ["-H", `Authorization Bearer ${TOKEN}`], {}, {}],
    ["a header of two lines", ["-H", `Authorization: Bearer ${TOKEN}\nX-A: b`], {}, {}],
    [
      "a header that no bytes can be",
      ["--target", "http://127.0.0.1:9", "-H", `Authorization: Bearer ${TOKEN}\u{1f511}`],
      {},
      {},
    ],
    ["a token in the target's query", ["--target", `https://api.example?token=${TOKEN}`], {}, {}],
    [
      "a password in a profile's address",
      ["--target", "api", "--config", "o.yaml"],
      {},
      { "o.yaml": ADDRESS },
    ],
    [
      "a proxy's URL that is none",
      ["--target", "https://api.example"],
      { HTTPS_PROXY: `http://clerk:${PROXY}@[bad` },
      {},
    ],
    [
      "a proxy that is not there",
      ["--target", "https://api.example"],
      { HTTPS_PROXY: `http://clerk:${PROXY}@127.0.0.1:9` },
      {},
    ],
    ["a gc file that is broken at its secret", ["--target", "gc:prod"], {}, { ".gc/config.toml": BROKEN_GC }],
    [
      "a proxy's password in the environment, with a host that is none",
      ["--target", "https://api.usw2.pure.cloud"],
      {
        GENESYSCLOUD_ACCESS_TOKEN: TOKEN,
        GENESYSCLOUD_PROXY_HOST: "a b",
        GENESYSCLOUD_PROXY_AUTH_USERNAME: "clerk",
        GENESYSCLOUD_PROXY_AUTH_PASSWORD: PROXY,
      },
      {},
    ],
    [
      "a config file that is broken",
      ["--target", "api", "--config", "o.yaml"],
      {},
      { "o.yaml": BROKEN_CONFIG },
    ],
    ["a command that fails", ["--target", "api", "--config", "o.yaml"], {}, { "o.yaml": COMMAND }],
  ])("%s", async (_what, flags, env = {}, files) => {
    const cwd = folderWith({ "it.yaml": ME, ...files });
    const ran = await gcidem(["replay", "it.yaml", ...flags, ...LOUD], {
      cwd,
      env: { NODE_DEBUG: "", ...env },
    });
    expect([2, 3, 4], ran.stderr).toContain(ran.code);
    await expectHidden({ ...ran, cwd }, { secrets: [TOKEN, PROXY], except: Object.keys(files) });
    expect(filesBelow(cwd).filter((file) => file.endsWith(".log"))).toEqual([]);
  });
});
