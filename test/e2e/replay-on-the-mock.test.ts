import { cpSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folderWith, gcidem, replay, reportOf } from "./run-gcidem.js";

const REUSED_KEY = `
name: Same key, changed body
description: The key is bound to its first body.
tags: [idempotency]
policy: forum-lore
vars:
  key: $(uuid())
  conversationId: { mock: $(uuid()), ask: id of a live conversation }
  participantId: { mock: $(uuid()), ask: id of a participant }
steps:
  - id: first
    request: PATCH /api/v2/conversations/calls/$(conversationId)/participants/$(participantId)/attributes
    idempotencyKey: $(key)
    json: { attributes: { queue-name: support-tier-2 } }
    expect:
      status: 200
      headers: { ININ-Correlation-Id: present, X-Nothing: absent }
  - id: second
    repeat: first
    expect: { replayOf: first }
  - id: mutated
    repeat: first
    mutate:
      - patch: [{ op: replace, path: /attributes/queue-name, value: other }]
    expect: { status: 409 }
  - id: spaced
    repeat: first
    mutate: [{ reserialize: whitespace }]
    expect: { replayOf: first }
  - id: control
    repeat: mutated
    mutate: [{ set: { idempotencyKey: $(uuid()) } }]
    expect: { status: 2xx, not: 409 }
`;

const STALE_ETAG = `
name: Stale ETag, read again
policy: rfc9110
world:
  things: [{ id: "1", tier: none }]
steps:
  - id: thing
    request: GET /api/v2/mock/things/1
    capture: { etag: header ETag, tier: $.tier }
    expect: { status: 200, json: { $.tier: none }, headers: { ETag: '/^".+"$/' } }
  - id: write
    request: PUT /api/v2/mock/things/1
    ifMatch: $(thing.etag)
    json: { tier: gold, before: $(thing.tier) }
    expect: { status: [200, 204] }
  - id: stale
    request: PUT /api/v2/mock/things/1
    ifMatch: $(thing.etag)
    json: { tier: silver }
    retry: { on: [409, 412], max: 2, reread: thing }
    expect: { status: 2xx, attempts: [412, 2xx] }
`;

test("a fresh folder, one file, no settings: the diffed report and exit 0", async () => {
  const ran = await replay(REUSED_KEY);
  expect(ran.stderr).toBe("");
  expect(ran.code).toBe(0);
  expect(ran.stdout).toMatch(/^gcidem \S+ +MOCK obeying forum-lore/);
  expect(ran.stdout).toContain("Proves nothing about Genesys Cloud");
  expect(ran.stdout).toMatch(/seed 1$/m);
  expect(ran.stdout).toContain("CONFLICT 1 of 5 writes   Same key, changed body");
  expect(ran.stdout).toContain("second against first: stored answer returned");
  expect(ran.stdout).toMatch(
    /mutated against first\n +sent +body \/attributes\/queue-name {2}"support-tier-2" -> "other"/,
  );
  expect(ran.stdout).toMatch(/answered {2}200 -> 409/);
  expect(ran.stdout).toContain("spaced against first");
  expect(ran.stdout).toMatch(/expectations {2}8 of 8 held +PASS/);
  expect(ran.stdout).toContain("1 scenario passed   5 requests");
});

test("every exchange's correlation ID stands in the report, whole", async () => {
  const cwd = folderWith({ "it.yaml": REUSED_KEY });
  const ran = await gcidem(["replay", "it.yaml", "--reporter", "terminal", "--reporter", "json=out.json"], {
    cwd,
  });
  const json = await gcidem(["replay", "it.yaml", "--reporter", "json"], { cwd });
  const ids = reportOf(json).exchanges.map(({ correlationId }) => correlationId);
  expect(new Set(ids).size).toBe(5);
  for (const id of ids) expect(ran.stdout).toContain(id);
});

test("the same seed gives the same run, another seed another", async () => {
  const keys = async (flags: readonly string[]): Promise<string> =>
    reportOf(await replay(REUSED_KEY, ["--reporter", "json", ...flags]))
      .exchanges.map(
        ({ request, correlationId }) => `${request.url.replace(/:\d+/, "")} ${request.body} ${correlationId}`,
      )
      .join("\n");
  const first = await keys([]);
  expect(await keys([])).toBe(first);
  expect(await keys(["--seed", "1"])).toBe(first);
  expect(await keys(["--seed", "2"])).not.toBe(first);
});

test("a read, a write with its token, a stale write that rereads", async () => {
  const ran = await replay(STALE_ETAG, ["--reporter", "json"]);
  expect(ran.code).toBe(0);
  const run = reportOf(ran);
  expect(run.exchanges.map(({ step, attempt, response }) => [step, attempt, response?.status])).toEqual([
    ["thing", 1, 200],
    ["write", 1, 200],
    ["stale", 1, 412],
    ["thing", 2, 200],
    ["stale", 2, 200],
  ]);
  expect(run.exchanges[1]?.request.body).toBe('{"tier":"gold","before":"none"}');
  expect(run.report.summary).toMatchObject({
    scenarios: 1,
    passed: 1,
    exchanges: 5,
    writes: 3,
    conflicts: 1,
  });
});

test("setUp runs first, cleanUp last, and its captures are usable everywhere", async () => {
  const ran = await replay(
    `
policy: rfc9110
setUp:
  - id: made
    request: POST /api/v2/mock/things
    json: { tier: none }
    capture: { id: $.id, etag: header ETag }
steps:
  - id: read
    request: GET /api/v2/mock/things/$(made.id)
    expect: { status: 200, json: { $.tier: none } }
cleanUp:
  - request: DELETE /api/v2/mock/things/$(made.id)
    ifMatch: $(made.etag)
    expect: { status: 204 }
`,
    ["--reporter", "json"],
  );
  expect(ran.code).toBe(0);
  expect(reportOf(ran).exchanges.map(({ request }) => request.method)).toEqual(["POST", "GET", "DELETE"]);
});

test("--policy outranks the scenario's own policy, as a preset and as a file", async () => {
  const cwd = folderWith({
    "own.policy.yaml": "extends: forum-lore\nidempotency: { mismatch: { status: 422 } }\n",
  });
  const documented = await replay(REUSED_KEY, ["--policy", "documented", "--reporter", "json"], { cwd });
  expect(reportOf(documented).target.policy).toBe("documented");
  expect(documented.code).toBe(1);
  const file = await replay(REUSED_KEY, ["--policy", "own.policy.yaml", "--reporter", "json"], { cwd });
  expect(reportOf(file).exchanges[2]?.response?.status).toBe(422);
});

test("a policy beside the scenario, and one written in place", async () => {
  const inline = REUSED_KEY.replace(
    "policy: forum-lore",
    "policy: { extends: forum-lore, idempotency: { mismatch: { status: 417 } } }",
  );
  expect(reportOf(await replay(inline, ["--reporter", "json"])).exchanges[2]?.response?.status).toBe(417);
  const cwd = folderWith({
    "sub/a.yaml": "extends: forum-lore\nidempotency: { mismatch: { status: 418 } }\n",
  });
  const beside = REUSED_KEY.replace("policy: forum-lore", "policy: sub/a.yaml");
  expect(reportOf(await replay(beside, ["--reporter", "json"], { cwd })).exchanges[2]?.response?.status).toBe(
    418,
  );
});

test("several files and a folder run in their order, each with a run of its own", async () => {
  const cwd = folderWith({
    "z.yaml": STALE_ETAG,
    "all/b.yml": REUSED_KEY,
    "all/a/deep.yaml": STALE_ETAG,
    "all/notes.md": "",
  });
  const ran = await gcidem(["replay", "z.yaml", "all", "--reporter", "json"], { cwd });
  const { runs, summary } = JSON.parse(ran.stdout);
  expect(runs.map((run: { scenario: { file: string } }) => run.scenario.file)).toEqual([
    "z.yaml",
    "all/a/deep.yaml",
    "all/b.yml",
  ]);
  expect(summary).toMatchObject({ scenarios: 3, passed: 3, exchanges: 15 });
  expect(ran.code).toBe(0);
});

test("standard input is a scenario too", async () => {
  const ran = await gcidem(["replay", "-"], { input: STALE_ETAG });
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain("Stale ETag, read again");
  const bad = await gcidem(["replay", "-"], { input: "steps: 5\n" });
  expect(bad.code).toBe(3);
  expect(bad.stderr).toContain("<stdin>:1:8");
});

test("one world for each scenario: what one leaves behind the next does not see", async () => {
  const make = "policy: rfc9110\nsteps:\n  - request: PUT /api/v2/mock/things/1\n    json: { a: 1 }\n";
  const look =
    "policy: rfc9110\nsteps:\n  - request: GET /api/v2/mock/things/1\n    expect: { status: 404 }\n";
  const cwd = folderWith({ "a.yaml": make, "b.yaml": look });
  expect((await gcidem(["replay", "a.yaml", "b.yaml"], { cwd })).code).toBe(0);
});

test("a world's ids may come from numbers", async () => {
  const scenario =
    "policy: rfc9110\nvars: { n: 5 }\nworld: { things: [{ id: $(n), tier: gold }] }\nsteps:\n  - request: GET /api/v2/mock/things/$(n)\n    expect: { status: 200, json: { $.tier: gold } }\n";
  expect((await replay(scenario)).code).toBe(0);
});

test("a scenario folder may be copied anywhere and still runs", async () => {
  const cwd = folderWith({ "here/it.yaml": STALE_ETAG });
  cpSync(join(cwd, "here"), join(cwd, "a folder with spaces, ünïcode"), { recursive: true });
  expect((await gcidem(["replay", "a folder with spaces, ünïcode"], { cwd })).code).toBe(0);
});
