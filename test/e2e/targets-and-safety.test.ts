import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { filesBelow, folderWith, gcidem, journalOf, replay, reportOf } from "./run-gcidem.js";
import { countingServer, httpServer, jsonApi } from "./servers.js";

/** A host that cannot be reached: whoever tried to would fail with another exit code. */
const REAL = "http://api.example.invalid/base";

const WRITE = `
steps:
  - id: read
    request: GET /things/1
    capture: { etag: header ETag }
  - id: write
    request: PUT /things/1
    ifMatch: $(read.etag)
    headers: { X-Trace: t-$(uuid()) }
    json: { tier: gold }
`;

const READ = "steps:\n  - id: read\n    request: GET /things/1\n    expect: { status: 200 }\n";

describe("--dry-run prints every request and sends none", () => {
  test("on an http target, with later values by their names", async () => {
    const server = await countingServer();
    const ran = await replay(
      WRITE.replace("steps:", "setUp:\n  - request: POST /made\n    form: { a: b c }\nsteps:").concat(
        "  - { id: again, repeat: write, mutate: [{ set: { method: PATCH, ifMatch: null } }] }\n  - wait: 5s\ncleanUp:\n  - request: DELETE /made\n",
      ),
      ["--dry-run", "--target", server.url],
    );
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain("DRY RUN, nothing is sent");
    expect(ran.stdout).toContain(`POST ${server.url}/made`);
    expect(ran.stdout).toContain("a=b+c");
    expect(ran.stdout).toContain(`GET ${server.url}/things/1`);
    expect(ran.stdout).toContain(`PUT ${server.url}/things/1`);
    expect(ran.stdout).toContain("if-match: <read.etag>");
    expect(ran.stdout).toContain('{"tier":"gold"}');
    expect(ran.stdout).toContain(`PATCH ${server.url}/things/1`);
    expect(ran.stdout).toContain("wait 5s");
    expect(ran.stdout).toContain(`DELETE ${server.url}/made`);
    expect(server.connections()).toBe(0);
    expect(filesBelow(ran.cwd)).toEqual([join(ran.cwd, "it.yaml")]);
  });

  test("on the mock, and needs no leave", async () => {
    const mock = await replay(WRITE, ["--dry-run"]);
    expect(mock.code).toBe(0);
    expect(mock.stdout).toContain("the embedded mock");
    const real = await replay(WRITE, ["--dry-run", "--target", REAL]);
    expect(real.code).toBe(0);
    expect(real.stdout).toContain("PUT http://api.example.invalid/base/things/1");
  });

  test("shows what -H adds to each request, credentials replaced", async () => {
    const ran = await replay(READ, [
      "--dry-run",
      "--target",
      REAL,
      "-H",
      "X-Team: crm",
      "-H",
      "Authorization: Bearer s3cr3t-canary",
    ]);
    expect(ran.stdout.toLowerCase()).toContain("x-team: crm");
    expect(ran.stdout.toLowerCase()).toContain("authorization: bearer <");
    expect(ran.stdout + ran.stderr).not.toContain("s3cr3t-canary");
  });
});

describe("a write to a real server", () => {
  test("without leave: the plan is printed, nothing is sent, exit 2", async () => {
    const ran = await replay(WRITE, ["--target", REAL]);
    expect(ran.code).toBe(2);
    expect(ran.stdout).toContain("PUT http://api.example.invalid/base/things/1");
    expect(ran.stdout).toContain("<read.etag>");
    expect(ran.stderr).toContain("--allow-writes");
    expect(ran.stderr).toContain("nothing was sent");
    expect(ran.stderr).toMatch(/it\.yaml:6:\d+/);
    expect(existsSync(join(ran.cwd, ".gcidem"))).toBe(false);
  });

  test("with leave but nobody to ask and no --yes: exit 2, at once", async () => {
    const ran = await replay(WRITE, ["--target", REAL, "--allow-writes"], { input: "y\n" });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("--yes");
    expect(existsSync(join(ran.cwd, ".gcidem"))).toBe(false);
  });

  test("with leave and --yes it is tried", async () => {
    const ran = await replay(WRITE, ["--target", REAL, "--allow-writes", "--yes"]);
    expect(ran.code).toBe(4);
    expect(journalOf(ran.cwd).filter(({ type }) => type === "failed").length).toBeGreaterThan(0);
  });

  test.each([
    ["another method by a header of the scenario", "headers: { X-HTTP-Method-Override: PATCH }", []],
    ["another method by -H", "expect: { status: 200 }", ["-H", "X-HTTP-Method-Override: PATCH"]],
  ])("a GET that asks for %s is a write", async (_what, line, flags) => {
    const ran = await replay(`steps:\n  - request: GET /x\n    ${line}\n`, ["--target", REAL, ...flags]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("--allow-writes");
  });

  test("reads need no leave", async () => {
    const ran = await replay(READ, ["--target", "http://api.example.invalid"]);
    expect(ran.code).toBe(4);
  });

  test("one scenario's write keeps all of them from starting", async () => {
    const server = await countingServer();
    const cwd = folderWith({ "a.yaml": READ, "b.yaml": WRITE });
    const ran = await gcidem(
      ["replay", "a.yaml", "b.yaml", "--target", server.url, "-H", "Authorization: Bearer abcdef"],
      { cwd },
    );
    expect(ran.code).toBe(2);
    expect(server.connections()).toBe(0);
  });
});

describe("plain loopback needs no leave", () => {
  test.each([
    ["127.0.0.1", (port: number) => `http://localhost:${port}`],
    ["127.0.0.1", (port: number) => `http://LOCALHOST:${port}/`],
    ["127.1.2.3", (port: number) => `http://127.1.2.3:${port}`],
    ["::1", (port: number) => `http://[::1]:${port}`],
    ["127.0.0.1", (port: number) => `http://0x7f.1:${port}`],
  ])("%s as %s", async (host, url) => {
    const server = await countingServer(host);
    const ran = await replay(
      WRITE.replace("ifMatch: $(read.etag)", "").replace("capture: { etag: header ETag }", ""),
      ["--target", url(server.port)],
    );
    expect(ran.code).toBe(0);
    expect(server.seen.map(({ method }) => method)).toEqual(["GET", "PUT"]);
  });

  test.each([
    "http://127.0.0.1.example.invalid",
    "http://x.localhost.invalid",
    "http://0.0.0.0:9",
    "http://localhost.:9",
  ])("%s is not", async (target) => {
    const ran = await replay(WRITE, ["--target", target]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("--allow-writes");
  });

  test.each(["Authorization: Bearer abcdef", "Cookie: sid=abcdef", "X-Api-Key: abcdef"])(
    "but with real credentials in play (%s) it does",
    async (header) => {
      const server = await countingServer();
      const without = await replay(WRITE, ["--target", server.url, "-H", header]);
      expect(without.code).toBe(2);
      expect(server.connections()).toBe(0);
      const { code } = await replay(WRITE, ["--target", server.url, "-H", header, "--allow-writes", "--yes"]);
      expect(code).toBe(6);
      expect(server.seen.map(({ method }) => method)).toEqual(["GET"]);
    },
  );
});

describe("--read-only", () => {
  test("sends GET and HEAD, skips the rest, and says so", async () => {
    const server = await jsonApi();
    const ran = await replay(
      WRITE.concat("  - { id: head, request: HEAD /things/1, expect: { status: 200 } }\n"),
      ["--target", server.url, "--read-only", "--reporter", "json"],
    );
    expect(server.seen.map(({ method }) => method)).toEqual(["GET", "HEAD"]);
    const run = reportOf(ran);
    expect(run.skipped).toMatchObject([{ step: "write" }]);
    expect(run.skipped[0]?.reason).toContain("--read-only");
    expect(run.report.summary.writes).toBe(0);
  });

  test("waits for no write that was left out, and waits between reads", async () => {
    const server = await jsonApi();
    const read = "  - request: GET /things/1\n";
    const ran = await replay(
      `steps:\n${read}  - { id: beat, wait: 1ms }\n${read}  - request: PUT /things/1\n  - { id: nap, wait: 50s }\n${read}`,
      ["--target", server.url, "--read-only", "--reporter", "json"],
    );
    expect(reportOf(ran).skipped).toMatchObject([
      { step: "step-4" },
      { step: "nap", reason: "nothing was written that it could wait for" },
    ]);
    expect(server.seen).toHaveLength(3);
  });

  test("does not say that anything passed where all that would have been judged was left out", async () => {
    const server = await jsonApi();
    const ran = await replay(
      "steps:\n  - request: GET /things/1\n  - { request: PUT /things/1, json: {}, expect: { status: 200 } }\n",
      ["--target", server.url, "--read-only"],
    );
    expect(ran.stdout).toContain("ALL 1 request answered, nothing judged");
    expect(ran.stdout).not.toContain("passed");
  });

  test("also where a retry would write by way of reread, and on a real server without leave", async () => {
    const server = await httpServer((_request, response) => response.writeHead(503).end());
    await replay(
      "steps:\n  - { id: write, request: PUT /x, json: {} }\n  - id: read\n    request: GET /x\n    retry: { max: 2, reread: write, backoff: { initial: 1ms } }\n",
      ["--target", server.url, "--read-only"],
    );
    expect(new Set(server.seen.map(({ method }) => method))).toEqual(new Set(["GET"]));
    const real = await replay(WRITE, ["--target", REAL, "--read-only"]);
    expect(real.code).toBe(4);
  });
});

describe("--only", () => {
  test("a write elsewhere is refused before anything is sent", async () => {
    const server = await countingServer();
    const ran = await replay(WRITE, ["--target", server.url, "--only", "/orders", "--only", "/v1"]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("outside --only");
    expect(server.connections()).toBe(0);
  });

  test("reads go anywhere; writes under a prefix pass; a target's own path is no part of it", async () => {
    const server = await countingServer();
    const scenario = "steps:\n  - request: GET /elsewhere\n  - request: POST /orders/1\n    json: {}\n";
    for (const target of [server.url, `${server.url}/base`]) {
      expect((await replay(scenario, ["--target", target, "--only", "/orders"])).code).toBe(0);
    }
    expect(server.seen.map(({ url }) => url)).toEqual([
      "/elsewhere",
      "/orders/1",
      "/base/elsewhere",
      "/base/orders/1",
    ]);
  });

  test("a path that only the run knows is judged at run time, and what went before stays sent", async () => {
    const server = await httpServer((_request, response) => response.end('{"where":"admin"}'));
    const ran = await replay(
      "steps:\n  - id: ask\n    request: GET /where\n    capture: { where: $.where }\n  - id: write\n    request: POST /$(ask.where)/x\n    json: {}\n",
      ["--target", server.url, "--only", "/orders", "--reporter", "json"],
    );
    expect(ran.code).toBe(2);
    expect(server.seen.map(({ url }) => url)).toEqual(["/where"]);
    const refused = reportOf(ran).exchanges[1];
    expect(refused).toMatchObject({
      request: { method: "POST", url: `${server.url}/admin/x` },
      error: { code: "ERR_ONLY", phase: "refused" },
    });
    expect(refused?.timings.endMs).toBeGreaterThanOrEqual(refused?.timings.startMs ?? 0);
  });

  test("a way round by dot segments is refused", async () => {
    const server = await countingServer();
    const ran = await replay("steps:\n  - request: POST /orders/../admin\n    json: {}\n", [
      "--target",
      server.url,
      "--only",
      "/orders",
    ]);
    expect(ran.code).toBe(2);
    expect(server.seen).toEqual([]);
  });

  test("an empty prefix, as an unset shell variable gives it, is an error", async () => {
    expect((await replay(WRITE, ["--only", ""])).code).toBe(2);
  });
});

describe("--allow-destructive is needed besides", () => {
  const participant = "/api/v2/conversations/calls/c1/participants/p1";
  test.each([
    ["DELETE", "request: DELETE /v1/orders/1"],
    ["DELETE by another name", "request: POST /v1/orders/1\n    headers: { X-HTTP-Method-Override: delete }"],
    ["a participant's state", `request: PATCH ${participant}\n    json: { state: disconnected }`],
    ["a participant's hold, as text", `request: PATCH ${participant}\n    text: '{"held": true}'`],
    ["a participant's wrap-up", `request: PATCH ${participant}\n    json: { wrapup: { code: x } }`],
    [
      "a communication's state",
      "request: PATCH /api/v2/conversations/calls/c1/participants/p1/communications/m1\n    json: { muted: true }",
    ],
    ["a transfer", `request: POST ${participant}/replace?x=1\n    json: { userId: u }`],
    ["a consult transfer", `request: POST ${participant}/consult\n    json: {}`],
  ])("for %s", async (_what, lines) => {
    const scenario = `steps:\n  - ${lines}\n`;
    const ran = await replay(scenario, ["--target", REAL, "--allow-writes", "--yes"]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("--allow-destructive");
    expect(existsSync(join(ran.cwd, ".gcidem"))).toBe(false);
    const { code } = await replay(scenario, [
      "--target",
      REAL,
      "--allow-writes",
      "--allow-destructive",
      "--yes",
    ]);
    expect(code).toBe(4);
  });

  test("for members that a repeat's patch brings in", async () => {
    const ran = await replay(
      `steps:\n  - { id: a, request: PATCH ${participant}, json: { wrapupSkipped: false } }\n  - { repeat: a, mutate: [{ patch: [{ op: add, path: /recording, value: true }] }] }\n`,
      ["--target", REAL, "--allow-writes", "--yes"],
    );
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("--allow-destructive");
  });

  test("for a body from a file and a body from a variable, which only the run knows", async () => {
    const server = await countingServer();
    const flags = ["--target", server.url, "-H", "X-Api-Key: abcdef", "--allow-writes", "--yes"];
    const cwd = folderWith({ "body.json": '{"state":"disconnected"}' });
    const file = await replay(
      `steps:\n  - request: PATCH ${participant}\n    bytesFrom: body.json\n`,
      flags,
      { cwd },
    );
    const variable = await replay(
      `vars: { body: { mock: 1, ask: a body } }\nsteps:\n  - request: PATCH ${participant}\n    text: $(body)\n`,
      [...flags, "--var", 'body={"held":true}'],
    );
    for (const ran of [file, variable]) {
      expect(ran.code).toBe(2);
      expect(ran.stdout + ran.stderr).toContain("--allow-destructive");
    }
    expect(server.seen).toEqual([]);
  });

  test("but not for attributes, nor on the mock or plain loopback", async () => {
    const attributes = `steps:\n  - request: PATCH ${participant}/attributes\n    json: { attributes: { state: x } }\n`;
    expect((await replay(attributes, ["--target", REAL, "--allow-writes", "--yes"])).code).toBe(4);
    const server = await countingServer();
    expect((await replay("steps:\n  - request: DELETE /x\n", ["--target", server.url])).code).toBe(0);
    expect(server.seen.length).toBe(1);
  });
});

test("--max-requests stops a run but for its clean-up, exit 4, and the report says why", async () => {
  const server = await countingServer();
  const ran = await replay(
    "steps:\n  - { request: GET /a, times: 5 }\n  - { id: late, request: GET /b }\ncleanUp:\n  - request: GET /c\n",
    ["--target", server.url, "--max-requests", "3"],
  );
  expect(ran.code).toBe(4);
  expect(server.seen.map(({ url }) => url)).toEqual(["/a", "/a", "/a", "/c"]);
  expect(ran.stdout + ran.stderr).toContain("--max-requests");
});

test("a step that only a mock can do is an error on another target, before anything is sent", async () => {
  const server = await countingServer();
  const ran = await replay(
    "world: { principals: { reader: {} } }\nsteps:\n  - request: GET /a\n  - { request: GET /b, fault: drop-response }\n  - { request: GET /c, as: reader }\n",
    ["--target", server.url],
  );
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain("it.yaml:4:");
  expect(ran.stderr).toContain("it.yaml:5:");
  expect(server.connections()).toBe(0);
});

test.each([
  ["ftp://example.invalid"],
  ["example.invalid"],
  ["http://"],
  ["http://user:s3cr3t-canary@example.invalid"],
  ["http://example.invalid/?a=1"],
  ["gc:prod"],
  ["mock+http://10.0.0.1:1"],
  ["mock+https://10.0.0.1:1"],
  ["mock+http://me:s3cr3t-canary@127.0.0.1:1"],
  ["mocc"],
])("--target %s is refused with exit 2", async (target) => {
  const ran = await replay(READ, ["--target", target]);
  expect(ran.code).toBe(2);
  expect(ran.stderr).not.toBe("");
  expect(ran.stderr).not.toContain("s3cr3t-canary");
});
