import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { atEnd, folderWith, gcidem, replay } from "./run-gcidem.js";
import { httpServer } from "./servers.js";

/** A 409 that the scenario did not expect. */
const REUSE = `
name: A key with another body
policy: forum-lore
vars: { key: $(uuid()), c: $(uuid()), p: $(uuid()) }
steps:
  - id: first
    request: PATCH /api/v2/conversations/calls/$(c)/participants/$(p)/attributes
    idempotencyKey: $(key)
    json: { attributes: { tier: silver } }
    expect: { status: 200 }
  - id: mutated
    repeat: first
    mutate: [{ patch: [{ op: replace, path: /attributes/tier, value: gold }] }]
    expect: { status: 200 }
`;

/** A disk of 4 KiB. */
function mount(folder: string): boolean {
  return spawnSync("mount", ["-t", "tmpfs", "-o", "size=4k", "tmpfs", folder]).status === 0;
}

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "gcidem-small-"));
  const mounted = mount(folder);
  if (mounted) spawnSync("umount", [folder]);
  rmdirSync(folder);
  return mounted;
}

const CAN_MOUNT = canMount();

const ALL = [
  "json=o.json",
  "junit=o.xml",
  "markdown=o.md",
  "github=o.txt",
  "har=o.har",
  "html=o.html",
  "terminal",
];

function reporterFlags(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => ["--reporter", name]);
}

function journalOf(cwd: string): string {
  const runs = join(cwd, ".gcidem", "runs");
  const [run = ""] = readdirSync(runs).filter((name) => name !== ".gitignore");
  return readFileSync(join(runs, run, "journal.ndjson"), "utf8");
}

describe("all reporters at once", () => {
  test("each writes its file, and report renders the same from the saved run", async () => {
    const ran = await replay(REUSE, reporterFlags(ALL));
    expect(ran).toMatchObject({ code: 1, stderr: "" });
    expect(ran.stdout).toMatch(/^gcidem /);
    const formats = { junit: "o.xml", markdown: "o.md", github: "o.txt", har: "o.har", html: "o.html" };
    for (const [format, file] of Object.entries(formats)) {
      const again = await gcidem(["report", "last", "--format", format, "-o", "again"], { cwd: ran.cwd });
      expect(again).toMatchObject({ code: 1, stdout: "" });
      const read = (name: string): string => readFileSync(join(ran.cwd, name), "utf8");
      expect(read("again")).toBe(read(file));
    }
  });

  test("diagnose takes them too, and its own HAR comes to the same cause", async () => {
    const { cwd } = await replay(REUSE, reporterFlags(["har=in.har"]));
    const ran = await gcidem(["diagnose", "in.har", ...reporterFlags(ALL)], { cwd });
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("gcidem on its MOCK");
    for (const file of ["o.json", "o.xml", "o.md", "o.txt"])
      expect(readFileSync(join(cwd, file), "utf8")).toContain("key-reused-body-changed");
  });

  test("a report over the recording that it is made from is refused", async () => {
    const { cwd } = await replay(REUSE, reporterFlags(["har=o.har"]));
    const before = readFileSync(join(cwd, "o.har"), "utf8");
    const ran = await gcidem(["diagnose", "o.har", "--reporter", "har=./o.har"], { cwd });
    expect(ran.code).toBe(2);
    expect(readFileSync(join(cwd, "o.har"), "utf8")).toBe(before);
  });
});

describe("places that cannot be written to", () => {
  test.each([
    [["junit=no/such/out.xml"], /there is no folder no\/such/],
    [["junit=out.xml", "markdown=./x/../out.xml"], /two reporters/],
    [["junit", "github"], /two reporters write to standard output/],
    [["markdown="], /names no file/],
  ])("%j is exit 2, and nothing is sent", async (names, words) => {
    const ran = await replay(REUSE, reporterFlags(names));
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(words);
    expect(ran.stderr).toContain("nothing was sent");
    expect(existsSync(join(ran.cwd, ".gcidem"))).toBe(false);
  });

  test("two paths that lead to one file are exit 2", async () => {
    const cwd = folderWith({ "it.yaml": REUSE });
    symlinkSync("out.json", join(cwd, "link.xml"));
    const ran = await gcidem(["replay", "it.yaml", ...reporterFlags(["json=out.json", "junit=link.xml"])], {
      cwd,
    });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("out.json and link.xml are one file; nothing was sent");
    expect(existsSync(join(cwd, ".gcidem"))).toBe(false);
  });

  test("a full disk is exit 2; the journal is whole, and a device is not removed", async () => {
    for (const name of ["json", "junit", "markdown", "github", "har", "html", "terminal"]) {
      const ran = await replay(REUSE, reporterFlags([`${name}=/dev/full`]));
      expect(ran.code).toBe(2);
      expect(ran.stderr).toContain("cannot write the report /dev/full");
      expect(journalOf(ran.cwd)).toContain('"type":"run-ended"');
      expect(statSync("/dev/full").isCharacterDevice()).toBe(true);
    }
  });

  test.skipIf(!CAN_MOUNT)("what of a file could be written is removed", async () => {
    const cwd = folderWith({ "it.yaml": REUSE, "small/x": "" });
    const small = join(cwd, "small");
    expect(mount(small)).toBe(true);
    atEnd(() => spawnSync("umount", [small]));
    const ran = await gcidem(["replay", "it.yaml", "--reporter", "har=small/o.har"], { cwd });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("ENOSPC");
    expect(readdirSync(small)).toEqual([]);
    expect(journalOf(cwd)).toContain('"type":"run-ended"');
  });
});

describe("on GitHub Actions", () => {
  test("annotations stand beside what a person reads, and the summary gets the Markdown", async () => {
    const cwd = folderWith({ "services/crm/it.yaml": REUSE, "summary.md": "before\n" });
    const env = {
      GITHUB_ACTIONS: "true",
      GITHUB_WORKSPACE: cwd,
      GITHUB_STEP_SUMMARY: join(cwd, "summary.md"),
    };
    const flags = reporterFlags(["terminal", "github"]);
    const ran = await gcidem(["replay", "it.yaml", ...flags], { cwd: join(cwd, "services/crm"), env });
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("\n::error file=services/crm/it.yaml,line=14,col=23,title=MOCK");
    const summary = readFileSync(join(cwd, "summary.md"), "utf8");
    expect(summary).toMatch(/^before\n\n\n# CONFLICT 1 of 2 writes/);
    expect(summary).toContain("key-reused-body-changed");
  });

  test("a summary that is full already gets no more than GitHub takes", async () => {
    const cwd = folderWith({ "it.yaml": REUSE });
    writeFileSync(join(cwd, "summary.md"), "x".repeat((1 << 20) - 1500));
    const env = { GITHUB_STEP_SUMMARY: join(cwd, "summary.md") };
    await gcidem(["replay", "it.yaml", "--reporter", "github"], { cwd, env });
    const summary = readFileSync(join(cwd, "summary.md"), "utf8");
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(1 << 20);
    expect(summary).toMatch(/# CONFLICT[\s\S]*The summary ends here/);
  });

  test("a summary that cannot be written is said before anything is sent", async () => {
    const env = { GITHUB_STEP_SUMMARY: "/no/such/summary.md" };
    const ran = await replay(REUSE, ["--reporter", "github"], { env });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("nothing was sent");
  });

  test("workflow commands of a server are inert in every report on standard output", async () => {
    const evil = "\n::error file=a::owned\n::set-output name=a::b\n##[error]owned\n";
    const { url } = await httpServer((_request, response) => {
      response.writeHead(500, { "content-type": "text/plain" });
      response.end(evil);
    });
    const scenario = "steps:\n  - id: a\n    request: GET /x\n    expect: { status: 200 }\n";
    for (const name of ["terminal", "json", "junit", "markdown", "har", "html", "github"]) {
      const ran = await replay(scenario, ["--target", url, "--reporter", name], {
        env: { GITHUB_ACTIONS: "true" },
      });
      expect(ran.code).toBe(1);
      const commands = ran.stdout.split("\n").filter((line) => /^\s*::[a-z][\w-]*.*::|##\[/i.test(line));
      expect(commands.filter((line) => !line.startsWith("::error file=it.yaml,line=4,"))).toEqual([]);
      expect(commands).toHaveLength(name === "github" ? 1 : 0);
      if (name === "json" || name === "har") expect(() => JSON.parse(ran.stdout)).not.toThrow();
    }
  });
});
