import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderWith, gcidem, journalFiles, type Ran, replay, workFolder } from "./run-gcidem.js";
import { countingServer, httpServer } from "./servers.js";

const RACE = `
name: Two writers
policy: naive
world: { things: [{ id: "1", tier: none }] }
steps:
  - id: writers
    race:
      writers: 4
      steps:
        - { id: look, request: GET /api/v2/mock/things/1, capture: { etag: header ETag } }
        - { id: write, request: PUT /api/v2/mock/things/1, ifMatch: $(look.etag), json: { tier: t-$(writer) } }
    expect: { invariants: [no-lost-update] }
`;

const ORDER =
  "name: An order\nsteps:\n  - request: POST /orders\n    json: { sku: A1 }\n    expect: { status: 200 }\n";

/** A folder with one saved run. */
async function saved(
  scenario: string,
  flags: readonly string[] = [],
): Promise<Ran & { cwd: string; run: string }> {
  const ran = await replay(scenario, flags);
  const [file = ""] = journalFiles(ran.cwd);
  return { ...ran, run: basename(dirname(file)) };
}

interface Line {
  readonly process: number;
  readonly type: string;
  readonly f: string;
  readonly key: string;
  readonly time: number;
  readonly index: number;
  readonly exchange: string;
  readonly round: number;
}

function linesOf(text: string): readonly Line[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

describe("gcidem report", () => {
  test("last: the same report once more, with the exit code of its verdict", async () => {
    const { cwd, stdout, code } = await saved(RACE, ["--rounds", "2"]);
    expect(code).toBe(1);
    const again = await gcidem(["report", "last"], { cwd });
    expect(again).toEqual({ code, stdout, stderr: "" });
  });

  test("--format json: what --reporter json wrote, to a file", async () => {
    const { cwd, code } = await saved(RACE, ["--rounds", "2", "--reporter", "json=first.json"]);
    const again = await gcidem(["report", "last", "--format", "json", "-o", "again.json"], { cwd });
    expect(again).toEqual({ code, stdout: "", stderr: "" });
    expect(readFileSync(join(cwd, "again.json"), "utf8")).toBe(readFileSync(join(cwd, "first.json"), "utf8"));
  });

  test("remembers that it was a run with --read-only", async () => {
    const server = await httpServer((_request, response) => response.end("{}"));
    const { cwd, stdout, code } = await saved(ORDER, ["--target", server.url, "--read-only"]);
    expect(await gcidem(["report", "last"], { cwd })).toEqual({ code, stdout, stderr: "" });
  });

  test("--format history: each request begins and ends once, sorted by time; nothing is judged", async () => {
    const { cwd } = await saved(RACE, ["--rounds", "2"]);
    const ran = await gcidem(["report", "last", "--format", "history"], { cwd });
    expect(ran.code).toBe(0);
    const lines = linesOf(ran.stdout);
    expect(lines.length).toBe(2 * 2 * 4 * 2);
    expect(lines.map(({ index }) => index)).toEqual(lines.map((_line, index) => index));
    expect(lines.map(({ time }) => time)).toEqual(lines.map(({ time }) => time).toSorted((a, b) => a - b));
    expect(lines.filter(({ type }) => type === "invoke").length).toBe(16);
    expect(new Set(lines.map(({ f }) => f))).toEqual(new Set(["read", "cas"]));
    expect(new Set(lines.map(({ key }) => key))).toEqual(new Set(["/api/v2/mock/things/1"]));
    expect([...new Set(lines.map(({ round }) => round))]).toEqual([1, 2]);
  });

  test("an answer that never came is info", async () => {
    const { cwd } = await saved(
      "steps:\n  - { request: PUT /api/v2/mock/things/1, json: { tier: a }, fault: drop-response, timeout: 1s, expect: { error: any } }\n",
    );
    const { stdout } = await gcidem(["report", "last", "--format", "history"], { cwd });
    expect(linesOf(stdout).map(({ type }) => type)).toEqual(["invoke", "info"]);
  });
});

describe("which run is meant:", () => {
  test("last is the newest, also of two in one second", async () => {
    const server = await httpServer((_request, response) => response.end("{}"));
    const cwd = folderWith({ "a.yaml": ORDER.replace("An order", "Zebra"), "b.yaml": ORDER });
    await gcidem(["replay", "a.yaml", "b.yaml", "--target", server.url], { cwd });
    const { stdout } = await gcidem(["report", "last"], { cwd });
    expect(stdout).toContain("An order");
    expect(stdout).not.toContain("Zebra");
  });

  test("a unique beginning of its name, its folder, or the journal itself", async () => {
    const { cwd, run, stdout } = await saved(RACE);
    const folder = join(".gcidem", "runs", run);
    for (const word of [run, run.slice(0, 20), folder, join(folder, "journal.ndjson")])
      expect((await gcidem(["report", word], { cwd })).stdout, word).toBe(stdout);
  });

  test("in the folder that --out names", async () => {
    const { cwd, stdout } = await saved(RACE, ["--out", "runs"]);
    expect((await gcidem(["report", "last", "--out", "runs"], { cwd })).stdout).toBe(stdout);
    expect((await gcidem(["report", "last"], { cwd })).code).toBe(3);
  });

  test("several that begin so: exit 2 and their names", async () => {
    const { cwd, run } = await saved(RACE);
    const runs = join(cwd, ".gcidem", "runs");
    cpSync(join(runs, run), join(runs, `${run}x`), { recursive: true });
    const ran = await gcidem(["report", run.slice(0, 10)], { cwd });
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain(`2 runs begin with "${run.slice(0, 10)}"`);
    expect(ran.stderr).toContain(`${run}x`);
    expect((await gcidem(["report", run, "--format", "history"], { cwd })).code, "a whole name").toBe(0);
  });

  test.each([
    ["last without runs", "last", "there is no run in .gcidem/runs"],
    ["a name that none has", "2031", 'there is no run "2031"'],
    ["a folder without a journal", "empty", "there is no journal.ndjson in this folder"],
    ["nothing", "", 'there is no run ""'],
  ])("%s: exit 3", async (_what, word, message) => {
    const cwd = workFolder();
    mkdirSync(join(cwd, "empty"));
    const ran = await gcidem(["report", word], { cwd });
    expect(ran).toMatchObject({ code: 3, stdout: "" });
    expect(ran.stderr).toContain(message);
  });
});

describe("a journal that", () => {
  test("ends in the middle of a line belongs to a run that was killed, and is rendered as far as it goes", async () => {
    const { cwd, run } = await saved(RACE);
    const file = join(cwd, ".gcidem", "runs", run, "journal.ndjson");
    const whole = readFileSync(file, "utf8");
    writeFileSync(file, whole.slice(0, whole.lastIndexOf('{"type":"response"') + 15));
    const ran = await gcidem(["report", "last", "--format", "history"], { cwd });
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain("the run did not come to its end");
    expect(linesOf(ran.stdout).filter(({ type }) => type === "info").length).toBe(1);
  });

  test.each([
    [
      "is damaged in the middle",
      (text: string) => text.replace('{"type":"bound"', "{x"),
      "not a JSON record",
    ],
    ["is some other JSON", () => '{"a":1}\n', "no run-started record"],
    [
      "is of another version",
      (text: string) => text.replace("gcidem-journal/1", "gcidem-journal/9"),
      "unknown",
    ],
    ["holds something else", (text: string) => text.replace("\n", "\nnull\n"), "no record"],
    [
      "lacks what a request must have",
      (text: string) => text.replace("\n", '\n{"type":"request-sent","id":"e0"}\n'),
      '"step" of this request-sent record',
    ],
    ["is empty", () => "", "no run-started record"],
  ])("%s: exit 3", async (_what, spoil, message) => {
    const { cwd, run } = await saved(RACE);
    const file = join(cwd, ".gcidem", "runs", run, "journal.ndjson");
    writeFileSync(file, spoil(readFileSync(file, "utf8")));
    const ran = await gcidem(["report", "last", "--format", "history"], { cwd });
    expect(ran).toMatchObject({ code: 3, stdout: "" });
    expect(ran.stderr).toContain(message);
  });

  test("lacks what the judgement needs is not judged by guesswork", async () => {
    const scenario = ORDER.replace("A1", () => "$(env.GCIDEM_VAR_SKU)");
    const { cwd } = await replay(scenario, [], { env: { GCIDEM_VAR_SKU: "sku-1234567" } });
    const again = await gcidem(["report", "last"], { cwd });
    expect(again.code).toBe(6);
    expect(again.stdout).toContain("nothing was judged");
    expect(again.stdout).toContain("POST /orders");
    expect(again.stdout + again.stderr).not.toContain("sku-1234567");
    expect(again.stderr).toContain("The scenario is not judged here");
    expect(again.stderr).toContain("GCIDEM_VAR_SKU");
    expect((await gcidem(["report", "last", "--format", "history"], { cwd })).code).toBe(0);
  });
});

describe("wrong flags", () => {
  test.each([
    ["pdf", "there are terminal, json"],
    ["histroy", "did you mean `history`?"],
  ])("--format %s: exit 2", async (format, message) => {
    const ran = await gcidem(["report", "last", "--format", format]);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain(message);
  });

  test("-o over the journal itself: exit 2, and the journal is as it was", async () => {
    const { cwd, run } = await saved(RACE);
    const file = join(".gcidem", "runs", run, "journal.ndjson");
    const before = readFileSync(join(cwd, file), "utf8");
    expect((await gcidem(["report", "last", "-o", file], { cwd })).code).toBe(2);
    expect(readFileSync(join(cwd, file), "utf8")).toBe(before);
  });

  test("-o where nothing can be written: exit 2", async () => {
    const { cwd } = await saved(RACE);
    const ran = await gcidem(["report", "last", "-o", "no/such/folder.txt"], { cwd });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("cannot write the report no/such/folder.txt");
  });
});

test("nothing is sent", async () => {
  const server = await countingServer();
  const { cwd } = await saved(ORDER, ["--target", server.url]);
  const sent = server.connections();
  for (const format of ["terminal", "json", "history"])
    await gcidem(["report", "last", "--format", format], { cwd });
  expect(server.connections()).toBe(sent);
});
