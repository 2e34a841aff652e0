import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expectGolden } from "../report/golden-file.js";
import { startConnectProxy } from "../servers/connect-proxy.js";
import type { Client } from "../stand-in/login.js";
import { CLIENT, type StandIn, startStandIn } from "../stand-in/stand-in.js";
import { expectHidden } from "./canaries.js";
import { behaveWell, lineOf, onOrg } from "./real-org.js";
import { atEnd, filesBelow, folderWith, gcidem, start } from "./run-gcidem.js";
import { httpServer } from "./servers.js";

const CHECK = ["auth", "check"];
const PROD = [...CHECK, "--target", "gc:prod"];
const PASSWORD = 'canary/Pass+word_8d1f?&="\\%x';

const READER: Client = {
  id: "reader",
  secret: PASSWORD,
  permissions: ["conversation:communication:view", "conversation:participant:attributesview"],
};
const AS_READER = { client_credentials: READER.id, client_secret: READER.secret };
const EXCEPT = [".gc/config.toml"];

const READ = `vars: { conversation: { ask: which one } }
steps:
  - { id: read, request: GET /api/v2/conversations/$(conversation) }
  - { id: secure, request: GET /api/v2/conversations/$(conversation)/secureattributes }
`;
const WRITE = `vars: { conversation: { ask: which one } }
steps:
  - id: write
    request: PUT /api/v2/conversations/$(conversation)/secureattributes
    json: { attributes: { a: b }, version: 1 }
  - id: hold
    request: PATCH /api/v2/conversations/calls/$(conversation)/participants/p-1
    json: { held: true }
`;
const files = { "read.yaml": READ, "write.yaml": WRITE };

let standIn: StandIn;

beforeAll(async () => {
  standIn = await startStandIn({ clients: [CLIENT, READER] });
});

afterAll(() => standIn.close());

beforeEach(() => behaveWell(standIn));

/** What differs from run to run is made equal. */
function steady(text: string): string {
  return text
    .replace(/^gcidem \S+/, "gcidem 9.9.9")
    .replaceAll(/\d+ ms/g, "9 ms")
    .replaceAll(/\d{4}-\d\d-\d\d/g, "2026-01-01")
    .replaceAll(/to within \d+\.\d s/g, "to within 0.5 s")
    .replaceAll(/(?<=\()[\da-f]{8}-[\da-f-]{27}/g, "00000000-0000-0000-0000-000000000000");
}

function golden(name: string): URL {
  return new URL(`golden/auth-check/${name}.txt`, import.meta.url);
}

describe("gcidem auth check on an org", () => {
  test("logs in, reads, and changes nothing", async () => {
    const ran = await onOrg(standIn, PROD);
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
    expect(ran.arrived.map(lineOf)).toEqual([
      "login 200",
      "GET /api/v2/tokens/me 200",
      "GET /api/v2/organizations/me 200",
      "GET /api/v2/users/me 400",
      "GET /api/v2/authorization/subjects/me 200",
    ]);
    expectGolden(steady(ran.stdout), golden("all-well"));
    expect(filesBelow(ran.cwd).filter((file) => !file.endsWith(".gc/config.toml"))).toEqual([]);
  });

  test("says what a scenario needs and this login may not, exit 5", async () => {
    const ran = await onOrg(standIn, [...CHECK, "write.yaml", "--target", "gc:prod"], {
      gc: AS_READER,
      files,
    });
    expect(ran.code).toBe(5);
    expectGolden(steady(ran.stdout), golden("missing-permission"));
  });

  test("is content with a reader where the scenario reads", async () => {
    const ran = await onOrg(standIn, [...CHECK, "read.yaml", "--target", "gc:prod"], {
      gc: AS_READER,
      files,
    });
    expect(ran.code, ran.stdout).toBe(0);
    expect(ran.stdout).toMatch(/yes {13}conversation:participant:attributesview/);
    expect(ran.stdout).not.toContain("MISSING");
  });

  test("as JSON has the same, in a file too", async () => {
    const flags = ["--reporter", "json=check.json", "--reporter", "terminal"];
    const ran = await onOrg(standIn, [...PROD, ...flags], { gc: AS_READER });
    const json = JSON.parse(readFileSync(`${ran.cwd}/check.json`, "utf8"));
    expect(json).toMatchObject({
      schema: "gcidem-auth-check/1",
      checked: [
        {
          target: "gc:prod",
          kind: "genesys",
          ok: false,
          token: { lifeMs: 86_400_000 },
          caller: { isClientAlone: true, client: { id: "reader" } },
        },
      ],
    });
    const [{ settings, findings, permissions }] = json.checked;
    expect(settings).toContainEqual({
      name: "credentials",
      shown: "client id and secret: set",
      source: "~/.gc/config.toml [prod]",
    });
    expect(findings.map(({ code }: { readonly code: string }) => code)).toContain("missing-permission");
    expect(permissions).toContainEqual({
      operation: "PATCH /api/v2/users/{userId}",
      anyOf: ["directory:user:edit"],
      state: "missing",
      because: "",
      needsUser: false,
    });
    expect(ran.stdout).toContain("PROBLEM");
  });

  test("names the source that won for each setting", async () => {
    const env = { GENESYSCLOUD_OAUTHCLIENT_ID: READER.id, GENESYSCLOUD_OAUTHCLIENT_SECRET: READER.secret };
    const ran = await onOrg(standIn, PROD, { env });
    expect(ran.stdout).toMatch(/region .*\n? *from ~\/\.gc\/config\.toml \[prod\]/);
    expect(ran.stdout).toMatch(
      /credentials {5}client id and secret: set\s+from environment GENESYSCLOUD_OAUTHCLIENT_ID/,
    );
    expect(ran.stdout).toMatch(/credentials: environment GENESYSCLOUD_OAUTHCLIENT_ID outranks/);
    await expectHidden(ran, { secrets: [PASSWORD, CLIENT.secret], except: EXCEPT });
  });

  test.each([
    [-3_600_000, "1 h ahead of"],
    [3_600_000, "1 h behind"],
  ])("finds a clock that is %d ms off", async (clockSkewMs, words) => {
    standIn.behaviour.clockSkewMs = clockSkewMs;
    const ran = await onOrg(standIn, PROD);
    expect(ran.code).toBe(0);
    expect(ran.stdout.replaceAll(/\s+/g, " ")).toContain(
      `warning this machine's clock is ${words} the clock of`,
    );
  });
});

describe("gcidem auth check where the login fails", () => {
  test("tells a wrong secret, exit 5", async () => {
    const ran = await onOrg(standIn, PROD, { gc: { client_secret: `${PASSWORD}-wrong` } });
    expect(ran.code).toBe(5);
    expect(ran.arrived.map(lineOf)).toEqual(["login 401"]);
    expect(ran.stdout).toContain("refused its secret");
    await expectHidden(ran, { secrets: [PASSWORD], except: EXCEPT });
  });

  test("tells a client that this region does not know, and tries no other by itself", async () => {
    const ran = await onOrg(standIn, PROD, { gc: { client_credentials: "nobody" } });
    expect(ran.code).toBe(5);
    expect(ran.arrived.map(lineOf)).toEqual(["login 400"]);
    expectGolden(steady(ran.stdout), golden("unknown-client"));
  });

  test("with --try-regions finds the region, and the secret goes to none but its own", async () => {
    const ireland = await startStandIn({ domain: "mypurecloud.ie", clients: [] });
    atEnd(() => ireland.close());
    const before = standIn.handled.length;
    const gc = `[prod]\nenvironment="eu-west-1"\nclient_credentials="reader"\nclient_secret=${JSON.stringify(PASSWORD)}\n`;
    const authorities =
      readFileSync(standIn.authorityFile, "utf8") + readFileSync(ireland.authorityFile, "utf8");
    const cwd = folderWith({ ".gc/config.toml": gc, "both.pem": authorities });
    const env = {
      ...standIn.env,
      STAND_IN_NAMES: `${standIn.env.STAND_IN_NAMES},${ireland.env.STAND_IN_NAMES}`,
    };
    const ran = await gcidem([...PROD, "--try-regions", "--cacert", "both.pem"], { cwd, env });
    expect(ran.code).toBe(5);
    expect(ran.stdout.replaceAll(/\s+/g, " ")).toContain(
      "the OAuth client lives in us-west-2 (usw2.pure.cloud): the login host there knows its id set the region to us-west-2",
    );
    const asked = standIn.handled.slice(before);
    expect(asked.map(lineOf)).toEqual(["login 401"]);
    const basic = Buffer.from(asked[0]?.headers.authorization?.split(" ")[1] ?? "", "base64").toString();
    expect(basic).toMatch(/^reader:gcidem-/);
    expect(basic).not.toContain(PASSWORD);
    await expectHidden({ ...ran, cwd }, { secrets: [PASSWORD], except: EXCEPT });
  });

  test("tells a token that ended or is another region's", async () => {
    const gc = { client_credentials: "", client_secret: "", access_token: "canary-token_3f9a/+~.==" };
    const ran = await onOrg(standIn, PROD, { gc });
    expect(ran.code).toBe(5);
    expect(ran.stdout.replaceAll(/\s+/g, " ")).toContain("a token is good in its own region only");
    await expectHidden(ran, { secrets: [gc.access_token], except: EXCEPT });
  });

  test("tells a host that is down, exit 4", async () => {
    const env = { STAND_IN_NAMES: `${standIn.loginHost}=1,${standIn.apiHost}=1` };
    const ran = await onOrg(standIn, PROD, { env });
    expect(ran.code).toBe(4);
    expect(ran.stdout).toMatch(/PROBLEM {2}login\.usw2\.pure\.cloud:443 refused the connection/);
  });
});

describe("gcidem auth check and the way to an org", () => {
  test("finds a TLS interceptor by its authority, sends nothing, and says how it is trusted", async () => {
    const cwd = folderWith({
      ".gc/config.toml": `[prod]\nenvironment="usw2.pure.cloud"\nclient_credentials="reader"\nclient_secret=${JSON.stringify(PASSWORD)}\n`,
    });
    const before = standIn.handled.length;
    const ran = await gcidem(PROD, { cwd, env: standIn.env });
    expect(ran.code).toBe(4);
    expect(standIn.handled.length).toBe(before);
    expectGolden(steady(ran.stdout), golden("interceptor"));
  });

  test("says that an added authority reads along", async () => {
    const cwd = folderWith({
      ".gc/config.toml": `[prod]\nenvironment="usw2.pure.cloud"\nclient_credentials="${CLIENT.id}"\nclient_secret="${CLIENT.secret}"\n`,
    });
    const env = { ...standIn.env, NODE_EXTRA_CA_CERTS: standIn.authorityFile };
    const ran = await gcidem(PROD, { cwd, env });
    expect(ran.code).toBe(0);
    const words = ran.stdout.replaceAll(/\s+/g, " ");
    expect(words).toContain(`authorities ${standIn.authorityFile} from environment NODE_EXTRA_CA_CERTS`);
    expect(words).toContain(
      'was issued by "a test\'s own authority", an authority that was added on this machine',
    );
  });

  test("shows a proxy without its password, and tells one that refuses it, exit 4", async () => {
    const ports = { [standIn.loginHost]: standIn.loginPort, [standIn.apiHost]: standIn.apiPort };
    const proxy = await startConnectProxy(ports, { username: "clerk", password: PASSWORD });
    atEnd(() => proxy.close());
    const through = (password: string) => ({
      env: { HTTPS_PROXY: `http://clerk:${encodeURIComponent(password)}@127.0.0.1:${proxy.port}` },
    });
    const ran = await onOrg(standIn, PROD, through(PASSWORD));
    expect(ran.code).toBe(0);
    expect(ran.stdout.replaceAll(/\s+/g, " ")).toContain(
      `through the proxy 127.0.0.1:${proxy.port} (environment HTTPS_PROXY); certificate by a test's own authority`,
    );
    await expectHidden(ran, { secrets: [PASSWORD], except: EXCEPT });
    const refused = await onOrg(standIn, PROD, through(`${PASSWORD}-wrong`));
    expect(refused.code).toBe(4);
    expect(refused.stdout.replaceAll(/\s+/g, " ")).toContain("answered 407 instead of making a tunnel");
    await expectHidden(refused, { secrets: [PASSWORD], except: EXCEPT });
  });

  test("sends no credentials while certificates are not verified, exit 2", async () => {
    const ran = await onOrg(standIn, PROD, { env: { NODE_TLS_REJECT_UNAUTHORIZED: "0" } });
    expect([ran.code, ran.arrived]).toEqual([2, []]);
    expect(ran.stdout).toContain("PROBLEM  NODE_TLS_REJECT_UNAUTHORIZED=0 is set");
    expect(ran.stdout).toContain("1 problem; nothing was sent");
  });
});

test("secrets are nowhere, though the platform says them back", async () => {
  standIn.behaviour.saysBack = true;
  for (const gc of [AS_READER, { ...AS_READER, client_secret: `${PASSWORD}-wrong` }]) {
    const flags = ["--verbose", "--reporter", "terminal", "--reporter", "json=check.json"];
    const ran = await onOrg(standIn, [...PROD, ...flags], { gc });
    expect(ran.code).toBe(5);
    await expectHidden(ran, { secrets: [PASSWORD, ...standIn.tokens()], except: EXCEPT });
  }
});

describe("gcidem auth check without a target", () => {
  const CONFIG = `profiles:
  shop: { kind: http, baseUrl: "https://127.0.0.1:1" }
  secretive: { kind: http, baseUrl: "https://127.0.0.1:1", credentials: { bearer: { secretFrom: { env: NOT_SET } } } }
`;

  test("lists all that were found with their sources, and sends nothing", async () => {
    const ran = await onOrg(standIn, CHECK, { files: { "gcidem.config.yaml": CONFIG } });
    expect([ran.code, ran.stderr, ran.arrived]).toEqual([0, "", []]);
    expect(ran.stdout).toContain("  mock       the embedded mock\n");
    expect(ran.stdout).toContain("  shop       gcidem.config.yaml:2:3\n");
    expect(ran.stdout).toContain("  gc:prod    ~/.gc/config.toml [prod]\n");
    const json = await onOrg(standIn, [...CHECK, "--reporter", "json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      listed: [
        { name: "mock", source: "the embedded mock" },
        { name: "gc:prod", source: "~/.gc/config.toml [prod]" },
      ],
      checked: [],
    });
  });

  test("checks each where --all asks for it; the worst of them is the exit code", async () => {
    const ran = await onOrg(standIn, [...CHECK, "--all", "--reporter", "json"], {
      files: { "gcidem.config.yaml": CONFIG },
    });
    expect(ran.code, ran.stderr).toBe(2);
    const { checked } = JSON.parse(ran.stdout);
    expect(
      checked.map(({ target, ok }: { readonly target: string; readonly ok: boolean }) => [target, ok]),
    ).toEqual([
      ["shop", false],
      ["secretive", false],
      ["gc:prod", true],
    ]);
  });
});

describe("gcidem auth check refuses", () => {
  test.each([
    [[...CHECK, "--target", "gc:nobody"], 2, 'there is no "gc:nobody"'],
    [[...PROD, "--all"], 2, "--target and --all are given together"],
    [[...CHECK, "--try-regions"], 2, "--try-regions is given without a target"],
    [[...CHECK, "read.yaml"], 2, "a scenario is given without a target"],
    [[...PROD, "--reporter", "junit"], 2, "--reporter junit"],
    [[...CHECK, "no.yaml", "--target", "gc:prod"], 3, "no.yaml"],
  ])("%j: exit %d", async (args, code, words) => {
    const ran = await onOrg(standIn, args, { files });
    expect(ran.stderr).toContain(words);
    expect([ran.code, ran.stdout, ran.arrived]).toEqual([code, "", []]);
  });

  test("a config file that cannot be read, exit 3", async () => {
    const ran = await onOrg(standIn, CHECK, { files: { "gcidem.config.yaml": "profiles: [" } });
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain("gcidem.config.yaml:1:");
  });
});

test("an interrupt ends gcidem auth check with 130, and nothing is printed as if it were whole", async () => {
  const server = await httpServer(() => running.child.kill("SIGINT"));
  const running = start([...CHECK, "--target", server.url]);
  const ran = await running.ended;
  expect([ran.code, ran.stdout]).toEqual([130, ""]);
  expect(ran.stderr).toContain("interrupted");
});
