import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { unzipSync, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { expectHidden } from "./canaries.js";
import { folderWith, gcidem, journalFiles, type Ran, replay, workFolder } from "./run-gcidem.js";
import { countingServer, httpServer } from "./servers.js";

const KEY_REUSE = `
name: Same key, changed body
policy: forum-lore
vars: { key: $(uuid()), c: $(uuid()), p: $(uuid()) }
steps:
  - id: first
    request: PATCH /api/v2/conversations/$(c)/participants/$(p)/attributes
    idempotencyKey: $(key)
    json: { attributes: { tier: silver } }
  - id: mutated
    repeat: first
    mutate: [{ patch: [{ op: replace, path: /attributes/tier, value: gold }] }]
`;

const REFUSED = "name: A refusal\nsteps:\n  - { request: PUT /orders/1, json: { sku: A1 } }\n";

const HAR = "test/fixtures/har/chromium-150-changed-body.har";
const SDK_LOG = "test/fixtures/sdk-log/worker.log";

function filesIn(zip: string): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(unzipSync(readFileSync(zip))).map(([name, bytes]) => [
      name,
      Buffer.from(bytes).toString("utf8"),
    ]),
  );
}

function journalIn(cwd: string): string {
  const [file = ""] = journalFiles(cwd);
  return file;
}

/** A folder with one saved run, its journal changed. */
async function savedRun(change: (text: string) => string = String): Promise<string> {
  const { cwd } = await replay(KEY_REUSE);
  const file = journalIn(cwd);
  writeFileSync(file, change(readFileSync(file, "utf8")));
  return cwd;
}

describe("gcidem evidence last", () => {
  test("makes one zip that is named after the run and holds what a ticket needs", async () => {
    const { cwd, stdout } = await replay(KEY_REUSE);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe("evidence for a ticket:  gcidem evidence last");
    const ran = await gcidem(["evidence", "last", "--set", "impact=nobody can work"], { cwd });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    const run = basename(join(journalIn(cwd), ".."));
    const zip = `evidence-MOCK-${run}.zip`;
    expect(ran.stdout).toContain(`gcidem evidence --check ${zip}`);
    expect(ran.stdout).not.toContain("--set impact");
    const files = filesIn(join(cwd, zip));
    for (const name of [
      ...["TICKET.txt", "reproduce.sh", "report.md", "traffic.har", "correlation-ids.txt", "report.json"],
      ...["scenario.yaml", "environment.json", "manifest.sha256.json"],
    ])
      expect(files.get(name)?.length, name).toBeGreaterThan(50);
    expect(files.get("TICKET.txt")).toContain("nobody can work");
    expect(files.get("scenario.yaml")).toBe(KEY_REUSE);
    const checked = await gcidem(["evidence", "--check", zip], { cwd });
    expect(checked).toMatchObject({ code: 0, stderr: "" });
    expect(checked.stdout).toContain("MOCK obeying forum-lore: Same key, changed body");
  });

  test("gives the same bytes each time, however the run is named and wherever it is done", async () => {
    const { cwd } = await replay(KEY_REUSE);
    const folder = join(journalIn(cwd), "..");
    await gcidem(["evidence", "last", "-o", "a.zip"], { cwd });
    await gcidem(["evidence", folder, "-o", "b.zip"], {
      cwd,
      env: { TZ: "Pacific/Auckland", COLUMNS: "60" },
    });
    const [a, b] = [readFileSync(join(cwd, "a.zip")), readFileSync(join(cwd, "b.zip"))];
    expect(a.equals(b)).toBe(true);
  });

  test("lists the sha256 of all its files but the ticket, and its script is executable", async () => {
    const cwd = await savedRun();
    await gcidem(["evidence", "last", "-o", "a.zip"], { cwd });
    const zip = readFileSync(join(cwd, "a.zip"));
    const files = filesIn(join(cwd, "a.zip"));
    const manifest = JSON.parse(files.get("manifest.sha256.json") ?? "") as {
      readonly files: readonly { readonly name: string; readonly sha256: string }[];
    };
    const sums = [...files]
      .filter(([name]) => name !== "TICKET.txt" && name !== "manifest.sha256.json")
      .map(([name, text]) => ({ name, sha256: createHash("sha256").update(text).digest("hex") }));
    expect(manifest.files.map(({ name, sha256 }) => ({ name, sha256 }))).toEqual(sums);
    // The name stands at byte 46 of a file's part of the directory, its mode at byte 40.
    const mode = zip.readUInt16LE(zip.lastIndexOf("reproduce.sh") - 46 + 40);
    expect(mode).toBe(0o100755);
  });

  test("its script sends the requests again, given the secrets, and meets the conflict again", async () => {
    const server = await httpServer((request, response) => {
      response.statusCode = request.headers.authorization === "Bearer right" ? 409 : 401;
      response.end("{}");
    });
    const login = ["-H", "Authorization: Bearer right", "--allow-writes", "--yes"];
    const flags = ["--target", server.url, ...login];
    const { cwd } = await replay(REFUSED, flags);
    await gcidem(["evidence", "last", "-o", "a.zip"], { cwd });
    const script = filesIn(join(cwd, "a.zip")).get("reproduce.sh") ?? "";
    writeFileSync(join(cwd, "reproduce.sh"), script);
    const ran = await gcidem([], { cwd, shell: "SECRET_1=right sh reproduce.sh" });
    expect(ran.stdout).toContain("#1  409  (recorded: 409)");
    expect(ran.stdout).toContain("0 of 1 answers have another status");
  });

  test("sends nothing", async () => {
    const server = await countingServer();
    const { cwd } = await replay(REFUSED, ["--target", server.url]);
    const sent = server.connections();
    await gcidem(["evidence", "last"], { cwd });
    expect(server.connections()).toBe(sent);
  });

  test("no secret is in any of its files", async () => {
    const token = "tok-3f9a-not-to-be-seen-77";
    const server = await httpServer((request, response) => {
      response.statusCode = 409;
      response.setHeader("Set-Cookie", "session=cookie-not-to-be-seen-1; Path=/");
      response.end(
        JSON.stringify({ echo: request.headers.authorization, access_token: "answered-not-to-be-seen" }),
      );
    });
    const login = ["-H", `Authorization: Bearer ${token}`, "--allow-writes", "--yes"];
    const ran = await replay(REFUSED, ["--target", server.url, ...login]);
    await gcidem(["evidence", "last", "-o", "a.zip"], { cwd: ran.cwd });
    for (const [name, text] of filesIn(join(ran.cwd, "a.zip")))
      writeFileSync(join(ran.cwd, `in-zip-${name}`), text);
    await expectHidden(ran, { secrets: [token, "cookie-not-to-be-seen-1", "answered-not-to-be-seen"] });
    expect((await gcidem(["evidence", "--check", "a.zip"], { cwd: ran.cwd })).code).toBe(0);
  });
});

describe("recorded traffic", () => {
  test.each([
    ["a HAR", HAR, "export.har"],
    ["an SDK log", SDK_LOG, "worker.log"],
  ])("of %s: a bundle that passes its own check", async (_what, fixture, name) => {
    const cwd = folderWith({ [name]: readFileSync(fixture) });
    const ran = await gcidem(["evidence", name, "-o", "a.zip", "--quiet"], { cwd });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    const files = filesIn(join(cwd, "a.zip"));
    expect(files.get("TICKET.txt")).toMatch(/^SUPPORT TICKET: /);
    expect(files.has("scenario.yaml")).toBe(false);
    const checked = await gcidem(["evidence", "--check", "a.zip"], { cwd });
    expect(checked.stdout).toContain("nothing looks like a secret");
    await gcidem(["evidence", name, "-o", "b.zip", "--quiet"], { cwd });
    expect(readFileSync(join(cwd, "b.zip")).equals(readFileSync(join(cwd, "a.zip")))).toBe(true);
    expect(journalFiles(cwd)).toHaveLength(1);
    expect(readdirSync(cwd).filter((each) => each.startsWith("settle-"))).toEqual([]);
  });
});

describe("a journal that", () => {
  test("was cut off by a kill is used as far as it goes, and the ticket says so", async () => {
    const cwd = await savedRun((text) => text.slice(0, text.lastIndexOf('{"type":"response"') + 15));
    const ran = await gcidem(["evidence", "last", "-o", "a.zip"], { cwd });
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain("The run did not come to its end");
    expect(filesIn(join(cwd, "a.zip")).get("TICKET.txt")).toContain("The run did not come to its end");
  });

  test.each([
    [
      "is of a later version",
      (text: string) => text.replace("gcidem-journal/1", "gcidem-journal/9"),
      "gcidem-journal/9",
    ],
    [
      "has a line that is no JSON",
      (text: string) => text.replace('{"type":"response"', "{x"),
      "not a JSON record",
    ],
    [
      "has another body than it recorded",
      (text: string) => text.replace('tier\\":\\"silver', 'tier\\":\\"bronze'),
      "evidence must be as it was",
    ],
    [
      "has another scenario than was run",
      (text: string) => text.replace("tier: silver", "tier: bronze"),
      "the scenario in it is not the one",
    ],
    ["is empty", () => "", "no run-started record"],
  ])("%s: exit 3, and no file is left", async (_what, change, message) => {
    const cwd = await savedRun(change);
    const ran = await gcidem(["evidence", "last", "-o", "a.zip"], { cwd });
    expect(ran).toMatchObject({ code: 3, stdout: "" });
    expect(ran.stderr).toContain(message);
    expect(existsSync(join(cwd, "a.zip"))).toBe(false);
  });

  test("cannot be judged again is told as traffic", async () => {
    const scenario = REFUSED.replace("A1", () => "$(env.GCIDEM_VAR_SKU)");
    const { cwd } = await replay(scenario, [], { env: { GCIDEM_VAR_SKU: "sku-1234567" } });
    const ran = await gcidem(["evidence", "last", "-o", "a.zip"], { cwd });
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain("GCIDEM_VAR_SKU");
    expect([...filesIn(join(cwd, "a.zip")).values()].join("")).not.toContain("sku-1234567");
  });
});

describe("where it cannot be written: exit 2,", () => {
  test("a file that exists stays as it is", async () => {
    const cwd = await savedRun();
    writeFileSync(join(cwd, "a.zip"), "mine");
    const ran = await gcidem(["evidence", "last", "-o", "a.zip"], { cwd });
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain("a.zip exists already; nothing was written");
    expect(readFileSync(join(cwd, "a.zip"), "utf8")).toBe("mine");
  });

  test("a folder that is not there", async () => {
    const ran = await gcidem(["evidence", "last", "-o", "no/a.zip"], { cwd: await savedRun() });
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain("there is no folder no");
  });

  test("a disk that fills up leaves no half a bundle", async () => {
    const cwd = await savedRun();
    // A limit on the size of files is a full disk that needs no disk: 4 KiB.
    const ran = await gcidem(["evidence", "last", "-o", "a.zip"], {
      cwd,
      shell: 'trap "" XFSZ; ulimit -f 4; "$@"',
    });
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain("cannot write a.zip");
    expect(existsSync(join(cwd, "a.zip"))).toBe(false);
  });
});

describe("gcidem evidence --check", () => {
  async function made(): Promise<string> {
    const cwd = await savedRun();
    await gcidem(["evidence", "last", "-o", "a.zip"], { cwd });
    return cwd;
  }

  /** Puts a file into the zip as people do, by another program. */
  function zipped(cwd: string, name: string, text: string): void {
    const files = unzipSync(readFileSync(join(cwd, "a.zip")));
    writeFileSync(join(cwd, "a.zip"), zipSync({ ...files, [name]: Buffer.from(text) }));
  }

  const check = (cwd: string, env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
    gcidem(["evidence", "--check", "a.zip"], { cwd, env });

  test("exit 0 for one whose ticket was edited, 1 for one with another change", async () => {
    const cwd = await made();
    zipped(cwd, "TICKET.txt", "Dear care team");
    expect((await check(cwd)).code).toBe(0);
    zipped(cwd, "report.md", "# nothing happened\n");
    const ran = await check(cwd);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("report.md was changed");
    expect(ran.stdout).toContain("1 problem; do not send it");
  });

  test("exit 1 for a secret of this environment in the ticket", async () => {
    const cwd = await made();
    zipped(cwd, "TICKET.txt", "we use wonderful-secret there");
    expect((await check(cwd)).code).toBe(0);
    const ran = await check(cwd, { GENESYSCLOUD_OAUTHCLIENT_SECRET: "wonderful-secret" });
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("TICKET.txt:1: there is a secret of this environment");
    expect(ran.stdout).not.toContain("wonderful");
  });

  test("exit 3 for what is no bundle, or only the beginning of one", async () => {
    const cwd = workFolder();
    expect((await check(cwd)).code).toBe(3);
    writeFileSync(join(cwd, "a.zip"), "no zip");
    expect((await check(cwd)).stderr).toContain("it is no zip file");
    mkdirSync(join(cwd, "b.zip"));
    expect((await gcidem(["evidence", "--check", "b.zip"], { cwd })).code).toBe(3);
    const whole = await made();
    appendFileSync(join(whole, "a.zip"), "x");
    expect((await check(whole)).code).toBe(3);
  });
});

describe("wrong flags: exit 2,", () => {
  test.each([
    ["an unknown field", ["last", "--set", "impct=x"], "did you mean `impact`?"],
    ["a field without a value", ["last", "--set", "impact"], "expected impact=VALUE"],
    ["a field twice", ["last", "--set", "case=1", "--set", "case=2"], "given twice"],
    ["no run", [], "found no run"],
    ["--check and a run", ["last", "--check", "a.zip"], "makes none"],
  ])("%s", async (_what, flags, message) => {
    const ran = await gcidem(["evidence", ...flags]);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain(message);
  });

  test("and no such run: exit 3", async () => {
    expect((await gcidem(["evidence", "last"])).code).toBe(3);
    expect((await gcidem(["evidence", "nothing.har"])).code).toBe(3);
  });
});
