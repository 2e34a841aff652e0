import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { filesBelow, folderWith, gcidem, workFolder } from "./run-gcidem.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  readonly version: string;
};

describe("help and version", () => {
  test.each([[["--version"]], [["-V"]]])("%j", async (args) => {
    expect(await gcidem(args)).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  test.each([
    [["--help"], ["replay", "validate", "init"]],
    [["-h"], ["replay"]],
    [["help"], ["replay"]],
    [["help", "replay"], ["--dry-run"]],
    [
      ["replay", "--help"],
      "--target --policy --var --vars --header --allow-env --seed --timeout --max-wait --wait-for --max-requests --cacert --dry-run --read-only --allow-writes --allow-destructive --only --yes --reporter --out --bail --require-expectations --no-color --quiet --verbose 130".split(
        " ",
      ),
    ],
    [["validate", "--help"], ["sends nothing"]],
    [["init", "--help"], ["--list"]],
  ])("%j on standard output, exit 0", async (args, words) => {
    const ran = await gcidem(args);
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
    for (const word of words) expect(ran.stdout).toContain(word);
    expect(Math.max(...ran.stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(105);
  });

  test.each([
    [[], /Usage: gcidem/],
    [["replai"], /replay/],
    [["race"], /unknown command/],
    [["replay"], /scenario/],
    [["replay", "x.yaml", "--polcy", "y"], /--policy/],
    [["replay", "x.yaml", "--against"], /--against/],
    [["replay", "x.yaml", "--rounds"], /--rounds/],
    [["replay", "x.yaml", "--target"], /--target/],
    [["validate"], /file/],
    [["init", "a", "b"], /argument/],
    [["--nonsense"], /--nonsense/],
  ])("%j is exit 2, told on stderr", async (args, words) => {
    const ran = await gcidem(args);
    expect([ran.code, ran.stdout]).toEqual([2, ""]);
    expect(ran.stderr).toMatch(words);
  });
});

describe("init", () => {
  test("writes a first scenario that runs and validates, with the schema beside it", async () => {
    const cwd = workFolder();
    const ran = await gcidem(["init"], { cwd });
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
    expect(ran.stdout).toContain("gcidem replay first.yaml");
    expect(
      filesBelow(cwd)
        .map((file) => file.slice(cwd.length + 1))
        .sort(),
    ).toEqual(["config.schema.json", "first.yaml", "gcidem.config.yaml", "scenario.schema.json"]);
    expect((await gcidem(["validate", "gcidem.config.yaml"], { cwd })).stdout).toContain(
      "ok (config, 1 profile)",
    );
    expect(readFileSync(join(cwd, "first.yaml"), "utf8")).toContain("$schema=./scenario.schema.json");
    expect((await gcidem(["validate", "first.yaml"], { cwd })).code).toBe(0);
    const replayed = await gcidem(["replay", "first.yaml"], { cwd });
    expect(replayed.code).toBe(0);
    expect(replayed.stdout).toContain("CONFLICT");
  });

  test("makes a folder, but overwrites nothing", async () => {
    const cwd = workFolder();
    expect((await gcidem(["init", "new/folder"], { cwd })).code).toBe(0);
    writeFileSync(join(cwd, "new/folder/first.yaml"), "mine");
    const again = await gcidem(["init", "new/folder"], { cwd });
    expect(again.code).toBe(2);
    expect(again.stderr).toContain("is there already");
    expect(readFileSync(join(cwd, "new/folder/first.yaml"), "utf8")).toBe("mine");
  });

  test("where it cannot write: exit 2", async () => {
    const cwd = folderWith({ taken: "" });
    for (const folder of ["taken", "taken/below"]) {
      const ran = await gcidem(["init", folder], { cwd });
      expect(ran.code).toBe(2);
      expect(ran.stderr).toContain("cannot write");
    }
    mkdirSync(join(cwd, "half/first.yaml"), { recursive: true });
    expect((await gcidem(["init", "half"], { cwd })).code).toBe(2);
    expect(existsSync(join(cwd, "half/scenario.schema.json"))).toBe(false);
  });

  test("--list names every shipped scenario, and each of the basics runs by that name", async () => {
    const cwd = workFolder();
    const ran = await gcidem(["init", "--list"], { cwd });
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
    const names = [...ran.stdout.matchAll(/^(builtin:\S+) {2,}\S/gm)].map(([, name = ""]) => name);
    expect(names.length).toBe(ran.stdout.trimEnd().split("\n").length);
    const basics = names.filter((name) => name.startsWith("builtin:basics/"));
    expect(basics.length).toBeGreaterThanOrEqual(6);
    expect(filesBelow(cwd)).toEqual([]);
    const replayed = await gcidem(["replay", ...basics], { cwd });
    expect([replayed.code, replayed.stderr]).toEqual([0, ""]);
    expect(replayed.stdout).toContain(`${basics.length} scenarios passed`);
  });
});

describe("builtin:", () => {
  test("a bare name means the basic scenario of that name, else the only one; others are exit 2 with what is near", async () => {
    const basic = await gcidem(["replay", "builtin:mutated-body"]);
    expect(basic.code).toBe(0);
    expect(basic.stdout).toContain("builtin:basics/mutated-body");
    // causes, draft and real have one of that name too.
    const ofMany = await gcidem(["validate", "builtin:stale-etag"]);
    expect([ofMany.code, ofMany.stdout]).toEqual([
      0,
      expect.stringMatching(/^builtin:basics\/stale-etag: ok/),
    ]);
    const only = await gcidem(["validate", "builtin:read-user"]);
    expect([only.code, only.stdout]).toEqual([0, expect.stringMatching(/^builtin:real\/read-user: ok/)]);
    const near = await gcidem(["replay", "builtin:basics/stale-etga"]);
    expect(near.code).toBe(2);
    expect(near.stderr).toContain("basics/stale-etag");
    expect((await gcidem(["replay", "builtin:"])).code).toBe(2);
    expect((await gcidem(["replay", "builtin:../package"])).code).toBe(2);
  });
});

describe("validate", () => {
  test("sends nothing, writes nothing, tells each file's state", async () => {
    const cwd = folderWith({
      "good.yaml": "steps:\n  - request: GET /a\n",
      "bad.yaml": "steps:\n  - request: GET\n    expects: 1\n",
      "deep/own.policy.yaml": "extends: documented\n",
    });
    const ran = await gcidem(["validate", "."], { cwd });
    expect(ran.code).toBe(3);
    expect(ran.stdout).toContain("good.yaml: ok");
    expect(ran.stderr).toMatch(/bad\.yaml:2:\d+: /);
    expect(ran.stderr).toMatch(/bad\.yaml:3:\d+: /);
    expect(filesBelow(cwd).length).toBe(3);
    const policy = await gcidem(["validate", "deep/own.policy.yaml"], { cwd });
    expect([policy.code, policy.stdout]).toEqual([0, "deep/own.policy.yaml: ok (policy)\n"]);
  });

  test("knows a policy by any of its fields", async () => {
    const cwd = folderWith({ "locks.yaml": "description: Locks.\nlocks: { states: [dialing] }\n" });
    expect((await gcidem(["validate", "locks.yaml"], { cwd })).stdout).toBe("locks.yaml: ok (policy)\n");
  });

  test("a policy's mistakes have their place too", async () => {
    const cwd = folderWith({ "own.policy.yaml": "extends: documented\nidempotency: { ttl: long }\n" });
    const ran = await gcidem(["validate", "own.policy.yaml"], { cwd });
    expect(ran.code).toBe(3);
    expect(ran.stderr).toMatch(/own\.policy\.yaml:2:\d+/);
  });

  test("reads standard input", async () => {
    expect((await gcidem(["validate", "-"], { input: "steps:\n  - request: GET /a\n" })).code).toBe(0);
    expect((await gcidem(["validate", "-"], { input: "" })).code).toBe(3);
  });

  test("warns under the file, and is content all the same", async () => {
    const text = `steps:
  - id: clicks
    race:
      writers: 2
      steps: [{ id: order, request: POST /orders, idempotencyKey: 5f0c2f1e-0d0b-4a55-9a3e-6f1b7c20d1a1, json: {} }]
    expect: { invariants: [at-most-once] }
`;
    const ran = await gcidem(["validate", "-"], { input: text });
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
    expect(ran.stdout).toMatch(
      /^.*: ok \(scenario, 1 step, 1 warning\)\n {2}.*:6:\d+: warning: at-most-once /,
    );
    expect(ran.stdout).toContain("`effects`");
  });

  test("says of the same advice in several files only once what to do", async () => {
    const text = "steps:\n  - request: POST /api/v2/dataactions/actions/a1/invoke\n";
    const cwd = folderWith({ "a.yaml": text, "b.yaml": text });
    const { code, stdout } = await gcidem(["validate", "."], { cwd });
    expect(code).toBe(0);
    expect(stdout.match(/is no operation of the platform; .* \(documented, not tested: /g)).toHaveLength(2);
    expect(stdout.match(/ {4}Send POST \/api\/v2\/integrations\/actions/g)).toHaveLength(1);
  });

  test("finds every shipped scenario in order", async () => {
    const ran = await gcidem(["validate", join(ROOT, "scenarios")]);
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
  });
});

test("from a folder that is gone, and without a HOME, it still works", async () => {
  const shell = 'mkdir gone && cd gone && rmdir ../gone && unset HOME && exec "$@"';
  expect((await gcidem(["--version"], { shell })).code).toBe(0);
  const ran = await gcidem(["replay", "builtin:stale-etag"], { shell });
  expect(ran.code).toBe(2);
  expect(ran.stderr).not.toContain("bug in gcidem");
});
