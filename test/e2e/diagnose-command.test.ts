import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { harText, specEntry } from "../intake/recorders.js";
import { folderWith, gcidem, workFolder } from "./run-gcidem.js";

const ORDERS = "http://127.0.0.1:9/v1/orders";
const KEY = "8e03f6d2-0a51-4c7e-9b1d-6f2a3c4d5e6f";
const TOKEN = "eyJhbGciOiJub25lIn0.c2VjcmV0LXRva2Vu.bm9ib2R5LWtub3dz";

/** A POST under a key, so many ms after 22:37. */
function order(body: string, status: number, atMs: number, key = KEY): object {
  return specEntry({
    ...{ method: "POST", url: ORDERS, body, status },
    at: new Date(Date.UTC(2026, 10, 21, 22, 37, 0, atMs)).toISOString(),
    headers: [
      ["Content-Type", "application/json"],
      ["Idempotency-Key", key],
      ["Authorization", `Bearer ${TOKEN}`],
      ["Cookie", "session=0123456789abcdef; theme=dark"],
    ],
    answer: status === 201 ? '{"id":"o-1"}' : '{"code":"general.conflict","message":"conflict"}',
  });
}

const CHANGED = harText([
  order('{"sku":"A1"}', 201, 0),
  order('{"sku":"B2"}', 409, 100),
  order('{"sku":"B2"}', 201, 200, "51ab0c1d-7a3b-4a55-9a3e-6f1b7c20d1a1"),
]);
const OPEN = harText([order('{"sku":"A1"}', 409, 0)]);
const QUIET = harText([order('{"sku":"A1"}', 201, 0)]);

const LOG = `started
${JSON.stringify({
  ...{ correlationId: "5f0c2f1e", date: "2026-11-21T22:37:05.118Z", level: "error", method: "PATCH" },
  ...{
    requestHeaders: { Authorization: "[REDACTED]" },
    responseHeaders: { "inin-correlation-id": "5f0c2f1e" },
  },
  ...{ statusCode: 409, url: "https://api.mypurecloud.ie/api/v2/users/7" },
})}
`;

function journalIn(folder: string): string {
  const runs = join(folder, ".gcidem", "runs");
  const [run = ""] = readdirSync(runs).filter((name) => name !== ".gitignore");
  return readFileSync(join(runs, run, "journal.ndjson"), "utf8");
}

describe("gcidem diagnose", () => {
  test("of a HAR with a conflict exits 1, says why, and saves a run", async () => {
    const cwd = folderWith({ "export.har": CHANGED });
    const { code, stdout, stderr } = await gcidem(["diagnose", "export.har"], { cwd });
    expect(stderr).toBe("");
    expect(code).toBe(1);
    expect(stdout).toContain("CONFLICT 1 of 3 writes   export.har");
    expect(stdout).toMatch(/409 on #2: [\s\S]*key-reused-body-changed/);
    const journal = journalIn(cwd);
    expect(JSON.parse(journal.split("\n")[0] ?? "")).toMatchObject({
      scenario: { file: "export.har", sha256: createHash("sha256").update(CHANGED).digest("hex") },
      target: { kind: "recording", baseUrl: "http://127.0.0.1:9" },
      recording: { format: "HAR 1.2", timesKnown: true },
    });
  });

  test("lets no credential through, not to the journal, the report or the settling scenario", async () => {
    const cwd = folderWith({ "export.har": OPEN });
    const { stdout, stderr } = await gcidem(["diagnose", "export.har", "--reporter", "json"], { cwd });
    const settling = readFileSync(join(cwd, "settle-1.yaml"), "utf8");
    for (const text of [stdout, stderr, journalIn(cwd), settling]) {
      expect(text).not.toContain(TOKEN);
      expect(text).not.toContain("0123456789abcdef");
    }
    expect(journalIn(cwd)).toContain("Bearer <secret:1>");
  });

  test("without a conflict exits 0", async () => {
    const cwd = folderWith({ "export.har": QUIET });
    const { code, stdout } = await gcidem(["diagnose", "export.har"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain("NO CONFLICT in 1 write");
    expect(existsSync(join(cwd, "settle-1.yaml"))).toBe(false);
  });

  test("writes what settles it beside the recording, never over a file, and ends with the command that runs it", async () => {
    const cwd = folderWith({ "logs/export.har": OPEN, "logs/settle-1.yaml": "mine" });
    const { stdout } = await gcidem(["diagnose", "logs/export.har"], { cwd });
    expect(readFileSync(join(cwd, "logs/settle-1.yaml"), "utf8")).toBe("mine");
    const command =
      'gcidem replay logs/settle-2.yaml --target http://127.0.0.1:9 -H "Authorization: Bearer $TOKEN" -H "Cookie: $COOKIE" --allow-writes';
    expect(stdout.trimEnd().split("\n").at(-1)).toBe(`next:  ${command}`);
    const validated = await gcidem(["validate", "logs/settle-2.yaml"], { cwd });
    expect(validated).toMatchObject({ code: 0 });
    const replayed = await gcidem(["replay", "logs/settle-2.yaml"], { cwd });
    expect([0, 6]).toContain(replayed.code);
    expect(replayed.stdout).toContain("MOCK obeying documented");
  });

  test("as JSON follows the published schema, with the diagnoses and their experiment", async () => {
    const cwd = folderWith({ "export.har": OPEN });
    const { stdout } = await gcidem(["diagnose", "export.har", "--reporter", "json"], { cwd });
    const report = JSON.parse(stdout) as { readonly runs: readonly Record<string, unknown>[] };
    const schema = JSON.parse(readFileSync("scenarios/report.schema.json", "utf8")) as object;
    const validate = new Ajv2020({ strictTypes: false, formats: { "date-time": true } }).compile(schema);
    validate(report);
    expect(validate.errors).toBeNull();
    expect(report.runs[0]).toMatchObject({
      target: { kind: "recording" },
      verdict: "not-judged",
      recording: { format: "HAR 1.2", recordedBy: "recorder 1" },
      settling: [{ exchanges: ["e1"], file: "settle-1.yaml" }],
    });
    expect(report.runs[0]?.diagnoses).toContainEqual(
      expect.objectContaining({
        ...{ kind: "refusal", exchange: "e1", certainty: "possible" },
        toConfirm: expect.objectContaining({
          steps: expect.arrayContaining([expect.objectContaining({ request: "POST /v1/orders" })]) as unknown,
        }) as unknown,
      }),
    );
  });

  test("of the SDK's log says what is missing and which setting to change", async () => {
    const cwd = folderWith({ "worker.log": LOG });
    const { code, stdout } = await gcidem(["diagnose", "worker.log"], { cwd, env: { COLUMNS: "200" } });
    expect(code).toBe(1);
    expect(stdout).toContain("set client.config.logger.log_request_body = true");
    expect(stdout).toContain("keep the correlation ID 5f0c2f1e");
  });

  test("reads standard input, and a saved run by its name", async () => {
    const cwd = workFolder();
    const piped = await gcidem(["diagnose", "-"], { cwd, input: CHANGED });
    expect(piped.code).toBe(1);
    const again = await gcidem(["diagnose", "last"], { cwd });
    expect(again.code).toBe(1);
    const answer = (text: string): string => text.slice(text.indexOf("/v1/orders"));
    expect(answer(again.stdout)).toBe(answer(piped.stdout));
  });

  test("reads a journal through a pipe as it reads a run, and saves it as one", async () => {
    const cwd = workFolder();
    await gcidem(["replay", "builtin:basics/mutated-body"], { cwd });
    const [run = ""] = readdirSync(join(cwd, ".gcidem", "runs")).filter((name) => name.startsWith("2"));
    const journal = readFileSync(join(cwd, ".gcidem", "runs", run, "journal.ndjson"), "utf8");
    const elsewhere = workFolder();
    const { code, stdout } = await gcidem(["diagnose", "-"], { cwd: elsewhere, input: journal });
    expect(code).toBe(1);
    expect(stdout).toContain("key-reused-body-changed");
    expect(journalIn(elsewhere)).toBe(journal);
  });

  test("a damaged journal through a pipe is refused with its place, and nothing is left of it", async () => {
    const cwd = workFolder();
    const input = '{"type":"run-started","schema":"gcidem-journal/2"}\n';
    const { code, stderr } = await gcidem(["diagnose", "-"], { cwd, input });
    expect(code).toBe(3);
    expect(stderr).toMatch(/^<stdin>:1:1: unknown journal schema gcidem-journal\/2\n/);
    expect(readdirSync(join(cwd, ".gcidem", "runs"))).toEqual([".gitignore"]);
  });

  test("a HAR of which no entry can be used is refused with the place of each", async () => {
    const cwd = folderWith({ "export.har": '{"log":{"entries":[{"log":{}},\n7,{"request":7}]}}' });
    const { code, stderr } = await gcidem(["diagnose", "export.har"], { cwd });
    expect(code).toBe(3);
    expect(stderr).toMatch(/^export\.har:1:20: entry 1 is not an entry of a HAR/);
    expect(stderr).toContain("export.har:2:3: entry 2");
  });

  test("of a run of a scenario explains that run's conflicts", async () => {
    const cwd = workFolder();
    await gcidem(["replay", "builtin:basics/mutated-body"], { cwd });
    const { code, stdout } = await gcidem(["diagnose", "last"], { cwd });
    expect(code).toBe(1);
    expect(stdout).toContain("key-reused-body-changed");
  });

  test("of a HAR that was cut warns where, and uses what is there", async () => {
    const cwd = folderWith({ "export.har": CHANGED.slice(0, -400) });
    const { code, stdout, stderr } = await gcidem(["diagnose", "export.har"], { cwd });
    expect(stderr).toMatch(
      /^export\.har:1:\d+: the file ends too early at byte \d+; the 2 entries before it were read\n/,
    );
    expect(code).toBe(1);
    expect(stdout).toContain("CONFLICT 1 of 2 writes");
  });
});

describe("what cannot be read", () => {
  test.each<readonly [name: string, content: string | Uint8Array, said: string]>([
    ["text.log", "INFO\n=== REQUEST === \nURL: x\n", "logFormatEnum.formats.JSON"],
    ["export.har", "", "export.har: the file is empty"],
    ["export.har", CHANGED.slice(0, 100), "before its first whole entry"],
    ["notes.txt", "nothing to see here\n", "found neither a HAR nor a record"],
    ["export.zip", Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0]), "is a zip file"],
    [
      "assets.har",
      harText([specEntry({ method: "GET", more: { _resourceType: "image" } })]),
      "there is no HTTP request in it",
    ],
  ])("%s: exit 3, and what to do", async (name, content, said) => {
    const cwd = folderWith({ [name]: content });
    const { code, stdout, stderr } = await gcidem(["diagnose", name], { cwd });
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toContain(said);
  });

  test("a name that is nothing: exit 3", async () => {
    const { code, stderr } = await gcidem(["diagnose", "nowhere.har"]);
    expect(code).toBe(3);
    expect(stderr).toContain("nowhere.har: there is no such file and no such run");
  });

  test("a report that would overwrite the recording: exit 2, and it is still there", async () => {
    const cwd = folderWith({ "export.har": CHANGED });
    const { code } = await gcidem(["diagnose", "export.har", "--reporter", "json=export.har"], { cwd });
    expect(code).toBe(2);
    expect(readFileSync(join(cwd, "export.har"), "utf8")).toBe(CHANGED);
  });

  test("a folder without a journal: exit 3", async () => {
    const cwd = workFolder();
    mkdirSync(join(cwd, "empty"));
    expect((await gcidem(["diagnose", "empty"], { cwd })).code).toBe(3);
  });

  test("report tells of a saved recording what diagnose told, in every format", async () => {
    const cwd = folderWith({ "export.har": CHANGED });
    const told = await gcidem(["diagnose", "export.har", "--reporter", "markdown=told.md"], { cwd });
    expect(told.code).toBe(1);
    const again = await gcidem(["report", "last", "--format", "markdown"], { cwd });
    expect({ code: again.code, stderr: again.stderr }).toEqual({ code: 0, stderr: "" });
    expect(again.stdout).toContain("key-reused-body-changed");
    for (const format of ["terminal", "json", "junit", "github", "har", "html"]) {
      const { code, stdout } = await gcidem(["report", "last", "--format", format], { cwd });
      expect([format, code, stdout.length > 100]).toEqual([format, 0, true]);
    }
  });
});
