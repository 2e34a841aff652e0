import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderWith, gcidem, journalOf, KEEP_OPEN, type Ran, replay, reportOf, start } from "./run-gcidem.js";
import { countingServer, httpServer, type TestServer } from "./servers.js";

const ORDERS = `
setUp:
  - { id: made, request: POST /orders, json: {}, capture: { id: $.id } }
steps:
  - { id: slow, request: PUT /slow, json: {} }
  - { id: never, request: PUT /never, json: {} }
cleanUp:
  - { id: remove, request: DELETE /orders/$(made.id) }
  - { id: log, request: DELETE /log }
`;

/** Makes orders; `interrupt` is called by requests that then get no answer. */
function orders(hangs: readonly string[], interrupt: () => unknown): Promise<TestServer> {
  return httpServer((request, response) => {
    if (hangs.includes(`${request.method} ${request.url}`)) interrupt();
    else response.writeHead(200, { "content-type": "application/json" }).end('{"id":"o-1"}');
  });
}

function linesOf({ seen }: TestServer): readonly string[] {
  return seen.map(({ method, url }) => `${method} ${url}`);
}

describe("interrupts", () => {
  test("after the first nothing leaves but the clean-up, and nothing is left", async () => {
    let interrupt = (): unknown => undefined;
    const server = await orders(["PUT /slow"], () => interrupt());
    const cwd = folderWith({ "it.yaml": ORDERS });
    const running = start(["replay", "it.yaml", "--target", server.url, "--reporter", "json"], { cwd });
    interrupt = () => running.child.kill("SIGINT");
    const ran = await running.ended;
    expect(ran.code).toBe(130);
    expect(linesOf(server)).toEqual(["POST /orders", "PUT /slow", "DELETE /orders/o-1", "DELETE /log"]);
    expect(reportOf(ran)).toMatchObject({ interrupted: true });
    expect(reportOf(ran)).not.toHaveProperty("notRemoved");
    expect(ran.stderr).toContain("cleaning up");
  });

  test("the second ends the clean-up at once; what it left is in the report, with the command that removes it", async () => {
    let interrupt = (): unknown => undefined;
    const server = await orders(["PUT /slow", "DELETE /orders/o-1"], () => interrupt());
    const cwd = folderWith({ "it.yaml": ORDERS });
    const reporters = ["--reporter", "terminal", "--reporter", "json=report.json"];
    const running = start(["replay", "it.yaml", "--target", server.url, ...reporters], { cwd });
    interrupt = () => running.child.kill("SIGINT");
    const ran = await running.ended;
    expect(ran.code).toBe(130);
    expect(linesOf(server)).toEqual(["POST /orders", "PUT /slow", "DELETE /orders/o-1"]);
    expect(ran.stdout).toContain("2 things may be left");
    expect(ran.stdout).toContain(`curl -i -X DELETE ${server.url}/orders/o-1`);
    expect(ran.stdout).toContain(`curl -i -X DELETE ${server.url}/log`);
    const report = JSON.parse(readFileSync(join(cwd, "report.json"), "utf8"));
    expect(report.runs[0].notRemoved.map(({ step }: { step: string }) => step)).toEqual(["remove", "log"]);
    expect(journalOf(cwd).filter(({ type }) => type === "not-removed").length).toBe(2);
    expect(journalOf(cwd).at(-1)).toMatchObject({ type: "run-ended", interrupted: true });
    const again = await gcidem(["report", "last", "--format", "terminal"], { cwd });
    expect(again.stdout).toContain(`curl -i -X DELETE ${server.url}/orders/o-1`);
  });
});

describe("a profile of kind genesys", () => {
  const CONFIG = (url: string): string =>
    `profiles:\n  local:\n    kind: genesys\n    gateway: { api: "${url}", login: "${url}" }\n    credentials: { bearer: { secretFrom: { env: TOKEN } } }\n`;

  test("needs leave at loopback, too", async () => {
    const server = await countingServer();
    const cwd = folderWith({ "mine.yaml": CONFIG(server.url) });
    const flags = ["--target", "local", "--config", "mine.yaml"];
    const ran = await replay("steps:\n  - { request: PUT /a, json: {} }\n", flags, {
      cwd,
      env: { TOKEN: "s3cr3t-canary" },
    });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("local is an org of the platform, whatever its address");
    expect(server.connections()).toBe(0);
  });
});

test("a host of a compose network is not loopback, and the error says so", async () => {
  const ran = await replay("steps:\n  - { request: PUT /a, json: {} }\n", ["--target", "http://api:8080"]);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain("api is not plain loopback: a name such as that of a compose network");
});

/** util-linux's script runs a command on a terminal of its own. */
const hasTerminal = spawnSync("script", ["--version"]).status === 0;

describe.skipIf(!hasTerminal)("at a terminal", () => {
  function atTerminal(args: readonly string[], cwd: string, keys: string): Promise<Ran> {
    const shell = `printf -v line '%q ' "$@"; exec script -qec "stty cols 200; exec $line" /dev/null`;
    const { child, ended } = start(args, { cwd, input: KEEP_OPEN, env: { TERM: "xterm" }, shell });
    child.stdout?.on("data", (text: string) => {
      if (text.includes("[y/N]")) child.stdin?.write(keys);
    });
    return ended;
  }

  const SCENARIO = "steps:\n  - request: GET /things/1\n  - { request: PUT /things/1, json: {} }\n";

  async function asked(keys: string): Promise<Ran & { readonly sent: readonly string[] }> {
    const server = await httpServer((_request, response) => response.setHeader("etag", '"7"').end("{}"));
    const cwd = folderWith({ "it.yaml": SCENARIO });
    const flags = ["--target", server.url, "-H", "X-Api-Key: abcdef", "--allow-writes"];
    const ran = await atTerminal(["replay", "it.yaml", ...flags], cwd, keys);
    return { ...ran, sent: linesOf(server) };
  }

  test("what is there is read and named before the question; a no leaves it at that", async () => {
    const ran = await asked("n\r");
    expect(ran.sent).toEqual(["GET /things/1"]);
    expect(ran.code).toBe(2);
    const question = ran.stdout.indexOf("1 write will be sent");
    const told = ran.stdout.slice(0, question).replaceAll("\r", "");
    expect(told).toContain('GET /things/1: there, ETag "7"\n  1 write to 1 address\n');
    expect(ran.stdout).toContain("only reads were sent");
  });

  test("after a yes the scenario runs as a whole", async () => {
    const ran = await asked("y\r");
    expect(ran.code).toBe(0);
    expect(ran.sent).toEqual(["GET /things/1", "GET /things/1", "PUT /things/1"]);
  });

  test("vars that are missing are listed at once, and nothing is asked", async () => {
    const cwd = folderWith({
      "it.yaml": "vars: { a: { ask: an order }, b: { ask: a user } }\nsteps: [{ request: GET /$(a)/$(b) }]\n",
    });
    const ran = await atTerminal(["replay", "it.yaml", "--target", "http://127.0.0.1:9"], cwd, "");
    expect(ran.code).toBe(2);
    expect(ran.stdout).toContain("--var a=... is missing: an order");
    expect(ran.stdout).toContain("--var b=... is missing: a user");
  });
});
