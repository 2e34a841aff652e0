import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { startMock } from "../../src/index.js";
import { atEnd, folderWith, journalOf, type Ran, replay, start } from "./run-gcidem.js";
import { countingServer, httpServer } from "./servers.js";

/** What these tests read of a JSON report. */
interface RaceReport {
  readonly verdict: string;
  readonly reproduction?: {
    readonly rounds: number;
    readonly hits: number;
    readonly hitRounds: readonly number[];
  };
  readonly exchanges: readonly {
    readonly id: string;
    readonly step: string;
    readonly writer: number | null;
    readonly round: number;
    readonly response: { readonly status: number } | null;
    readonly timings: { readonly releasedMs: number | null };
  }[];
  readonly races: readonly {
    readonly step: string;
    readonly technique: string;
    readonly clientSpreadMs: number | null;
    readonly arrivalSpreadMs: number | null;
    readonly arrivalSource: string | null;
  }[];
  readonly expectations: readonly { readonly what: string; readonly ok: boolean | null }[];
  readonly invariants: readonly { readonly name: string; readonly holds: boolean | null }[];
  readonly skipped: readonly { readonly step: string; readonly reason: string }[];
}

function raceReport(ran: Ran): RaceReport {
  const { runs } = JSON.parse(ran.stdout) as { readonly runs: readonly RaceReport[] };
  const [run] = runs;
  if (run === undefined) throw new Error("no run");
  return run;
}

const JSON_REPORT = ["--reporter", "json"];

/** Ten writers read a thing and write it under the token that they read. */
function tenWriters(policy: string): string {
  return `policy: ${policy}
world: { things: [{ id: "1", tier: none }] }
steps:
  - id: writers
    race:
      writers: 10
      release: together
      vars: { tier: tier-$(writer) }
      steps:
        - id: look
          request: GET /api/v2/mock/things/1
          capture: { etag: header ETag }
        - id: write
          request: PUT /api/v2/mock/things/1
          ifMatch: $(look.etag)
          json: { tier: $(tier) }
    expect:
      statuses: { write: { 200: 1, 412: 9 } }
      invariants: [no-lost-update, one-winner]
  - id: after
    request: GET /api/v2/mock/things/1
    expect: { json: { $.tier: "/^tier-[0-9]$/" } }
`;
}

describe("a race on the mock", () => {
  test("runs, is measured, judged, and the scenario goes on", async () => {
    const ran = await replay(tenWriters("rfc9110"), JSON_REPORT);
    expect(ran.stderr).toBe("");
    expect(ran.code).toBe(0);
    const report = raceReport(ran);
    expect(report.verdict).toBe("pass");
    expect(report.exchanges.map(({ step, writer }) => `${step} ${writer}`)).toEqual([
      ...Array.from({ length: 10 }, (_, writer) => `writers/look ${writer}`),
      ...Array.from({ length: 10 }, (_, writer) => `writers/write ${writer}`),
      "after null",
    ]);
    expect(report.exchanges.slice(0, 20).every(({ timings }) => timings.releasedMs !== null)).toBe(true);
    expect(report.races).toHaveLength(2);
    for (const race of report.races)
      expect(race).toMatchObject({ step: "writers", technique: "last-byte", arrivalSource: "measured" });
    expect(report.expectations.map(({ ok }) => ok)).toEqual([true, true]);
    expect(report.invariants).toMatchObject([
      { name: "no-lost-update", holds: true },
      { name: "one-winner", holds: true },
    ]);
  });

  test("catches a server that checks first and sets later, exit 1", async () => {
    const policy = "{ extends: rfc9110, concurrency: { check: { kind: check-then-set, window: 200ms } } }";
    const ran = await replay(tenWriters(policy), JSON_REPORT);
    expect(ran.code).toBe(1);
    expect(raceReport(ran).invariants.map(({ holds }) => holds)).toEqual([false, false]);
  });

  test.each(["warm", "naive", "last-byte"])(
    "is released as --release-technique %s says",
    async (technique) => {
      const ran = await replay(tenWriters("rfc9110"), [...JSON_REPORT, "--release-technique", technique]);
      expect(ran.code).toBe(0);
      expect(raceReport(ran).races.map((race) => race.technique)).toEqual([technique, technique]);
    },
  );

  test("that cannot be formed is inconclusive, exit 2, and clean-up runs", async () => {
    const text = `${tenWriters("rfc9110")}cleanUp:\n  - { id: tidy, request: GET /api/v2/users/me }\n`;
    const ran = await replay(text, [...JSON_REPORT, "--release-technique", "h2"]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("race writers: the release technique h2 cannot be had");
    const report = raceReport(ran);
    expect(report.verdict).toBe("inconclusive");
    expect(report.exchanges.map(({ step }) => step)).toEqual(["tidy"]);
    expect(report.skipped.map(({ step }) => step)).toEqual(["writers", "after"]);
  });
});

describe("a race on a mock that is running", () => {
  test("is measured there too, and leaves nothing in its trace but its own requests", async () => {
    const mock = await startMock({ policy: "rfc9110" });
    atEnd(() => mock.close());
    const ran = await replay(tenWriters("rfc9110"), [...JSON_REPORT, "--target", `mock+${mock.url}`]);
    expect(ran.code).toBe(0);
    expect(raceReport(ran).races.map(({ arrivalSource }) => arrivalSource)).toEqual(["measured", "measured"]);
    expect(mock.trace()).toHaveLength(21);
  });
});

describe("rounds", () => {
  test("tell how often a conflict came", async () => {
    const ran = await replay(tenWriters("rfc9110"), [...JSON_REPORT, "--rounds", "3"]);
    expect(ran.code).toBe(0);
    const report = raceReport(ran);
    expect(report.reproduction).toMatchObject({ rounds: 3, hits: 3, hitRounds: [1, 2, 3] });
    expect(report.exchanges.at(-1)).toMatchObject({ id: "e63", round: 3 });
  });

  test("end with the first conflict; where none comes, exit 1", async () => {
    const found = await replay(tenWriters("rfc9110"), [...JSON_REPORT, "--until-conflict", "9"]);
    expect(found.code).toBe(0);
    expect(raceReport(found).reproduction).toMatchObject({ rounds: 1, hits: 1 });
    const quiet =
      "steps: [{ id: w, race: { writers: 2, steps: [{ request: GET /api/v2/users/me, expect: { status: 200 } }] } }]\n";
    const none = await replay(quiet, [...JSON_REPORT, "--until-conflict", "2"]);
    expect(none.code).toBe(1);
    expect(raceReport(none)).toMatchObject({ verdict: "pass", reproduction: { rounds: 2, hits: 0 } });
  });

  test.each([
    [["--rounds", "0"], "--rounds: found 0, expected 1 to 1000000"],
    [["--until-conflict", "x"], '--until-conflict: found "x", expected a whole number'],
    [["--rounds", "2", "--until-conflict", "2"], "--rounds and --until-conflict are given together"],
    [
      ["--release-technique", "h1"],
      '--release-technique: found "h1", expected auto, h2, last-byte, warm, naive',
    ],
  ])("%j are refused, exit 2, and nothing is sent", async (flags, message) => {
    const ran = await replay(tenWriters("rfc9110"), flags);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(message);
  });
});

describe("a race on another server", () => {
  const text = `steps:
  - id: w
    race:
      writers: 4
      steps:
        - { id: put, request: PUT /thing, json: { n: $(writer) } }
        - { id: read, request: GET /thing }
cleanUp:
  - { id: tidy, request: GET /tidy }
`;

  test("sends what the scenario says and nothing else", async () => {
    const server = await httpServer((_request, response) => response.end("{}"));
    const ran = await replay(text, [...JSON_REPORT, "--target", server.url]);
    expect(ran.code).toBe(0);
    const sent = server.seen.map(({ method, url, body }) => `${method} ${url} ${body}`);
    expect(sent.slice(0, 4).sort()).toEqual([0, 1, 2, 3].map((writer) => `PUT /thing {"n":${writer}}`));
    expect(sent.slice(4)).toEqual([...Array.from({ length: 4 }, () => "GET /thing "), "GET /tidy "]);
    expect(raceReport(ran).races[0]?.arrivalSource).not.toBe("measured");
  });

  test("needs leave to write; without it the plan is shown and nothing is sent", async () => {
    const ran = await replay(text, ["--target", "http://api.example.invalid"]);
    expect(ran.code).toBe(2);
    expect(ran.stdout).toContain("  w: race of 4 writers, released together\n");
    expect(ran.stdout).toContain('{"n":1}');
    expect(ran.stdout).toContain("    ... and 2 more alike\n");
    expect(ran.stderr).toContain("step w/put: PUT /thing: a write to a real server needs leave");
  });

  test("asks for as many writes as are sent", async () => {
    const flags = ["--target", "http://api.example.invalid", "--allow-writes", "--rounds", "5"];
    const ran = await replay(text, flags);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("20 writes to http://api.example.invalid need a yes");
  });

  test("is never sent in part: --max-requests that a barrier does not fit in, exit 4", async () => {
    const server = await countingServer();
    const ran = await replay(text, ["--target", server.url, "--max-requests", "3"]);
    expect(ran.code).toBe(4);
    expect(server.connections()).toBe(1);
  });

  test("that hangs is interrupted: clean-up runs, the journal has it all, exit 130", async () => {
    let waiting = 0;
    let interrupt = (): unknown => undefined;
    const server = await httpServer((request, response) => {
      if (request.url === "/tidy") response.end("{}");
      else if (++waiting === 4) interrupt();
    });
    const cwd = folderWith({ "it.yaml": text });
    const running = start(["replay", "it.yaml", "--target", server.url], { cwd });
    interrupt = () => running.child.kill("SIGINT");
    const ran = await running.ended;
    expect(ran.code).toBe(130);
    const records = journalOf(cwd);
    expect(records.filter(({ type }) => type === "failed")).toHaveLength(4);
    expect(records).toContainEqual(
      expect.objectContaining({ type: "step-skipped", step: "w/read", reason: "interrupted" }),
    );
    expect(server.seen.at(-1)?.url).toBe("/tidy");
    expect(records.at(-1)).toMatchObject({ type: "run-ended", interrupted: true });
  });

  test("that is interrupted before its first barrier opens was not tried: nothing is said of its forming", async () => {
    let interrupt = (): unknown => undefined;
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      interrupt();
      interrupt = () => undefined;
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    atEnd(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const running = start(["replay", "-", "--target", `http://127.0.0.1:${port}`], {
      input: "steps: [{ id: w, race: { writers: 4, steps: [{ id: read, request: GET /thing }] } }]",
    });
    interrupt = () => running.child.kill("SIGINT");
    const ran = await running.ended;
    expect(ran.code).toBe(130);
    expect(ran.stdout).toContain("INTERRUPTED");
    expect(ran.stdout).not.toMatch(/could not be formed|NOT FORMED/);
  });

  test("that is interrupted in a later round is judged by the rounds before", async () => {
    let interrupt = (): unknown => undefined;
    let count = 0;
    const server = await httpServer((_request, response) => {
      count += 1;
      if (count <= 2) response.setHeader("ETag", `"${count}"`).end(JSON.stringify({ id: "a" }));
      else if (count === 4) interrupt();
    });
    const orders = `steps:
  - id: w
    race:
      writers: 2
      steps:
        - { id: order, request: POST /orders, idempotencyKey: k, json: { sku: 1 } }
    expect: { statuses: { order: { 200: 2 } }, invariants: [at-most-once] }
`;
    const args = ["replay", "-", "--target", server.url, "--rounds", "5", ...JSON_REPORT];
    const running = start(args, { input: orders });
    interrupt = () => running.child.kill("SIGINT");
    const ran = await running.ended;
    expect(ran.code).toBe(130);
    const report = raceReport(ran);
    expect(report.reproduction).toMatchObject({ rounds: 1, hits: 0 });
    expect(report.expectations).toMatchObject([{ ok: true }]);
    expect(report.invariants).toMatchObject([{ holds: true }]);
  });
});
