import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderWith, gcidem, start } from "./run-gcidem.js";
import { countingServer, httpServer } from "./servers.js";

const STALE = `
name: Stale
policy: { extends: rfc9110, errors: opaque }
world: { things: [{ id: "1", tier: none }] }
steps:
  - id: read
    request: GET /api/v2/mock/things/1
    capture: { etag: header ETag }
  - id: rival
    request: PUT /api/v2/mock/things/1
    ifMatch: $(read.etag)
    json: { tier: gold }
  - id: late
    request: PUT /api/v2/mock/things/1
    ifMatch: $(read.etag)
    json: { tier: silver }
    expect: { cause: { id: stale-etag, certainty: certain } }
`;

const CHANGED = `
name: Changed
vars: { key: $(uuid()), c: $(uuid()), p: $(uuid()) }
steps:
  - id: first
    request: PATCH /api/v2/conversations/calls/$(c)/participants/$(p)
    idempotencyKey: $(key)
    json: { attributes: { tier: gold } }
  - id: mutated
    repeat: first
    mutate:
      - patch: [{ op: replace, path: /attributes/tier, value: silver }]
`;

describe("--confirm", () => {
  test("turns a run without a verdict into one with", async () => {
    const cwd = folderWith({ "stale.yaml": STALE });
    expect((await gcidem(["replay", "stale.yaml"], { cwd })).code).toBe(6);
    const { code, stdout, stderr } = await gcidem(["replay", "stale.yaml", "--confirm"], { cwd });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("412 on `late`: stale-etag (certain)");
    expect(stdout).toContain("sent by --confirm");
    const again = await gcidem(["report", "last", "--format", "terminal"], { cwd });
    expect(again.stdout).toContain("412 on `late`: stale-etag (certain)");
  });

  test("without leave for a real server sends nothing, exit 2", async () => {
    const server = await countingServer();
    const cwd = folderWith({ "get.yaml": "name: t\nsteps:\n  - request: GET /things/1\n" });
    const flags = ["--confirm", "--target", server.url, "-H", "Authorization: Bearer real"];
    const { code, stderr } = await gcidem(["replay", "get.yaml", ...flags], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain("--allow-writes");
    expect(server.seen).toEqual([]);
  });

  test("of a recording wants to know where, and asks nobody by itself", async () => {
    const cwd = folderWith({ "stale.yaml": STALE });
    await gcidem(["replay", "stale.yaml"], { cwd });
    const { code, stderr } = await gcidem(["diagnose", "last", "--confirm"], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain("--confirm needs --target");
    const idle = await gcidem(["diagnose", "last", "--target", "http://127.0.0.1:9"], { cwd });
    expect(idle.code).toBe(2);
    expect(idle.stderr).toContain("--target is given without --confirm");
  });

  test("of a recording on the embedded mock sends all of it once more, and goes on from there", async () => {
    const policy = "extends: forum-lore\nerrors: opaque\n";
    const cwd = folderWith({ "changed.yaml": CHANGED, "opaque.yaml": policy });
    await gcidem(["replay", "changed.yaml", "--policy", "opaque.yaml"], { cwd });
    const flags = ["--confirm", "--target", "mock", "--policy", "opaque.yaml"];
    const { code, stdout, stderr } = await gcidem(["diagnose", "last", ...flags], { cwd });
    expect([code, stderr]).toEqual([1, ""]);
    expect(stdout.replace(/\s+/g, " ")).toContain("MOCK proves nothing about Genesys Cloud");
    expect(stdout).toContain("409 on #2: key-reused-body-changed (certain)");
  });

  test("of a recording ends with 130 on Ctrl-C, and writes what is done", async () => {
    const cwd = folderWith({ "stale.yaml": STALE });
    await gcidem(["replay", "stale.yaml"], { cwd });
    let interrupt = (): unknown => undefined;
    const server = await httpServer(() => interrupt());
    const flags = ["--confirm", "--target", server.url, "--reporter", "json=report.json"];
    const running = start(["diagnose", "last", ...flags], { cwd });
    interrupt = () => running.child.kill("SIGINT");
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toContain("interrupted; writing what there is");
    const { runs } = JSON.parse(readFileSync(join(cwd, "report.json"), "utf8"));
    expect(runs[0]).toMatchObject({ interrupted: true, exchanges: { length: 4 } });
    const again = await gcidem(["diagnose", "last"], { cwd });
    expect(again.code).toBe(1);
  });
});
