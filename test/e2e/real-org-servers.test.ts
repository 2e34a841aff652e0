import { afterEach, describe, expect, test } from "vitest";
import { startApache } from "../servers/apache.js";
import { startConnectProxy } from "../servers/connect-proxy.js";
import { startDraftServer } from "../servers/draft-server.js";
import { startHttp2Server } from "../servers/http2-server.js";
import { hasIpv6Loopback, startIpv6Server } from "../servers/ipv6-server.js";
import { type Fault, startTlsEndpoint } from "../servers/tls-endpoint.js";
import { addUser } from "../stand-in/org.js";
import { startStandIn } from "../stand-in/stand-in.js";
import { lineOf, onOrg } from "./real-org.js";
import { folderWith, gcidem, replay, reportOf } from "./run-gcidem.js";

const opened: { readonly close: () => Promise<void> }[] = [];

afterEach(async () => {
  for (const server of opened.splice(0).reverse()) await server.close();
});

/** Has the test's end close it. */
async function own<Server extends { readonly close: () => Promise<void> }>(
  starting: Promise<Server>,
): Promise<Server> {
  const server = await starting;
  opened.push(server);
  return server;
}

const GET = "steps:\n  - { request: GET /x, expect: { status: 200 } }\n";

describe("certificates", () => {
  test.each<[Fault, RegExp]>([
    ["wrong-host", /another\.example|is for|not for/i],
    ["expired", /expired|ended/i],
    ["self-signed", /self-signed|not trusted/i],
  ])("%s is exit 4 before anything is sent, and the message says what is wrong", async (fault, words) => {
    const endpoint = await own(startTlsEndpoint(fault));
    const target = `https://localhost:${endpoint.port}`;
    const ran = await replay(
      GET,
      ["--target", target, "--cacert", endpoint.authorityFile, "--reporter", "json"],
      {
        // Nothing from outside switches the check off.
        env: { NODE_TLS_REJECT_UNAUTHORIZED: "0" },
      },
    );
    expect(ran.code).toBe(4);
    const error = reportOf(ran).exchanges[0]?.error;
    expect(error?.phase).toBe("connect");
    expect(error?.message).toMatch(words);
    expect(endpoint.seen).toEqual([]);
  });

  test("a good one is taken where its authority is named, and refused where it is not", async () => {
    const endpoint = await own(startTlsEndpoint("none"));
    const target = ["--target", `https://localhost:${endpoint.port}`];
    expect((await replay(GET, target)).code).toBe(4);
    expect((await replay(GET, [...target, "--cacert", endpoint.authorityFile])).code).toBe(0);
    expect(endpoint.seen).toEqual(["GET /x"]);
  });

  test("with credentials in play NODE_TLS_REJECT_UNAUTHORIZED=0 is refused", async () => {
    const standIn = await own(startStandIn());
    const user = addUser(standIn.org, "Ada");
    const args = ["replay", "builtin:real/read-user", "--target", "gc:prod", "--var", `userId=${user.id}`];
    const { code, stderr, arrived } = await onOrg(standIn, args, {
      env: { NODE_TLS_REJECT_UNAUTHORIZED: "0" },
    });
    expect(code).toBe(2);
    expect(stderr).toContain("NODE_TLS_REJECT_UNAUTHORIZED");
    expect(arrived).toEqual([]);
  });
});

describe("a proxy before the platform", () => {
  test.each([
    ["without a password", null],
    ["with a password", { username: "clerk", password: "proxy-Secret_1" }],
  ])(
    "%s carries login and API in tunnels of their own, and sees neither secret nor token",
    async (_what, user) => {
      const standIn = await own(startStandIn());
      const ada = addUser(standIn.org, "Ada");
      const ports = { [standIn.loginHost]: standIn.loginPort, [standIn.apiHost]: standIn.apiPort };
      const proxy = await own(startConnectProxy(ports, user));
      const credentials =
        user === null ? {} : { proxy_username: user.username, proxy_password: user.password };
      const gc = {
        proxy_protocol: "http",
        proxy_host: "127.0.0.1",
        proxy_port: String(proxy.port),
        ...credentials,
      };
      const args = ["replay", "builtin:real/read-user", "--target", "gc:prod", "--var", `userId=${ada.id}`];
      const { code, stdout, stderr, arrived } = await onOrg(standIn, args, { gc });
      expect(code, stdout + stderr).toBe(0);
      expect(arrived.map(lineOf)[0]).toBe("login 200");
      expect(new Set(proxy.asked.filter(({ opened: isOpen }) => isOpen).map(({ host }) => host))).toEqual(
        new Set([`${standIn.loginHost}:443`, `${standIn.apiHost}:443`]),
      );
      expect(JSON.stringify(proxy.headers)).not.toMatch(/"authorization"/i);
    },
  );

  test("that wants a password which nobody gave is exit 4, and the message says so", async () => {
    const standIn = await own(startStandIn());
    const ports = { [standIn.loginHost]: standIn.loginPort };
    const proxy = await own(startConnectProxy(ports, { username: "clerk", password: "p" }));
    const gc = { proxy_protocol: "http", proxy_host: "127.0.0.1", proxy_port: String(proxy.port) };
    const args = ["replay", "builtin:real/read-user", "--target", "gc:prod", "--var", "userId=x"];
    const { code, stderr, arrived } = await onOrg(standIn, args, { gc });
    expect(code).toBe(4);
    expect(stderr).toMatch(/proxy/i);
    expect(stderr).toContain("407");
    expect(arrived).toEqual([]);
  });
});

const CONFIG = (target: string, secret: string): string => `profiles:
  files:
    kind: http
    baseUrl: ${target}
    credentials:
      basic: { username: worker, password: { secretFrom: { env: ${secret} } } }
`;

const FILE = `steps:
  - id: read
    request: GET /thing.json
    capture: { etag: header ETag }
    expect: { status: 200, json: { $.tier: none } }
  - id: write
    request: PUT /thing.json
    ifMatch: $(read.etag)
    json: { tier: silver }
    expect: { status: 204 }
  - id: stale
    repeat: write
    mutate: [{ patch: [{ op: replace, path: /tier, value: gold }] }]
    expect: { status: 412, cause: stale-etag }
  - id: readAgain
    request: GET /thing.json
    capture: { etag: header ETag }
    expect: { json: { $.tier: silver } }
  - id: control
    repeat: stale
    mutate: [{ set: { ifMatch: $(readAgain.etag) } }]
    expect: { status: 204 }
`;

describe("Apache with a password and If-Match, by a profile of the user's own config", () => {
  const args = ["replay", "it.yaml", "--target", "files", "--config", "own.yaml"];

  test("an outdated ETag is refused with 412 and explained", async () => {
    const apache = await own(startApache({ "thing.json": '{"tier":"none"}' }));
    const cwd = folderWith({ "it.yaml": FILE, "own.yaml": CONFIG(apache.url, "APACHE_SECRET") });
    const env = { APACHE_SECRET: apache.password };
    const ran = await gcidem([...args, "--allow-writes", "--yes"], { cwd, env });
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    expect(apache.fileText("thing.json")).toBe('{"tier":"gold"}');
  });

  test("credentials are in play, so that loopback needs leave too", async () => {
    const apache = await own(startApache({ "thing.json": '{"tier":"none"}' }));
    const cwd = folderWith({ "it.yaml": FILE, "own.yaml": CONFIG(apache.url, "APACHE_SECRET") });
    const ran = await gcidem(args, { cwd, env: { APACHE_SECRET: apache.password } });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("--allow-writes");
  });

  test("a wrong password is exit 5", async () => {
    const apache = await own(startApache({ "thing.json": '{"tier":"none"}' }));
    const cwd = folderWith({
      "it.yaml": GET.replace("/x", "/thing.json"),
      "own.yaml": CONFIG(apache.url, "APACHE_SECRET"),
    });
    const ran = await gcidem(args, { cwd, env: { APACHE_SECRET: "wrong" } });
    expect(ran.code).toBe(5);
    expect(ran.stdout).toContain("401");
  });
});

describe("other servers", () => {
  test("one that speaks HTTP/2 too answers", async () => {
    const server = await own(startHttp2Server());
    const ran = await replay(GET, ["--target", server.url, "--cacert", server.authorityFile]);
    expect(ran.code, ran.stdout).toBe(0);
    expect(server.seen.length).toBe(1);
  });

  test("a race on one that speaks HTTP/2 is released over one connection", async () => {
    const server = await own(startHttp2Server());
    const race =
      "steps:\n  - id: all\n    race: { writers: 3, release: together, steps: [{ id: get, request: GET /x }] }\n    expect: { statuses: { get: { 200: 3 } } }\n";
    const ran = await replay(race, ["--target", server.url, "--cacert", server.authorityFile]);
    expect(ran.code, ran.stdout).toBe(0);
    expect(server.seen.filter((line) => line === "2.0 GET /x").length).toBe(3);
  });

  test.runIf(hasIpv6Loopback())("one on ::1 alone is found, by its address and as localhost", async () => {
    const server = await own(startIpv6Server());
    for (const target of [server.url, `http://localhost:${server.port}`]) {
      expect((await replay(GET, ["--target", target])).code).toBe(0);
    }
    expect(server.seen).toEqual(["GET /x", "GET /x"]);
  });

  test("one by the draft holds in all its scenarios, and is left as it was", async () => {
    const server = await own(startDraftServer("/api/v2/mock/things"));
    const names = ["repeated-key", "mutated-body", "mutated-bytes", "lost-answer", "stale-etag"];
    const ran = await gcidem([
      "replay",
      ...names.map((name) => `builtin:draft/${name}`),
      "--target",
      server.url,
    ]);
    expect(ran.code, ran.stdout).toBe(0);
    expect([server.size(), server.created() > names.length]).toEqual([0, true]);
  });
});
