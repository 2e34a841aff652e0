import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { filesBelow, folderWith, gcidem } from "./run-gcidem.js";
import { httpServer } from "./servers.js";

const READ = "name: Read an order\nsteps: [{ id: read, request: GET /orders/7, expect: { status: 200 } }]\n";
const ON_THE_MOCK =
  "name: A thing\nsteps:\n  - id: put\n    request: PUT /api/v2/mock/things/1\n    json: { tier: gold, customer: ACME-4711 }\n    headers: { X-Customer: ACME-0815 }\n    expect: { status: 2xx }\n";

function readAll(files: readonly string[]): string {
  return files.map((file) => readFileSync(file, "utf8")).join("\n");
}

describe("--target NAME", () => {
  test("takes address, headers and limits of a profile of gcidem.config.yaml in a folder above", async () => {
    const server = await httpServer((_request, response) => response.end("{}"));
    const config = `profiles:\n  shop: { kind: http, baseUrl: "${server.url}/v1", headers: { X-Tenant: demo }, maxRequests: 3 }\n`;
    const cwd = folderWith({ "gcidem.config.yaml": config, "below/read.yaml": READ });
    const ran = await gcidem(["replay", "read.yaml", "--target", "shop"], { cwd: join(cwd, "below") });
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
    expect(server.seen).toMatchObject([{ url: "/v1/orders/7", headers: { "x-tenant": "demo" } }]);
  });

  test("sends a token of the user's own config, and no report and no file holds it", async () => {
    const server = await httpServer((_request, response) => response.end("{}"));
    const config = `profiles:\n  shop:\n    kind: http\n    baseUrl: ${server.url}\n    credentials: { bearer: { secretFrom: { env: SHOP_TOKEN } } }\n`;
    const cwd = folderWith({ ".config/gcidem/config.yaml": config, "read.yaml": READ });
    const env = { SHOP_TOKEN: "canary-token-31" };
    const ran = await gcidem(["replay", "read.yaml", "--target", "shop", "--verbose"], { cwd, env });
    expect(ran.code).toBe(0);
    expect(server.seen[0]?.headers.authorization).toBe("Bearer canary-token-31");
    expect(`${ran.stdout}${ran.stderr}${readAll(filesBelow(cwd))}`).not.toContain("canary-token-31");
  });

  test("of a project's file runs no command and sends nothing of the environment", async () => {
    const server = await httpServer((_request, response) => response.end("{}"));
    const profile = (name: string, secret: string): string =>
      `  ${name}: { kind: http, baseUrl: "${server.url}", credentials: { bearer: { secretFrom: ${secret} } } }\n`;
    const config = `profiles:\n${profile("a", "{ command: [touch, ran] }")}${profile("b", "{ env: SHOP_TOKEN }")}`;
    const cwd = folderWith({ "gcidem.config.yaml": config, "read.yaml": READ });
    for (const target of ["a", "b"]) {
      const ran = await gcidem(["replay", "read.yaml", "--target", target], {
        cwd,
        env: { SHOP_TOKEN: "canary" },
      });
      expect([ran.code, ran.stdout]).toEqual([2, ""]);
      expect(ran.stderr).toContain("nothing was sent");
      expect(ran.stderr).not.toContain("canary");
    }
    expect(existsSync(join(cwd, "ran"))).toBe(false);
    expect(server.connections()).toBe(0);
  });

  test("that is not there: exit 2, and all that are there", async () => {
    const cwd = folderWith({ "gcidem.config.yaml": "profiles: { shop: { kind: http } }", "read.yaml": READ });
    const ran = await gcidem(["replay", "read.yaml", "--target", "shpo"], { cwd });
    expect([ran.code, ran.stdout]).toEqual([2, ""]);
    expect(ran.stderr).toContain("did you mean `shop`?");
    expect(ran.stderr).toContain("shop  gcidem.config.yaml:1:13");
  });
});

test("who has no home has no config of their own, and no file of the working folder stands for it", async () => {
  const cwd = folderWith({
    ".config/gcidem/config.yaml": "profiles: { shop: { kind: http } }",
    ".gc/config.toml": '[prod]\nenvironment="mypurecloud.de"\n',
    "read.yaml": READ,
  });
  for (const HOME of ["", "."]) {
    for (const target of ["shop", "gc:prod"]) {
      const ran = await gcidem(["replay", "read.yaml", "--target", target, "--dry-run"], {
        cwd,
        env: { HOME },
      });
      expect(ran.code).toBe(2);
      expect(ran.stderr).toContain(`there is no "${target}"`);
    }
  }
});

describe("a config file and the mock", () => {
  test("what it wants hidden is hidden there too", async () => {
    const config = "redaction: { headers: [X-Customer], members: [customer] }\n";
    const cwd = folderWith({ "gcidem.config.yaml": config, "thing.yaml": ON_THE_MOCK });
    const ran = await gcidem(["replay", "thing.yaml", "--verbose"], { cwd });
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
    const exchanges =
      ran.stdout + readAll(filesBelow(join(cwd, ".gcidem")).filter((file) => file.endsWith(".ndjson")));
    const sent = exchanges
      .split("\n")
      .filter((line) => line.includes('"request-sent"'))
      .join("\n");
    expect(sent).toContain("<secret:");
    expect(sent).not.toMatch(/ACME-/);
  });

  test("that is bad: exit 3, before anything is sent; --config names another", async () => {
    const cwd = folderWith({
      "gcidem.config.yaml": "redakt: {}\n",
      "good.yaml": "redaction: {}\n",
      "thing.yaml": ON_THE_MOCK,
    });
    const ran = await gcidem(["replay", "thing.yaml"], { cwd });
    expect([ran.code, ran.stdout]).toEqual([3, ""]);
    expect(ran.stderr).toContain("gcidem.config.yaml:1:1: found the unknown field `redakt`");
    expect((await gcidem(["replay", "thing.yaml", "--config", "good.yaml"], { cwd })).code).toBe(0);
  });

  test("an environment variable that the user's own config allows can be read, one of a project's not", async () => {
    const scenario = "steps: [{ request: PUT /api/v2/mock/things/1, json: { a: $(env.TENANT) } }]\n";
    const own = folderWith({ ".config/gcidem/config.yaml": "allowedEnv: [TENANT]\n", "s.yaml": scenario });
    expect((await gcidem(["replay", "s.yaml"], { cwd: own, env: { TENANT: "demo" } })).code).toBe(0);
    const project = folderWith({ "gcidem.config.yaml": "allowedEnv: [TENANT]\n", "s.yaml": scenario });
    const ran = await gcidem(["replay", "s.yaml"], { cwd: project, env: { TENANT: "demo" } });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("allowedEnv is not heeded here");
  });
});

describe("validate", () => {
  test("knows a config file by its name and by what it holds", async () => {
    const cwd = folderWith({ "gcidem.config.yaml": "{}", "other.yaml": "profiles: { a: { kind: http } }" });
    const ran = await gcidem(["validate", "gcidem.config.yaml", "other.yaml"], { cwd });
    expect([ran.code, ran.stdout]).toEqual([
      0,
      "gcidem.config.yaml: ok (config, 0 profiles)\nother.yaml: ok (config, 1 profile)\n",
    ]);
  });

  test("tells all problems of one: exit 3", async () => {
    const cwd = folderWith({
      "gcidem.config.yaml": "profiles:\n  a: { kind: htp }\n  b: { kind: http, extends: c }\n",
    });
    const ran = await gcidem(["validate", "gcidem.config.yaml"], { cwd });
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain("gcidem.config.yaml:2:14: found the text `htp`, expected genesys or http");
    expect(ran.stderr).toContain("gcidem.config.yaml:3:29: found `c`, expected the name of another profile");
  });
});
