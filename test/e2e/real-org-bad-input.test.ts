import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CLIENT, type StandIn, startStandIn } from "../stand-in/stand-in.js";
import { behaveWell, lineOf, onOrg } from "./real-org.js";
import { atEnd, folderWith, gcidem, type Ran, replay } from "./run-gcidem.js";
import { httpServer } from "./servers.js";

const CANARY = "s3cr3t-canary";
const ME = "steps:\n  - { id: me, request: GET /api/v2/organizations/me, expect: { status: 200 } }\n";
const files = { "me.yaml": ME };
const ON_PROD = ["replay", "me.yaml", "--target", "gc:prod"];

let standIn: StandIn;

beforeAll(async () => {
  standIn = await startStandIn();
});

afterAll(() => standIn.close());

beforeEach(() => behaveWell(standIn));

/** Runs on the profile `org` of a config file that --config names. */
async function withConfig(
  config: string,
  { env = {}, prepare = () => undefined }: Prepared = {},
): Promise<Ran & { readonly cwd: string }> {
  const cwd = folderWith({ ...files, "own.yaml": config, "token.txt": CANARY });
  prepare(cwd);
  const before = standIn.handled.length;
  const flags = ["--target", "org", "--config", "own.yaml", "--cacert", standIn.authorityFile];
  const ran = await gcidem(["replay", "me.yaml", ...flags], { cwd, env: { ...standIn.env, ...env } });
  expect(standIn.handled.length).toBe(before);
  expect(ran.stdout + ran.stderr).not.toContain(CANARY);
  return { ...ran, cwd };
}

interface Prepared {
  readonly env?: Readonly<Record<string, string>>;
  readonly prepare?: (cwd: string) => unknown;
}

function org(credentials: string): string {
  return `profiles:\n  org:\n    kind: genesys\n    region: us-west-2\n    credentials: ${credentials}\n`;
}

const FROM_ENV = org("{ bearer: { secretFrom: { env: TOKEN } } }");

describe("a token that cannot be one is refused by its source before anything is sent:", () => {
  test.each([
    ["two lines", `${CANARY}\nsecond`, "expected one line"],
    ["a blank", `Bearer ${CANARY}`, "the access token holds a space"],
    ["a letter that no header can carry", `${CANARY}é`, "the access token holds"],
    ["nothing", "", "TOKEN is not set"],
  ])("%s", async (_what, TOKEN, words) => {
    const { code, stderr } = await withConfig(FROM_ENV, { env: { TOKEN } });
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(stderr).toContain("nothing was sent");
    expect(stderr).toContain("own.yaml:5:49");
  });

  test("one that looks like a token and is none is exit 5, with the platform's words", async () => {
    const gc = { client_credentials: "", client_secret: "", access_token: "not-a-token" };
    const { code, stdout, arrived } = await onOrg(standIn, ON_PROD, { gc, files });
    expect(code).toBe(5);
    expect(arrived.map(lineOf)).toEqual(["GET /api/v2/organizations/me 401"]);
    expect(stdout).toContain("The server does not accept the credentials of #1.");
    expect(stdout).toContain("bad.credentials");
  });
});

describe("a config file that is wrong is told with its place, and nothing is sent:", () => {
  test.each([
    [
      "a region that does not exist",
      "profiles:\n  org: { kind: genesys, region: us-wset-2 }\n",
      3,
      "own.yaml:2:33: found the region `us-wset-2`, which is unknown\n    did you mean `us-west-2`?",
    ],
    [
      "an unknown field",
      "profiles:\n  org: { kind: genesys, regoin: us-west-2 }\n",
      3,
      "own.yaml:2:25: found the unknown field `regoin`",
    ],
    [
      "profiles that extend each other",
      "profiles:\n  org: { extends: b }\n  b: { extends: org }\n",
      3,
      "own.yaml:2:19: found `b`, which leads back to where it began: b extends org extends b",
    ],
    [
      "a secret that stands in it",
      org(`{ bearer: ${CANARY} }`),
      3,
      "own.yaml:5:28: found a secret in the file, which is refused",
    ],
    [
      "a file of a secret that others can read",
      org("{ bearer: { secretFrom: { file: token.txt } } }"),
      2,
      "token.txt holds a secret, and its group or others can read it (mode 0644)",
    ],
    [
      "a command that prints two lines",
      org(`{ bearer: { secretFrom: { command: [printf, '${CANARY}\\n${CANARY}\\n'] } } }`),
      2,
      "it has more than one line, expected one line",
    ],
    [
      "a command that does not end",
      org("{ bearer: { secretFrom: { command: [sleep, '60'] } } }"),
      2,
      "printed none within 10 s and was stopped",
    ],
  ])("%s", async (_what, config, code, words) => {
    const ran = await withConfig(config, { prepare: (cwd) => chmodSync(join(cwd, "token.txt"), 0o644) });
    expect([ran.code, ran.stdout]).toEqual([code, ""]);
    expect(ran.stderr).toContain(words);
    expect(ran.stderr).toContain("nothing was sent");
  });

  test("a region in the environment", async () => {
    const { code, stderr, arrived } = await onOrg(standIn, ON_PROD, {
      files,
      env: { GENESYSCLOUD_REGION: "mypurecloud.ed" },
    });
    expect(code).toBe(2);
    expect(stderr).toContain("did you mean `mypurecloud.de`?");
    expect(arrived).toEqual([]);
  });
});

describe("the gc tool's file", () => {
  const lines = (newline: string): string =>
    [
      "[Prod]",
      'Environment = "usw2.pure.cloud"',
      `Client_Credentials = "${CLIENT.id}"`,
      `client_secret = "${CLIENT.secret}"`,
      "",
    ].join(newline);

  test("with Windows line ends and names in other cases works", async () => {
    const ran = await onOrg(standIn, ON_PROD, { files: { ...files, ".gc/config.toml": lines("\r\n") } });
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.arrived.map(lineOf)).toEqual(["login 200", "GET /api/v2/organizations/me 200"]);
  });

  test.each(["gc:", "gc:DEFAULT"])(
    "without a DEFAULT has no %s, and what there is is listed",
    async (target) => {
      const args = ["replay", "me.yaml", "--target", target];
      const ran = await onOrg(standIn, args, { files: { ...files, ".gc/config.toml": lines("\n") } });
      expect([ran.code, ran.arrived]).toEqual([2, []]);
      expect(ran.stderr).toContain(`there is no "${target}"; nothing was sent`);
      expect(ran.stderr).toContain("~/.gc/config.toml [Prod]");
    },
  );
});

describe("redirects are answers, never followed:", () => {
  test("one that leads to itself is one request", async () => {
    const server = await httpServer((request, response) =>
      response.writeHead(302, { location: request.url }).end(),
    );
    const { code, stdout } = await replay(ME, ["--target", server.url]);
    expect(code).toBe(1);
    expect(stdout).toContain("got 302");
    expect(server.seen.length).toBe(1);
  });

  test("two hosts that send to each other: the second one hears nothing", async () => {
    const second = await httpServer((_request, response) => response.end());
    const first = await httpServer((_request, response) =>
      response.writeHead(307, { location: `${second.url}/api/v2/organizations/me` }).end(),
    );
    const { code } = await replay(ME, ["--target", first.url, "-H", `Authorization: Bearer ${CANARY}`]);
    expect(code).toBe(1);
    expect([first.seen.length, second.connections()]).toEqual([1, 0]);
  });

  test("a login that is sent on to itself is no login: exit 5", async () => {
    standIn.behaviour.redirects = { login: "/oauth/token" };
    const { code, arrived, stderr } = await onOrg(standIn, ON_PROD, { files });
    expect(code).toBe(5);
    expect(arrived.map(lineOf)).toEqual(["login 307"]);
    expect(stderr).toContain("307");
  });
});

describe("a scenario from elsewhere, run on an org with credentials,", () => {
  test.each<[string, string, number]>([
    ["reads no environment", "steps: [{ request: GET /$(env.CANARY_OF_MINE) }]", 2],
    ["reads no file above its folder", "steps: [{ request: POST /a, bytesFrom: ../token.txt }]", 3],
    ["reads no file by its whole path", "steps: [{ request: POST /a, bytesFrom: /etc/passwd }]", 3],
    ["takes no policy from elsewhere", "policy: ../token.txt\nsteps: [{ request: GET /a }]", 3],
    ["names no other host", "steps: [{ request: GET https://evil.example/a }]", 3],
    ["nor one without a scheme", "steps: [{ request: GET //evil.example/a }]", 3],
    ["nor by backslashes", 'steps: [{ request: "GET \\\\\\\\evil.example/a" }]', 3],
    ["nor by a user name", "steps: [{ request: GET https://api.usw2.pure.cloud@evil.example/a }]", 3],
    ["sets no Host", "steps: [{ request: GET /a, headers: { Host: evil.example } }]", 2],
    ["carries no credential of its own", `steps: [{ request: GET /a, headers: { Cookie: ${CANARY} } }]`, 3],
    ["has no field for a proxy", "proxy: http://evil.example\nsteps: [{ request: GET /a }]", 3],
  ])("%s", async (_what, scenario, code) => {
    const all = { "below/it.yaml": `${scenario}\n`, "token.txt": CANARY };
    const env = { CANARY_OF_MINE: CANARY };
    const args = ["replay", "below/it.yaml", "--target", "gc:prod", "--allow-writes", "--yes"];
    const ran = await onOrg(standIn, args, { files: all, env });
    expect([ran.code, ran.arrived]).toEqual([code, []]);
    expect(ran.stderr).toContain("below/it.yaml");
    expect(ran.stdout + ran.stderr.replaceAll(/Cookie: .*/g, "")).not.toContain(CANARY);
  });
});

test("an answer that names another host in a header takes no credential there", async () => {
  const other = await startStandIn({ domain: "other.example" });
  atEnd(() => other.close());
  standIn.behaviour.redirects = { api: "https://api.other.example/api/v2/organizations/me" };
  const next = `steps:
  - { id: a, request: GET /api/v2/organizations/me, capture: { next: header Location } }
  - { id: b, request: GET $(a.next) }
`;
  const names = `${standIn.env.STAND_IN_NAMES},${other.env.STAND_IN_NAMES}`;
  const args = ["replay", "next.yaml", "--target", "gc:prod"];
  const ran = await onOrg(standIn, args, { files: { "next.yaml": next }, env: { STAND_IN_NAMES: names } });
  expect(ran.code).not.toBe(0);
  expect(other.handled).toEqual([]);
});
