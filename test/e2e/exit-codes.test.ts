import { spawnSync } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { folderWith, gcidem, journalOf, replay, reportOf, start, workFolder } from "./run-gcidem.js";
import { closedUrl, countingServer, httpServer, jsonApi } from "./servers.js";

function get(expectation = ""): string {
  return `steps:\n  - id: a\n    request: GET /things/1\n${expectation === "" ? "" : `    expect: ${expectation}\n`}`;
}

describe("0: ran, and every expectation held", () => {
  test("with expectations", async () => {
    const { url } = await jsonApi();
    expect((await replay(get("{ status: 200 }"), ["--target", url])).code).toBe(0);
  });

  test("without any, and says that nothing was judged", async () => {
    const { url } = await jsonApi();
    const ran = await replay(get(), ["--target", url]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain("nothing was judged");
  });
});

describe("1: an expectation was violated", () => {
  test("says what was expected where, what came, and how to send it again", async () => {
    const { url } = await jsonApi();
    const ran = await replay(get("{ status: 409, json: { $.tier: gold } }"), ["--target", url]);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toMatch(/expected status 409 \(it\.yaml:4:23\), got 200/);
    expect(ran.stdout).toMatch(/expected json \$\.tier "gold" \(it\.yaml:4:44\), got "none"/);
    expect(ran.stdout).toContain('{"tier":"none","version":1}');
    expect(ran.stdout).toContain(`curl -i ${url}/things/1`);
    expect(ran.stdout).toContain("FAIL");
  });

  test.each([
    ["{ status: 4xx }"],
    ["{ status: [201, 202] }"],
    ["{ not: 200 }"],
    ["{ status: { not: 2xx } }"],
    ["{ headers: { ETag: absent } }"],
    ["{ headers: { X-Nothing: present } }"],
    ["{ headers: { Content-Type: text/html } }"],
    ["{ headers: { Content-Type: /^text/ } }"],
    ["{ json: { $.version: 2 } }"],
    ["{ json: { $.version: absent } }"],
    ["{ json: { $.nothing: present } }"],
    ["{ json: { $: { version: 1 } } }"],
    ["{ attempts: [503, 200] }"],
    ["{ statuses: { 200: 2 } }"],
    ['{ statuses: { 200: ">1" } }'],
    ["{ error: any }"],
    ["{ error: ECONNRESET }"],
  ])("expect: %s", async (expectation) => {
    const { url } = await jsonApi();
    const ran = await replay(get(expectation), ["--target", url, "--reporter", "json"]);
    expect(ran.code).toBe(1);
    expect(reportOf(ran).verdict).toBe("fail");
  });
});

describe("4: an exchange without a response that nothing covers", () => {
  test.each([
    ["with an expectation", "{ status: 200 }"],
    ["without", ""],
  ])("a closed port, %s", async (_what, expectation) => {
    const ran = await replay(get(expectation), ["--target", await closedUrl()]);
    expect(ran.code).toBe(4);
    expect(ran.stdout).toContain("ECONNREFUSED");
    expect(ran.stdout.replace(/\s+/g, " ")).toContain("refused the connection: nothing listens there");
  });

  test("also where only the count of effects was not answered", async () => {
    const { url } = await httpServer((request, response) => {
      if (request.url === "/count") response.destroy();
      else response.writeHead(200, { "content-type": "application/json" }).end('{"id":"made-1"}');
    });
    const text = `effects: { request: GET /count, count: $.n }\nsteps:\n  - id: a\n    request: POST /things\n    json: {}\n    expect: { executed: true }\n`;
    expect((await replay(text, ["--target", url])).code).toBe(4);
  });

  test("a name that does not resolve", async () => {
    const ran = await replay(get(), ["--target", "http://nowhere.example.invalid"]);
    expect(ran.code).toBe(4);
    expect(ran.stdout).toContain("ENOTFOUND");
  });

  test("expect.error covers it, by any, code and phase", async () => {
    const url = await closedUrl();
    for (const error of ["any", "ECONNREFUSED", "connect"]) {
      expect((await replay(get(`{ error: ${error} }`), ["--target", url])).code).toBe(0);
    }
    expect((await replay(get("{ error: timeout }"), ["--target", url])).code).toBe(1);
  });

  test("a later attempt of the same step covers it", async () => {
    const server = await httpServer((_request, response, nth) => {
      if (nth === 0) response.destroy();
      else response.end("{}");
    });
    const retry =
      "steps:\n  - request: GET /\n    retry: { max: 2, backoff: { initial: 1ms } }\n    expect: { status: 200 }\n";
    expect((await replay(retry, ["--target", server.url])).code).toBe(0);
    expect(server.seen.length).toBe(2);
  });
});

describe("5: a 401 or 403 on a step's last attempt that it does not expect", () => {
  const refusing = (status: number) =>
    httpServer((_request, response, nth) => response.writeHead(nth < 1 ? status : 200).end("{}"));

  test.each([401, 403])("%i", async (status) => {
    const { url } = await refusing(status);
    expect((await replay(get(), ["--target", url])).code).toBe(5);
  });

  test("an expected one is none", async () => {
    const { url } = await refusing(401);
    expect((await replay(get("{ status: 401 }"), ["--target", url])).code).toBe(0);
  });

  test("nor is one that a later attempt makes good", async () => {
    const { url } = await refusing(401);
    const retry = "steps:\n  - request: GET /\n    retry: { on: [401], max: 1, backoff: { initial: 1ms } }\n";
    expect((await replay(retry, ["--target", url])).code).toBe(0);
  });

  test("on the mock, with credentials that it must refuse", async () => {
    for (const auth of ["none", "invalid", "expired"]) {
      const ran = await replay(`steps:\n  - request: GET /api/v2/users/me\n    auth: ${auth}\n`);
      expect(ran.code).toBe(5);
    }
  });
});

describe("6: no verdict", () => {
  test("a capture that finds nothing: the steps that need it are skipped", async () => {
    const server = await jsonApi();
    const ran = await replay(
      "steps:\n  - id: a\n    request: GET /things/1\n    capture: { x: header X-Nothing, y: $.nothing }\n  - { id: b, request: GET /things/$(a.x), expect: { status: 200 } }\n",
      ["--target", server.url],
    );
    expect(ran.code).toBe(6);
    expect(ran.stdout).toContain("INCONCLUSIVE");
    expect(ran.stdout).toContain("$(a.x)");
    expect(ran.stderr).toContain("X-Nothing");
    expect(ran.stderr).toContain("$.nothing");
    expect(server.seen.length).toBe(1);
  });

  test("a stated cause that is only one of several", async () => {
    const { url } = await httpServer((_request, response) => {
      response.writeHead(409, { "Content-Type": "application/json" }).end("{}");
    });
    const lone = `steps:\n- id: lone\n  request: PUT /thing\n  ifMatch: '"1"'\n  json: {}\n  expect: { status: 409, cause: stale-etag }\n`;
    expect((await replay(lone, ["--target", url, "--allow-writes"])).code).toBe(6);
  });

  test("--require-expectations where a scenario expects nothing", async () => {
    const { url } = await jsonApi();
    expect((await replay(get(), ["--target", url, "--require-expectations"])).code).toBe(6);
    expect((await replay(get("{ status: 200 }"), ["--target", url, "--require-expectations"])).code).toBe(0);
  });
});

test("70: a bug in gcidem says so and is no stack trace", async () => {
  const home = fileURLToPath(new URL("../..", import.meta.url));
  const copy = workFolder();
  for (const name of ["bin", "dist", "package.json"])
    cpSync(join(home, name), join(copy, name), { recursive: true });
  const ran = spawnSync(process.execPath, [join(copy, "bin/gcidem.js"), "init", "--list"], {
    encoding: "utf8",
    timeout: 20_000,
  });
  expect(ran.status).toBe(70);
  expect(ran.stderr).toContain("this is a bug in gcidem");
  expect(ran.stderr).not.toContain("    at ");
});

describe("130: interrupted", () => {
  const slow =
    "steps:\n  - id: first\n    request: GET /first\n  - id: slow\n    request: GET /slow\n  - id: never\n    request: GET /never\ncleanUp:\n  - request: GET /clean\n";

  test.each(["SIGINT", "SIGTERM"] as const)(
    "%s in a slow request: clean-up runs, reports are written, nothing else is sent",
    async (signal) => {
      let interrupt = (): unknown => undefined;
      const server = await httpServer((request, response) => {
        if (request.url === "/slow") interrupt();
        else response.end("{}");
      });
      const cwd = folderWith({ "it.yaml": slow });
      const flags = ["--target", server.url, "--reporter", "terminal", "--reporter", "json=report.json"];
      const running = start(["replay", "it.yaml", "it.yaml", ...flags], { cwd });
      interrupt = () => running.child.kill(signal);
      const ran = await running.ended;
      expect(ran.code).toBe(130);
      expect(server.seen.map(({ url }) => url)).toEqual(["/first", "/slow", "/clean"]);
      expect(ran.stderr).toContain("interrupted");
      expect(ran.stdout).toContain("INTERRUPTED");
      const records = journalOf(cwd);
      expect(records.at(-1)).toMatchObject({ type: "run-ended", interrupted: true });
      expect(records).toContainEqual(expect.objectContaining({ type: "step-skipped", step: "never" }));
      const report = JSON.parse(readFileSync(join(cwd, "report.json"), "utf8"));
      expect(report.runs[0]).toMatchObject({ interrupted: true });
      expect(report.runs[0].exchanges[1].error.phase).toBe("aborted");
    },
  );

  test("while a command is asked for a secret, which ends with it: not the command's fault", async () => {
    const command = "process.kill(process.ppid, 'SIGINT'); setTimeout(() => process.exit(1), 200)";
    const secret = JSON.stringify({ secretFrom: { command: [process.execPath, "-e", command] } });
    const profile = `profiles: { api: { kind: http, baseUrl: 'http://127.0.0.1:1', credentials: { bearer: ${secret} } } }`;
    const cwd = folderWith({ "it.yaml": slow, "my.yaml": profile });
    const ran = await gcidem(["replay", "it.yaml", "--target", "api", "--config", "my.yaml"], { cwd });
    expect(ran).toMatchObject({ code: 130, stdout: "" });
    expect(ran.stderr).toContain("interrupted; nothing was sent");
    expect(ran.stderr).not.toContain("exit code");
  });

  test("a second time ends it at once, also in a clean-up that hangs; the journal is readable", async () => {
    let interrupt = (): unknown => undefined;
    const server = await httpServer((request, response) => {
      if (request.url === "/first") response.end("{}");
      else interrupt();
    });
    const cwd = folderWith({ "it.yaml": slow });
    const running = start(["replay", "it.yaml", "--target", server.url], { cwd });
    interrupt = () => running.child.kill("SIGINT");
    const ran = await running.ended;
    expect(ran.code).toBe(130);
    expect(server.seen.map(({ url }) => url)).toEqual(["/first", "/slow", "/clean"]);
    expect(journalOf(cwd).filter(({ type }) => type === "request-sent").length).toBe(3);
  });

  test("while it waits for a server: nothing is sent", async () => {
    let interrupt = (): unknown => undefined;
    const server = await countingServer();
    const health = await httpServer((_request, response) => {
      response.destroy();
      interrupt();
    });
    const cwd = folderWith({ "it.yaml": get() });
    const running = start(["replay", "it.yaml", "--target", server.url, "--wait-for", health.url], { cwd });
    interrupt = () => running.child.kill("SIGINT");
    expect((await running.ended).code).toBe(130);
    expect(server.connections()).toBe(0);
  });

  test("in a wait off the mock", async () => {
    let interrupt = (): unknown => undefined;
    const server = await httpServer((_request, response) => response.end("{}", () => interrupt()));
    const cwd = folderWith({ "it.yaml": "steps:\n  - request: GET /\n  - wait: 50s\n  - request: GET /\n" });
    const running = start(["replay", "it.yaml", "--target", server.url], { cwd });
    interrupt = () => running.child.kill("SIGINT");
    expect((await running.ended).code).toBe(130);
    expect(server.seen.length).toBe(1);
  });
});

describe("several at once: 70, 130, 2, 3, 5, 1, 4, 6 in that order", () => {
  const flaky = () =>
    httpServer((request, response) => {
      if (request.url === "/drop") response.destroy();
      else response.writeHead(Number(request.url.slice(1))).end('{"up":".."}');
    });
  const violated = "  - request: GET /200\n    expect: { status: 201 }\n";
  const unanswered = "  - request: GET /drop\n";
  const unauthorised = "  - request: GET /403\n";
  // A refusal without a word: the stale token is only one of several reasons.
  const undecided =
    "  - request: PUT /409\n    headers: { If-Match: '\"1\"' }\n    json: {}\n    expect: { cause: stale-etag }\n";
  const refused =
    "  - id: up\n    request: GET /200\n    capture: { dots: $.up }\n  - request: GET /a/$(up.dots)/x\n";

  test.each([
    ["unauthorised before violated", unauthorised + violated + unanswered + undecided, 5],
    ["violated before unanswered", unanswered + violated + undecided, 1],
    ["unanswered before undecided", undecided + unanswered, 4],
  ])("%s", async (_what, steps, code) => {
    const { url } = await flaky();
    expect((await replay(`steps:\n${steps}`, ["--target", url])).code).toBe(code);
  });

  test("a refused request before all of these, also over several files", async () => {
    const { url } = await flaky();
    const cwd = folderWith({
      "a.yaml": `steps:\n${unauthorised}${violated}`,
      "b.yaml": `steps:\n${refused}`,
    });
    expect((await gcidem(["replay", "a.yaml", "b.yaml", "--target", url], { cwd })).code).toBe(2);
  });

  test("an invalid file comes before anything is sent, a wrong flag before that", async () => {
    const server = await countingServer();
    const cwd = folderWith({ "a.yaml": get(), "b.yaml": "steps: 1\n" });
    expect((await gcidem(["replay", "a.yaml", "b.yaml", "--target", server.url], { cwd })).code).toBe(3);
    expect((await gcidem(["replay", "a.yaml", "b.yaml", "--target", "nowhere"], { cwd })).code).toBe(2);
    expect(server.connections()).toBe(0);
  });

  test("--bail stops after the first scenario that does not pass", async () => {
    const server = await jsonApi();
    const cwd = folderWith({
      "a.yaml": get("{ status: 200 }"),
      "b.yaml": get("{ status: 409 }"),
      "c.yaml": get(),
    });
    const ran = await gcidem(["replay", ".", "--bail", "--target", server.url], { cwd });
    expect(ran.code).toBe(1);
    expect(server.seen.length).toBe(2);
  });
});
