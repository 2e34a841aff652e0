import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { GcidemError } from "../../src/core/errors.js";
import { loadScenarioFile } from "../../src/session/load-files.js";
import { replayScenarios } from "../../src/session/replay.js";
import { readyScenario } from "../../src/session/run-scenario.js";
import type { SessionOptions } from "../../src/session/session.js";
import { optionsFor, profiled } from "./leave-options.js";

const CANARY = "s3cr3t-canary";

let server: Server;
let url: string;
let folder: string;
let seen: string[];
let location: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gcidem-hostile-"));
  mkdirSync(join(folder, "in/below"), { recursive: true });
  writeFileSync(join(folder, "secret.txt"), CANARY);
  writeFileSync(join(folder, "secret.yaml"), `extends: rfc9110\ndescription: ${CANARY}\n`);
  symlinkSync(join(folder, "secret.txt"), join(folder, "in/link.bin"));
  symlinkSync(folder, join(folder, "in/up"));
  server = createServer((request, response) => {
    request.resume().on("end", () => {
      seen.push(`${request.method} ${request.headers.host} ${request.url}`);
      response.writeHead(location === "" ? 200 : 307, location === "" ? {} : { location });
      response.end('{"v":"..","line":"a\\r\\nX-Evil: b","half":"\\ud800"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => {
  seen = [];
  location = "";
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What came of a scenario at a server that needs leave, which it has: an error before anything was sent, or exchanges. */
async function attack(text: string, more: Partial<SessionOptions> = {}): Promise<string> {
  writeFileSync(join(folder, "in/it.yaml"), text);
  const safety = { allowWrites: true, allowDestructive: true };
  const env = { HOME: CANARY, MY_SECRET: CANARY };
  const target = profiled(url, { kind: "genesys" });
  const options = optionsFor(target, safety, { runsFolder: join(folder, "runs"), env, ...more });
  try {
    const ready = readyScenario(loadScenarioFile(join(folder, "in/it.yaml"), "it.yaml"));
    const { report, close } = await replayScenarios([ready], options);
    const last = [...(report.runs[0]?.exchanges ?? [])].at(-1);
    close();
    return last?.error === null || last === undefined ? "sent" : `${last.error.phase} ${last.error.code}`;
  } catch (error) {
    if (!(error instanceof GcidemError)) throw error;
    return [error.message, ...error.problems.map(({ message }) => message)].join("\n");
  }
}

describe("the environment is out of reach, wherever a scenario names it", () => {
  test.each([
    ["a path", "steps: [{ request: GET /$(env.HOME) }]"],
    ["a query", 'steps: [{ request: "GET /a?b=$(env.HOME)" }]'],
    ["a header", "steps: [{ request: GET /a, headers: { X-A: $(env.HOME) } }]"],
    ["headers of all steps", "defaults: { headers: { X-A: $(env.HOME) } }\nsteps: [{ request: GET /a }]"],
    ["a key", "steps: [{ request: POST /a, idempotencyKey: $(env.HOME), json: {} }]"],
    ["a validator", "steps: [{ request: PUT /a, ifMatch: $(env.HOME), json: {} }]"],
    ["a value of JSON", "steps: [{ request: POST /a, json: { a: [{ b: $(env.HOME) }] } }]"],
    ["a name in JSON", 'steps: [{ request: POST /a, json: { "$(env.HOME)": 1 } }]'],
    ["text", "steps: [{ request: POST /a, text: $(env.HOME) }]"],
    ["a form", "steps: [{ request: POST /a, form: { a: $(env.HOME) } }]"],
    ["a hash of it", "steps: [{ request: GET /$(sha256(env.HOME)) }]"],
    ["a var", "vars: { a: $(env.HOME) }\nsteps: [{ request: GET /$(a) }]"],
    ["the world", "world: { things: [{ id: $(env.HOME) }] }\nsteps: [{ request: GET /a }]"],
    [
      "a var of a race",
      "steps: [{ race: { writers: 2, vars: { a: $(env.HOME) }, steps: [{ request: GET /$(a) }] } }]",
    ],
    [
      "a patch",
      "steps: [{ id: a, request: POST /a, json: {} }, { repeat: a, mutate: [{ patch: [{ op: add, path: /x, value: $(env.HOME) }] }] }]",
    ],
    [
      "a changed header",
      "steps: [{ id: a, request: GET /a }, { repeat: a, mutate: [{ set: { header: { X-A: $(env.HOME) } } }] }]",
    ],
    ["an expectation", "steps: [{ request: GET /a, expect: { json: { $.v: $(env.HOME) } } }]"],
    ["the set-up", "setUp: [{ request: GET /$(env.HOME) }]\nsteps: [{ request: GET /a }]"],
    ["the clean-up", "steps: [{ request: GET /a }]\ncleanUp: [{ request: GET /$(env.HOME) }]"],
    [
      "the count of effects",
      "effects: { request: GET /$(env.HOME), count: $.v }\nsteps: [{ request: GET /a }]",
    ],
  ])("%s", async (_what, text) => {
    const said = await attack(text);
    expect(said).toMatch(/HOME/);
    expect(said).not.toContain(CANARY);
    expect(seen).toEqual([]);
  });

  test("a name by a template is no name, and a text that looks like one is a text", async () => {
    expect(await attack("vars: { n: HOME }\nsteps: [{ request: GET /$(env.$(n)) }]")).not.toBe("sent");
    expect(seen).toEqual([]);
    await attack("vars: { a: $$(env.HOME) }\nsteps: [{ request: POST /a, text: $(a) }]");
    expect(seen.length).toBe(1);
  });

  test("what --var gives is not read as a template", async () => {
    await attack("vars: { a: x }\nsteps: [{ request: GET /$(a) }]", {
      given: new Map([["a", "$(env.HOME)"]]),
    });
    expect(seen[0]).toContain("/%24(env.HOME)");
  });
});

describe("files outside of the scenario's folder are out of reach", () => {
  test.each([
    ["up", "../secret.txt"],
    ["up from below", "below/../../secret.txt"],
    ["absolute", "/etc/hostname"],
    ["home", "~/secret.txt"],
    ["a link", "link.bin"],
    ["a linked folder", "up/secret.txt"],
    ["a template", "$(env.HOME)"],
    ["with backslashes", "..\\\\secret.txt"],
  ])("bytesFrom: %s", async (_what, path) => {
    const said = await attack(`steps: [{ request: POST /a, bytesFrom: "${path}" }]`);
    expect(said).toContain("it.yaml");
    expect(said).not.toContain(CANARY);
    expect(seen).toEqual([]);
  });

  test.each(["../secret.yaml", "up/secret.yaml"])("policy: %s", async (path) => {
    const said = await attack(`policy: ${path}\nsteps: [{ request: GET /a }]`);
    expect(said).toContain("it.yaml");
    expect(said).not.toContain(CANARY);
    expect(seen).toEqual([]);
  });
});

describe("another host is out of reach", () => {
  test.each([
    "http://127.0.0.1:9/x",
    "HTTPS://evil.example/x",
    "//evil.example/x",
    "///evil.example/x",
    "/\\\\evil.example/x",
    "\\\\\\\\evil.example/x",
    "@evil.example/x",
    "user@evil.example/x",
    "javascript:x",
    "file:///etc/hostname",
    "/__gcidem/reset",
  ])("by the path %s", async (path) => {
    expect(await attack(`steps: [{ request: "GET ${path}" }]`)).toContain("it.yaml");
    expect(seen).toEqual([]);
  });

  test.each([
    "Host",
    "host",
    "Content-Length",
    "Transfer-Encoding",
    "Connection",
    "Upgrade",
    "Proxy-Connection",
  ])("by the header %s, which may name it or hide a second request", async (name) => {
    const said = await attack(
      `steps: [{ id: a, request: POST /a, json: {}, headers: { ${name}: evil.example } }]`,
    );
    expect(said).toContain(`step a: sets ${name}`);
    const changed = `steps: [{ id: a, request: GET /a }, { repeat: a, mutate: [{ set: { header: { ${name}: x } } }] }]`;
    expect(await attack(changed)).toContain(`sets ${name}`);
    expect(seen).toEqual([]);
  });

  test("by a captured value in a path, a query or a header", async () => {
    const start =
      "steps:\n  - { id: ask, request: GET /ask, capture: { v: $.v, line: $.line, half: $.half } }\n";
    expect(await attack(`${start}  - request: GET /a/$(ask.v)/b\n`)).toBe("refused ERR_DOT_SEGMENT");
    expect(await attack(`${start}  - { request: GET /a, headers: { X-A: $(ask.line) } }\n`)).toBe(
      "refused ERR_HEADER_VALUE",
    );
    expect(await attack(`${start}  - request: GET /$(ask.half)\n`)).toBe("refused ERR_HALF_CHARACTER");
    expect(seen.map((line) => line.split(" ").at(-1))).toEqual(["/ask", "/ask", "/ask"]);
  });

  test.each(["http://127.0.0.1:9/x", "//evil.example/x", "/elsewhere"])("by a redirect to %s", async (to) => {
    location = to;
    expect(await attack("steps: [{ request: GET /a }]")).toBe("sent");
    expect(seen.length).toBe(1);
  });
});

test("a scenario has no field for a certificate's verification, a proxy or a target", async () => {
  for (const field of [
    "insecure",
    "rejectUnauthorized",
    "tls",
    "proxy",
    "target",
    "baseUrl",
    "allowWrites",
  ]) {
    expect(await attack(`${field}: false\nsteps: [{ request: GET /a }]`), field).toContain("unknown field");
    expect(await attack(`steps: [{ request: GET /a, ${field}: false }]`), field).toContain("unknown field");
  }
  expect(seen).toEqual([]);
});
