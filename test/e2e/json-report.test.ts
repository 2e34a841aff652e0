import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { folderWith, gcidem, type Report, replay, reportOf } from "./run-gcidem.js";
import { closedUrl, countingServer, httpServer, jsonApi } from "./servers.js";

const JSON_FLAGS = ["--reporter", "json"];

const schema: object = JSON.parse(
  readFileSync(new URL("../../scenarios/report.schema.json", import.meta.url), "utf8"),
);
const validate = new Ajv2020({
  strict: true,
  strictTypes: false,
  allErrors: true,
  formats: { "date-time": true },
}).compile(schema);

function problemsOf(report: unknown): unknown {
  return validate(report) ? [] : validate.errors;
}

const ORDERS = `
name: An order, again and changed
steps:
  - id: first
    request: POST /orders
    idempotencyKey: k-1
    json: { sku: A1 }
    capture: { id: $.id }
    expect: { status: 201 }
  - { id: second, repeat: first, expect: { replayOf: first } }
  - id: mutated
    repeat: first
    mutate: [{ patch: [{ op: replace, path: /sku, value: B2 }] }]
    expect: { status: 201, cause: key-reused-body-changed }
  - { id: thing, request: GET /things/1, expect: { status: 200, cause: stale-etag } }
  - { id: skipped, request: GET /$(thing.x) }
`.replace("{ id: thing,", "{ id: thing, capture: { x: $.nothing },");

describe("the report and its schema", () => {
  test.each([
    ["answers, violations, skipped steps", ORDERS, "api"],
    ["no answer", "steps:\n  - request: GET /\n    expect: { status: 200 }\n", "closed"],
    ["a refused request", "steps:\n  - request: GET /../x\n", "base"],
    ["the mock", "steps:\n  - request: GET /api/v2/users/me\n", "mock"],
    ["nothing sent at all", "steps:\n  - wait: 1ms\n", "mock"],
  ])("%s", async (_what, scenario, where) => {
    const api = await jsonApi();
    const target =
      { api: api.url, closed: await closedUrl(), base: `${api.url}/base`, mock: "mock" }[where] ?? "";
    const ran = await replay(scenario, ["--target", target, ...JSON_FLAGS]);
    expect(problemsOf(JSON.parse(ran.stdout))).toEqual([]);
    expect(ran.stderr === "" || ran.stderr.startsWith("gcidem: step thing")).toBe(true);
  });

  test("of a run that was cut short by --max-requests, and of several files", async () => {
    const { url } = await jsonApi();
    const cwd = folderWith({ "a.yaml": ORDERS, "b.yaml": ORDERS });
    const ran = await gcidem(
      ["replay", "a.yaml", "b.yaml", "--target", url, "--max-requests", "2", ...JSON_FLAGS],
      { cwd },
    );
    expect(problemsOf(JSON.parse(ran.stdout))).toEqual([]);
  });
});

test("says what was sent and answered, in full, and adds it up", async () => {
  const server = await jsonApi();
  const ran = await replay(ORDERS, ["--target", server.url, ...JSON_FLAGS]);
  expect(ran.code).toBe(1);
  const run = reportOf(ran);
  expect(run.report).toMatchObject({
    schema: "gcidem-report/1",
    tool: { name: "gcidem" },
    summary: {
      scenarios: 1,
      passed: 0,
      failed: 1,
      inconclusive: 0,
      notJudged: 0,
      exchanges: 4,
      writes: 3,
      conflicts: 1,
    },
  });
  expect(run).toMatchObject({
    verdict: "fail",
    target: { kind: "http", baseUrl: server.url },
    scenario: {
      name: "An order, again and changed",
      file: "it.yaml",
      sha256: createHash("sha256").update(ORDERS).digest("hex"),
    },
    skipped: [{ step: "skipped" }],
  });
  expect(run.exchanges.map(({ id, step, response }) => [id, step, response?.status])).toEqual([
    ["e1", "first", 201],
    ["e2", "second", 201],
    ["e3", "mutated", 409],
    ["e4", "thing", 200],
  ]);
  expect(run.exchanges[2]).toMatchObject({
    attempt: 1,
    request: {
      method: "POST",
      url: `${server.url}/orders`,
      body: '{"sku":"B2"}',
      bodySha256: createHash("sha256").update('{"sku":"B2"}').digest("hex"),
    },
    response: { body: '{"code":"key.reused"}' },
    error: null,
    idempotencyKey: "k-1",
    resource: "/orders",
  });
  expect(run.exchanges[3]).toMatchObject({ etag: '"1"', version: 1 });
  expect(run.diffs).toMatchObject([
    { base: "e1", other: "e2", status: [201, 201], body: [] },
    {
      base: "e1",
      other: "e3",
      status: [201, 409],
      request: [{ part: "body", op: "replace", path: "/sku", from: "A1", value: "B2" }],
    },
  ]);
  expect(run.expectations.map(({ what, ok }) => [what, ok])).toEqual([
    ["status", true],
    ["replayOf", true],
    ["status", false],
    ["cause", null],
    ["status", true],
    ["cause", false],
  ]);
  expect(run.expectations[2]).toMatchObject({
    step: "mutated",
    exchange: "e3",
    expected: 201,
    actual: 409,
    at: "it.yaml:14:23",
  });
  const [undecided, unfounded] = run.expectations.filter(({ what }) => what === "cause");
  expect(undecided).toMatchObject({
    ...{ step: "mutated", exchange: "e3", expected: "key-reused-body-changed" },
    actual: expect.stringMatching(/^key-reused-body-changed \(possible\), /),
    note: expect.stringContaining("to settle it: send e3 again"),
  });
  expect(unfounded).toMatchObject({
    ...{ step: "thing", exchange: "e4", expected: "stale-etag", actual: null },
    note: "nothing was found to explain",
  });
});

test("times are monotonic, in ms with at most three decimals, from the run's start", async () => {
  const server = await httpServer((_request, response) => setTimeout(() => response.end("{}"), 5));
  const run = reportOf(
    await replay("steps:\n  - { request: POST /, json: {}, times: 20 }\n", [
      "--target",
      server.url,
      ...JSON_FLAGS,
    ]),
  );
  const waits: number[] = [];
  let last = 0;
  for (const { timings } of run.exchanges) {
    const { startMs, sentMs, firstByteMs, endMs } = timings;
    for (const each of [startMs, sentMs, firstByteMs, endMs]) {
      expect(each).toBeGreaterThanOrEqual(last);
      last = each ?? Number.NaN;
      expect(Math.round(last * 1000) / 1000).toBe(last);
    }
    waits.push((firstByteMs ?? 0) - (sentMs ?? 0));
  }
  // On a busy machine a client may notice late that it has sent, but not each time.
  expect(Math.max(...waits)).toBeGreaterThan(3);
  expect(run.exchanges[0]?.timings.startMs).toBeLessThan(1_000);
});

describe("--reporter", () => {
  const GET = "steps:\n  - request: GET /\n    expect: { status: 200 }\n";

  test("a file and the terminal at once; json alone leaves nothing else on standard output", async () => {
    const { url } = await countingServer();
    const ran = await replay(GET, ["--target", url, "--reporter", "json=out.json", "--reporter", "terminal"]);
    expect(ran.stdout).toMatch(/^gcidem /);
    const report = JSON.parse(readFileSync(join(ran.cwd, "out.json"), "utf8")) as Report;
    expect(report.summary).toMatchObject({ passed: 1 });
    const alone = await replay(GET, ["--target", url, "--reporter", "json=a=b.json"]);
    expect(alone.stdout).toBe("");
    expect(existsSync(join(alone.cwd, "a=b.json"))).toBe(true);
  });

  test.each([
    [["--reporter", "jsn"], /json/],
    [["--reporter", "pdf"], /there is no reporter "pdf"/],
    [["--reporter", "json", "--reporter", "terminal"], /standard output/],
    [["--reporter", "json=a", "--reporter", "terminal=./x/../a"], /two reporters/],
    [["--reporter", "json=no/such/folder/out.json"], /no\/such\/folder/],
    [["--reporter", "json=."], /\./],
    [["--reporter", "json="], /./],
  ])("%j is exit 2, and nothing is sent", async (flags, words) => {
    const server = await countingServer();
    const ran = await replay(GET, ["--target", server.url, ...flags]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(words);
    expect(ran.stderr).toContain("nothing was sent");
    expect(server.connections()).toBe(0);
  });
});
