import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openJournal } from "../../src/journal/read-journal.js";
import {
  filesBelow,
  folderWith,
  gcidem,
  journalFiles,
  journalOf,
  replay,
  start,
  workFolder,
} from "./run-gcidem.js";
import { countingServer, httpServer } from "./servers.js";

const TWO =
  "name: Two requests, one answer each!\nsteps:\n  - id: a\n    request: GET /a\n    capture: { s: status }\n  - id: b\n    request: POST /b\n    json: { s: $(a.s) }\n  - id: c\n    request: GET /$(b.nothing)\n".replace(
    "request: POST",
    "capture: { nothing: $.nothing }\n    request: POST",
  );

describe("where it lies", () => {
  test(".gcidem/runs/<utc time>-<scenario slug>-<id>/journal.ndjson, with a .gitignore of its own, closed to others", async () => {
    const server = await countingServer();
    const ran = await replay(TWO, ["--target", server.url]);
    const [file = ""] = journalFiles(ran.cwd);
    expect(file.slice(ran.cwd.length)).toMatch(
      /^\/\.gcidem\/runs\/\d{8}T\d{6}Z-two-requests-one-answer-each-[0-9a-f]{6}\/journal\.ndjson$/,
    );
    expect(readFileSync(join(ran.cwd, ".gcidem/runs/.gitignore"), "utf8")).toBe("*\n");
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(ran.stdout).toContain(`saved in ${file.slice(ran.cwd.length + 1).replace("/journal.ndjson", "")}`);
  });

  test("--out puts it elsewhere, where the folder's rules are the user's own", async () => {
    const server = await countingServer();
    const ran = await replay(TWO, ["--target", server.url, "--out", "deep/er/runs"]);
    expect(journalFiles(join(ran.cwd, "deep/er/runs")).length).toBe(1);
    expect(filesBelow(ran.cwd).some((name) => name.endsWith(".gitignore"))).toBe(false);
    expect(existsSync(join(ran.cwd, ".gcidem"))).toBe(false);
  });

  test.each([
    ["a file", "taken"],
    ["a folder below a file", "taken/runs"],
    ["a place that takes no folders", "/proc/gcidem"],
    ["nothing", ""],
  ])("--out that is %s: exit 2, nothing is sent", async (_what, out) => {
    const server = await countingServer();
    const cwd = folderWith({ taken: "" });
    const ran = await replay(TWO, ["--target", server.url, "--out", out], { cwd });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("nothing was sent");
    expect(server.connections()).toBe(0);
  });

  test("two runs at the same moment do not meet", async () => {
    const server = await countingServer();
    const cwd = folderWith({ "it.yaml": TWO });
    const runs = await Promise.all(
      [1, 2, 3].map(() => gcidem(["replay", "it.yaml", "--target", server.url], { cwd })),
    );
    expect(runs.map(({ code }) => code)).toEqual([6, 6, 6]);
    expect(journalFiles(cwd).length).toBe(3);
  });
});

test("one record a line, each with its type, in the order of what happened", async () => {
  const server = await countingServer();
  const ran = await replay(TWO, ["--target", server.url]);
  const records = journalOf(ran.cwd);
  expect(records.map(({ type }) => type).filter((type) => type !== "bound")).toEqual([
    "run-started",
    "request-sent",
    "response",
    "request-sent",
    "response",
    "step-skipped",
    "run-ended",
  ]);
  expect(records[0]).toMatchObject({
    schema: "gcidem-journal/1",
    tool: expect.stringMatching(/^gcidem \d/),
    node: process.version,
    scenario: {
      name: "Two requests, one answer each!",
      file: "it.yaml",
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      text: TWO,
    },
    target: { kind: "http", baseUrl: server.url },
    seed: expect.any(Number),
  });
  expect(records).toContainEqual(
    expect.objectContaining({
      type: "request-sent",
      step: "b",
      request: expect.objectContaining({ method: "POST", body: '{"s":200}' }),
    }),
  );
});

describe("a process killed at any moment leaves a readable journal", () => {
  test("with kill -9 in a slow answer: everything that was answered is in it", async () => {
    let kill = (): unknown => undefined;
    const server = await httpServer((_request, response, nth) => {
      if (nth < 25) response.end("{}");
      else kill();
    });
    const cwd = folderWith({ "it.yaml": "steps:\n  - { id: many, request: GET /, times: 50 }\n" });
    const running = start(["replay", "it.yaml", "--target", server.url], { cwd });
    kill = () => running.child.kill("SIGKILL");
    expect((await running.ended).code).toBeNull();
    const records = journalOf(cwd);
    expect(records.filter(({ type }) => type === "response").length).toBe(25);
    expect(records.filter(({ type }) => type === "request-sent").length).toBe(26);
    const journal = openJournal(journalFiles(cwd)[0] ?? "");
    expect(journal.ended).toBeNull();
    expect([...journal.exchanges()].at(-1)?.error?.code).toBe("UNFINISHED");
    journal.close();
  });

  test("at a random moment of many quick requests", async () => {
    const server = await countingServer();
    const cwd = folderWith({
      "it.yaml": "steps:\n  - { id: many, request: POST /, json: { a: 1 }, times: 100000 }\n",
    });
    const running = start(["replay", "it.yaml", "--target", server.url], { cwd });
    const timer = setInterval(() => {
      if (server.seen.length > 200) running.child.kill("SIGKILL");
    }, 5);
    await running.ended;
    clearInterval(timer);
    const journal = openJournal(journalFiles(cwd)[0] ?? "");
    const answered = [...journal.exchanges()].filter(({ response }) => response !== null).length;
    journal.close();
    expect(answered).toBeGreaterThan(198);
    expect(answered).toBeLessThanOrEqual(server.seen.length);
  });
});

describe("output that cannot be written", () => {
  test("a journal that cannot grow ends the run with exit 2; what was sent is in it", async () => {
    const server = await countingServer();
    const cwd = folderWith({ "it.yaml": "steps:\n  - { request: GET /, times: 1000 }\n" });
    const ran = await gcidem(["replay", "it.yaml", "--target", server.url], {
      cwd,
      shell: 'ulimit -f 64; exec "$@"',
    });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("cannot write the journal");
    expect(server.seen.length).toBeGreaterThan(10);
    expect(server.seen.length).toBeLessThan(200);
    const answered = journalOf(cwd).filter(({ type }) => type === "response").length;
    expect(server.seen.length - answered).toBeLessThanOrEqual(1);
  });

  test("a report file that cannot grow: exit 2, the half of it is gone, the journal is whole", async () => {
    const server = await httpServer((_request, response) => response.end("x".repeat(20_000)));
    const cwd = folderWith({ "it.yaml": "steps:\n  - { request: GET /, times: 5 }\n" });
    const ran = await gcidem(
      ["replay", "it.yaml", "it.yaml", "it.yaml", "--target", server.url, "--reporter", "json=report.json"],
      { cwd, shell: 'ulimit -f 200; exec "$@"' },
    );
    expect([ran.code, ran.stderr]).toEqual([
      2,
      expect.stringContaining("cannot write the report report.json"),
    ]);
    expect(existsSync(join(cwd, "report.json"))).toBe(false);
    for (const file of journalFiles(cwd)) expect(readFileSync(file, "utf8")).toMatch(/"run-ended".*\n$/);
  });
});

test("a journal of the mock tells of its policy, and runs there take the scenario's seed", async () => {
  const ran = await replay("seed: 7\npolicy: rfc9110\nsteps:\n  - request: GET /api/v2/users/me\n");
  expect(journalOf(ran.cwd)[0]).toMatchObject({ target: { kind: "mock", policy: "rfc9110" }, seed: 7 });
  const server = await countingServer();
  const seeds = [];
  for (let count = 0; count < 2; count++) {
    const cwd = workFolder();
    await replay("seed: 7\nsteps:\n  - request: GET /\n", ["--target", server.url], { cwd });
    seeds.push(journalOf(cwd)[0]);
  }
  expect(seeds[0]).not.toMatchObject({ seed: 7 });
  expect((seeds[0] as { seed: number }).seed).not.toBe((seeds[1] as { seed: number }).seed);
});
